/** Backends and models of this machine: through the node that runs from this home, else by this process itself. */
import type { ModelSource } from "@infernet/backend/install/Install"
import type { BackendKind } from "@infernet/contract/Node"
import { type Config, Effect, Logger, Stream } from "effect"
import { Failure } from "../terminal/exit.ts"
import { Local } from "./Local.ts"
import { type BackendView, type InstallEvent, type MachineModels, wireOf } from "./MachineApi.ts"

export type MachineError = Failure | Config.ConfigError

export interface Machine<E = MachineError> {
  /** Whether a node of this home does it: then it goes on when this process ends. */
  readonly isNode: boolean
  readonly backends: Effect.Effect<ReadonlyArray<BackendView>, E>
  readonly models: Effect.Effect<MachineModels, E>
  readonly install: (source: ModelSource, to: BackendKind | undefined) => Stream.Stream<InstallEvent, E>
  readonly remove: (model: string) => Stream.Stream<InstallEvent, E>
  /** Stops an installation, and waits until it has stopped. */
  readonly cancel: (id: number) => Effect.Effect<void, E>
}

const gone = () => new Failure({ message: "the node of this home does not answer any more: look at `infernet status`" })

const overSocket = ({ machine }: Local["Service"]): Machine => ({
  isNode: true,
  backends: Effect.mapBoth(machine.backends(), { onFailure: gone, onSuccess: ({ backends }) => backends }),
  models: Effect.mapError(machine.models(), gone),
  install: (source, to) =>
    machine
      .install({ payload: { source: wireOf(source), ...(to !== undefined && { to }) } })
      .pipe(Stream.unwrap, Stream.mapError(gone)),
  remove: (model) => machine.remove({ payload: { model } }).pipe(Stream.unwrap, Stream.mapError(gone)),
  cancel: (id) => Effect.mapError(Effect.asVoid(machine.cancel({ params: { id } })), gone)
})

// Loaded only where no node runs: it brings the backends' code with it.
const direct = Effect.promise(() => import("../network/machineAlone.ts"))

const find = Effect.gen(function* () {
  const local = yield* Local
  if (yield* Effect.isSuccess(local.machine.installs())) return overSocket(local)
  return yield* Effect.flatMap(direct, ({ make }) => make)
})

/** Gives the machine to `body`, which tells what matters itself: nothing is logged meanwhile. */
export const use = <A, E, R>(body: (machine: Machine) => Effect.Effect<A, E, R>) =>
  Effect.flatMap(find, body).pipe(Effect.scoped, Effect.provide(Logger.layer([])))

/** Tells every event until the end, which it gives; interrupted, it stops what it began. */
export const follow = Effect.fnUntraced(function* (
  machine: Machine,
  events: Stream.Stream<InstallEvent, MachineError>,
  tell: (event: InstallEvent) => Effect.Effect<void>
) {
  let id: number | undefined
  let last: InstallEvent | undefined
  yield* events.pipe(
    Stream.runForEach((event) => {
      if (event._tag === "Started") id = event.id
      last = event
      return tell(event)
    }),
    Effect.onInterrupt(() => (id === undefined ? Effect.void : Effect.ignore(machine.cancel(id))))
  )
  if (last?._tag === "Done" || last?._tag === "Failed" || last?._tag === "Stopped") return last
  return yield* gone()
})
