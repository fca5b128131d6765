/**
 * The embedded llama.cpp engine: serves every GGUF file of the models folder, and the small model that ships with this
 * package where there is none.
 */
import { totalmem } from "node:os"
import { within } from "@infernet/platform/within"
import { Config, Context, Duration, Effect, type FileSystem, Layer, type Scope } from "effect"
import { can, cannot } from "../Ability.ts"
import { type Backend, BackendError, type Completion } from "../Backend.ts"
import { ModelFiles } from "../install/ModelFiles.ts"
import type { Lacks } from "../Parameter.ts"
import * as Catalog from "./Catalog.ts"
import { EngineFiles } from "./EngineFiles.ts"
import type { EngineProcess } from "./EngineProcess.ts"
import * as LoadedModels from "./LoadedModels.ts"
import * as Readings from "./readings.ts"

export { demoModel } from "./Catalog.ts"

export interface RunningEngine extends Backend {
  /** Of a model's process, while there is one; of the demo model's where none is named. */
  readonly pid: (model?: string) => number | undefined
}

export interface Limits {
  /** The longest context that is held for a model; what it was trained for may be less. */
  readonly contextLength: number
  /** Of main memory, or of GPU memory where that is used, for all models together. */
  readonly memoryBytes: number
  /** How long a model stays in memory that nobody asks for; the last one stays. */
  readonly keep: Duration.Duration
}

const lacks: Lacks = new Map([
  ["logprobs", "the embedded engine does not tell the probabilities of its tokens"],
  ["top_logprobs", "the embedded engine does not tell the probabilities of its tokens"],
  ["image", "the embedded engine reads text only"]
])

/** It serves what is in the models folder, as it is there; see `Installs.ts` for how that changes. */
const folderOnly = {
  install: cannot("the embedded engine serves the files of this node's models folder"),
  remove: cannot("the embedded engine serves the files of this node's models folder")
}

const notServed = (model: string) =>
  new BackendError({ fault: "model_not_found", message: `The embedded engine has no model "${model}".` })

const start = Effect.fn("EmbeddedEngine.start")(function* (
  catalog: Catalog.Catalog,
  engineFiles: EngineFiles["Service"],
  limits: Limits,
  changed: () => void
) {
  const entry = yield* engineFiles.entry
  const loaded = yield* LoadedModels.make({ entry, changed, memoryBytes: limits.memoryBytes, keep: limits.keep })
  const readings = Readings.make()
  let version: string | undefined

  /** Runs on the model once it is loaded; the first one to be so tells the engine's version. */
  const run = <A>(model: Catalog.Model, use: (process: EngineProcess) => Effect.Effect<A, BackendError>) =>
    loaded.on(model, (process) =>
      Effect.flatMap(process.ready, (found) => {
        version = found.version
        return use(process)
      })
    )

  /** A model that is on its way back, or that cannot be loaded, is not offered. */
  const offersOf = (models: ReadonlyArray<Catalog.Model>) =>
    models.flatMap((model) => {
      const state = loaded.state(model.name)
      if (state?._tag === "Failed" || state?._tag === "Stopped") return []
      return [Catalog.offerOf(model, state?._tag === "Loaded" ? state.loaded : undefined)]
    })

  const models = Effect.gen(function* () {
    const there = yield* catalog.read
    yield* loaded.keep(there)
    // Nothing else is to be had, so somebody will ask for it at once.
    if (there.length === 1 && there[0] === Catalog.demo) yield* run(Catalog.demo, () => Effect.void)
    const offers = offersOf(there)
    if (offers.length > 0) return offers
    const [state] = there.map(({ name }) => loaded.state(name))
    if (state?._tag === "Failed") return yield* state.error
    const message = "The embedded engine is being started again."
    return yield* new BackendError({ fault: "backend_unreachable", message })
  })

  const find = (name: string) =>
    Effect.flatMap(catalog.read, (models) => {
      const model = models.find((one) => one.name === name)
      return model === undefined ? Effect.fail(notServed(name)) : Effect.succeed(model)
    })

  const on = <A>(name: string, use: (process: EngineProcess) => Effect.Effect<A, BackendError>) =>
    Effect.flatMap(find(name), (model) => run(model, use))

  const told = (text: Effect.Effect<Completion, BackendError>) =>
    Effect.tap(text, ({ usage }) => Effect.sync(() => readings.count(usage)))

  const busy = Effect.map(catalog.read, (models) => {
    const there = models.filter(({ name }) => loaded.state(name)?._tag === "Loaded")
    return readings.now(there.map(({ blueprint: { slots }, name }) => ({ slots, inUse: loaded.inUse(name) })))
  })

  // Whoever hires the engine wants to hear at once where it does not run at all.
  yield* models

  return {
    kind: "embedded",
    address: "in process",
    get version() {
      return version
    },
    models,
    lacks,
    chat: (request, emit) => told(on(request.model, ({ chat }) => chat(request, emit))),
    complete: can((request, emit) => told(on(request.model, ({ complete }) => complete(request, emit)))),
    embed: can((request) => on(request.model, ({ embed }) => embed(request))),
    readings: can(busy),
    ...folderOnly,
    pid: (model = Catalog.demoModel) => loaded.pid(model)
  } satisfies RunningEngine as RunningEngine
})

const share = 0.75

/** What this process may use: a container may be given less than there is. */
const memoryThere = () => Math.min(totalmem(), process.constrainedMemory() || Infinity)

const configured = Config.all({
  contextLength: Config.Int("INFERNET_ENGINE_CONTEXT_LENGTH").pipe(
    Config.withDefault(8192),
    Config.flatMap(within("INFERNET_ENGINE_CONTEXT_LENGTH", 256, 2 ** 24))
  ),
  memoryGib: Config.Finite("INFERNET_ENGINE_MEMORY_GIB").pipe(
    Config.flatMap(within("INFERNET_ENGINE_MEMORY_GIB", 0.1, 100_000)),
    Config.option
  ),
  keep: Config.Duration("INFERNET_ENGINE_KEEP").pipe(Config.withDefault(Duration.minutes(10)))
})

export class EmbeddedEngine extends Context.Service<
  EmbeddedEngine,
  {
    /** Runs the engine until the scope closes; `changed` is called whenever one of its models comes or goes. */
    readonly start: (changed: () => void) => Effect.Effect<RunningEngine, BackendError, Scope.Scope>
  }
>()("@infernet/backend/embedded/EmbeddedEngine") {
  static readonly layerWith = (limits: Limits) =>
    Layer.effect(
      EmbeddedEngine,
      Effect.gen(function* () {
        const files = yield* ModelFiles
        const engineFiles = yield* EngineFiles
        const catalog = yield* Catalog.make(files, limits)
        return EmbeddedEngine.of({ start: (changed) => start(catalog, engineFiles, limits, changed) })
      })
    )

  /** With `INFERNET_ENGINE_CONTEXT_LENGTH`, `INFERNET_ENGINE_MEMORY_GIB` and `INFERNET_ENGINE_KEEP`. */
  static readonly layer: Layer.Layer<
    EmbeddedEngine,
    Config.ConfigError,
    ModelFiles | EngineFiles | FileSystem.FileSystem
  > = Layer.unwrap(
    Effect.map(configured, ({ contextLength, keep, memoryGib }) =>
      EmbeddedEngine.layerWith({
        contextLength,
        keep,
        memoryBytes: memoryGib._tag === "Some" ? memoryGib.value * 2 ** 30 : Math.floor(memoryThere() * share)
      })
    )
  )
}
