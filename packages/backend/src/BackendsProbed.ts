/** The live `Backends`: whatever of the plan answers now. */
import { type Config, Effect, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { Backends } from "./Backends.ts"
import * as Dispatch from "./Dispatch.ts"
import { EmbeddedEngine } from "./embedded/EmbeddedEngine.ts"
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
  const rounds = yield* Rounds.make({ plan, fetch, engine, offered, folder: Effect.succeed([]) })

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
    install: () => Effect.die("being built"),
    remove: () => Effect.die("being built")
  })
})

/** Reads its plan from the environment; see `Plan.ts` for the variables. */
export const layer: Layer.Layer<Backends, Config.ConfigError> = Layer.effect(Backends, make).pipe(
  Layer.provide(EmbeddedEngine.layer)
)

/** As `layer`, with an engine of the caller's: for tests of the taking over. */
export const layerNoDeps = Layer.effect(Backends, make)
