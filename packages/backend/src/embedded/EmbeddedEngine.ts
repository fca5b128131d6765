/** The llama.cpp engine and the small model that ship with this package: what serves where nothing else answers. */
import type { ModelOffer } from "@infernet/contract/Node"
import { Context, Effect, Layer, type Scope } from "effect"
import { type Backend, BackendError } from "../Backend.ts"
import { chatOnly } from "../chatOnly.ts"
import * as EngineProcess from "./EngineProcess.ts"
import { slots } from "./protocol.ts"

/** The demo model's name on the network. */
export const demoModel = "tiny-demo"

const assetPath = (name: string) => Bun.fileURLToPath(new URL(`../../assets/${name}`, import.meta.url))

export interface RunningEngine extends Backend {
  /** Of the engine's process, while there is one. */
  readonly pid: () => number | undefined
}

export class EmbeddedEngine extends Context.Service<
  EmbeddedEngine,
  {
    /** Runs the engine until the scope closes; `changed` is called whenever its model comes or goes. */
    readonly start: (changed: () => void) => Effect.Effect<RunningEngine, BackendError, Scope.Scope>
  }
>()("@infernet/backend/embedded/EmbeddedEngine") {
  static readonly layer = Layer.succeed(EmbeddedEngine, {
    start: Effect.fn("EmbeddedEngine.start")(function* (changed) {
      const process = yield* EngineProcess.make({ modelPath: assetPath("tiny-demo-q8_0.gguf"), changed })
      const models = Effect.suspend(() => {
        const loaded = process.loaded()
        if (loaded !== undefined) return Effect.succeed([offer(loaded)])
        const message = "The embedded engine is being started again."
        return Effect.fail(new BackendError({ fault: "backend_unreachable", message }))
      })
      return {
        kind: "embedded",
        address: "in process",
        version: process.loaded()?.version,
        models,
        chat: process.chat,
        ...chatOnly("the embedded engine"),
        pid: process.pid
      } satisfies RunningEngine as RunningEngine
    })
  })
}

const offer = ({ bytes, contextLength }: EngineProcess.Loaded): ModelOffer => ({
  id: demoModel,
  backend: "embedded",
  state: "loaded",
  bytes,
  context_length: contextLength,
  quantization: "Q8_0",
  capabilities: ["chat", "tools", "json"],
  slots,
  demo: true
})
