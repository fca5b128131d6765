/** The real engine over a models folder of the test's own. */
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { mkdtempSync, rmSync } from "node:fs"
import { Deferred, Duration, Effect, Layer, References, type Scope } from "effect"
import type { BackendError } from "../../src/Backend.ts"
import { EmbeddedEngine, type Limits, type RunningEngine } from "../../src/embedded/EmbeddedEngine.ts"
import { EngineFiles } from "../../src/embedded/EngineFiles.ts"
import { ModelFiles } from "../../src/install/ModelFiles.ts"
import { ask, collector } from "../replay.ts"

export const demoFile = Bun.fileURLToPath(new URL("../../assets/tiny-demo-q8_0.gguf", import.meta.url))

/** A folder that goes with its scope. */
export const temporary: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "infernet-embedded-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
)

export const usual: Limits = { contextLength: 8192, memoryBytes: 2 ** 30, keep: Duration.minutes(10) }

/** Starts the engine over a folder; says nothing in the test's output. */
export const start = (
  folder: string,
  limits: Limits = usual,
  changed: () => void = () => undefined
): Effect.Effect<RunningEngine, BackendError, Scope.Scope> =>
  EmbeddedEngine.use((engine) => engine.start(changed)).pipe(
    Effect.provide(
      EmbeddedEngine.layerWith(limits).pipe(
        Layer.provide(Layer.merge(ModelFiles.at(folder), EngineFiles.layerRepository)),
        Layer.provide(NodeServices.layer)
      )
    ),
    Effect.provideService(References.MinimumLogLevel, "None")
  )

export const run = (engine: RunningEngine, request: ReturnType<typeof ask>) =>
  Effect.gen(function* () {
    const { emit, records, text } = collector()
    const end = yield* engine.chat(request, emit)
    return { end, records, text: text() }
  })

/** A chat that is far from its end; the effect is done at its first piece. */
export const longChat = Effect.fnUntraced(function* (engine: RunningEngine, model = "tiny-demo") {
  const begun = yield* Deferred.make<void>()
  const fiber = yield* engine
    .chat(ask("Write a long story about an owl.", { model, max_tokens: 2000 }), () => {
      Deferred.doneUnsafe(begun, Effect.void)
      return undefined
    })
    .pipe(Effect.result, Effect.forkChild)
  yield* Effect.raceFirst(
    Deferred.await(begun),
    Effect.andThen(Effect.sleep("20 seconds"), Effect.die("no piece came"))
  )
  return fiber
})
