/** The machine where no node runs: this process asks the backends itself, and starts none. */
import { BackendError } from "@infernet/backend/Backend"
import * as BackendsProbed from "@infernet/backend/BackendsProbed"
import { EmbeddedEngine } from "@infernet/backend/embedded/EmbeddedEngine"
import { HardwareReadings } from "@infernet/backend/Hardware"
import { ModelFiles } from "@infernet/backend/install/ModelFiles"
import { plan as readPlan } from "@infernet/backend/Plan"
import * as Verdicts from "@infernet/backend/Verdicts"
import { Installs } from "@infernet/daemon/command/Installs"
import { DaemonEvents } from "@infernet/daemon/DaemonEvents"
import { Effect, Layer, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import type { BackendView } from "../client/MachineApi.ts"
import type { Machine, MachineError } from "../client/Machine.ts"
import * as machine from "./machine.ts"

/** A question or a download is no reason to load a model. */
const noEngine = Layer.succeed(EmbeddedEngine, {
  start: () => Effect.fail(new BackendError({ fault: "backend_unreachable", message: "No node runs from this home." }))
})

const found = BackendsProbed.layerNoDeps.pipe(
  Layer.provide(noEngine),
  Layer.provideMerge(Layer.merge(HardwareReadings.layer, ModelFiles.layer))
)

const node = Installs.layer.pipe(Layer.provide(DaemonEvents.layer), Layer.provideMerge(found))

const engine = (wanted: boolean): ReadonlyArray<BackendView> =>
  wanted
    ? [
        {
          kind: "embedded",
          address: "in process",
          models: [],
          used: false,
          reason: "it runs inside a node: start one with `infernet start`"
        }
      ]
    : []

/** Without looking for backends beforehand, which takes as long again. */
const backends = Effect.gen(function* () {
  const plan = yield* readPlan
  const verdicts = yield* Verdicts.verdicts(plan, yield* FetchHttpClient.Fetch)
  return [...verdicts.map(machine.viewOf), ...engine(plan.embedded !== "never")]
})

const here = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.context<R>(), (context) => Effect.provide(effect, context))

/** Backends are looked for when the first question needs them. */
export const make = Effect.gen(function* () {
  const built = yield* Effect.flatMap(here(Effect.map(Layer.build(node), machine.of)), Effect.cached)
  const of = <A>(stream: (machine: Machine<never>) => Stream.Stream<A, MachineError>) =>
    Stream.unwrap(Effect.map(built, stream))
  return {
    isNode: false,
    backends: yield* here(backends),
    models: Effect.flatMap(built, ({ models }) => models),
    install: (source, to) => of(({ install }) => install(source, to)),
    remove: (model) => of(({ remove }) => remove(model)),
    cancel: (id) => Effect.flatMap(built, ({ cancel }) => cancel(id))
  } satisfies Machine as Machine
})
