/** The live `Backends`: whatever of the plan answers now. */
import { type Config, Effect, type FileSystem, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { Backends } from "./Backends.ts"
import * as Dispatch from "./Dispatch.ts"
import { EmbeddedEngine } from "./embedded/EmbeddedEngine.ts"
import type { EngineFiles } from "./embedded/EngineFiles.ts"
import type { HardwareReadings } from "./Hardware.ts"
import { Download } from "./install/Download.ts"
import { HuggingFace } from "./install/HuggingFace.ts"
import { ModelFiles } from "./install/ModelFiles.ts"
import * as Installs from "./Installs.ts"
import * as Occupancy from "./Occupancy.ts"
import { plan as readPlan } from "./Plan.ts"
import * as Rounds from "./Rounds.ts"
import * as Verdicts from "./Verdicts.ts"

const make = Effect.gen(function* () {
  const plan = yield* readPlan
  const fetch = yield* FetchHttpClient.Fetch
  const engine = yield* EmbeddedEngine
  const occupancy = Occupancy.make()
  const offered = (model: string) => plan.serves(model) && occupancy.open(model)
  const files = yield* ModelFiles
  const folder = files.list.pipe(
    Effect.map((list) => list.map(({ name }) => name)),
    Effect.catch((error) => Effect.as(Effect.logWarning("no models folder", { reason: error.message }), []))
  )
  const rounds = yield* Rounds.make({ plan, fetch, engine, offered, folder })

  const verdicts = Effect.gen(function* () {
    const running = rounds.known().find(({ backend }) => backend.kind === "embedded")
    const asked = [Verdicts.verdicts(plan, fetch), Verdicts.ofEngine(plan, running?.backend)]
    return (yield* Effect.all(asked, { concurrency: "unbounded" })).flat()
  }).pipe(Effect.withSpan("Backends.verdicts"))

  return Backends.of({
    snapshot: Effect.sync(rounds.snapshot),
    changes: rounds.changes,
    ...Dispatch.make(rounds, occupancy, offered),
    refresh: rounds.refresh,
    verdicts,
    ...(yield* Installs.make(plan, rounds, occupancy))
  })
})

/** As `layer`, with an engine of the caller's: for tests of the taking over. */
export const layerNoDeps = Layer.effect(Backends, make).pipe(Layer.provide([Download.layer, HuggingFace.layer]))

/** Reads its plan from the environment; see `Plan.ts`, `install/HuggingFace.ts` for the variables. */
export const layer: Layer.Layer<
  Backends,
  Config.ConfigError,
  EngineFiles | HardwareReadings | ModelFiles | FileSystem.FileSystem
> = layerNoDeps.pipe(Layer.provide(EmbeddedEngine.layer))
