/** What a node does: entries in its log, and lines on the terminal where a person may see them. */
import type { Backends } from "@infernet/backend/Backends"
import { type DaemonEvent, DaemonEvents } from "@infernet/daemon/DaemonEvents"
import { Console, Context, Effect, Option, Stream } from "effect"
import { Run } from "../run/Run.ts"
import * as eventLines from "../terminal/eventLines.ts"
import * as eventLog from "../terminal/eventLog.ts"
import * as tell from "../terminal/tell.ts"

type Daemon = Context.Context<DaemonEvents>

const events = (daemon: Daemon, backends: Backends["Service"]): Stream.Stream<eventLines.NodeEvent> =>
  backends.changes.pipe(
    Stream.map(tell.offer),
    Stream.changes,
    // The first is what the start has told.
    Stream.drop(1),
    Stream.map((offer) => ({ type: "offer" as const, offer })),
    Stream.merge(Context.get(daemon, DaemonEvents).stream)
  )

/** Does it for each event until the scope closes; who is too slow misses the oldest. */
const forEach = <E>(stream: Stream.Stream<E>, take: (event: E) => Effect.Effect<void>) =>
  stream.pipe(
    Stream.runForEach(take),
    Effect.ignoreCause({ log: "Error", message: "events are no longer told" }),
    Effect.forkScoped({ startImmediately: true })
  )

/** Does something at each event of the daemon, until the scope closes. */
export const on = (daemon: Daemon, take: (event: DaemonEvent) => Effect.Effect<void>) =>
  forEach(Context.get(daemon, DaemonEvents).stream, take)

/** Logs what happens from now on, until the scope closes. */
export const log = (daemon: Daemon, backends: Backends["Service"]) => forEach(events(daemon, backends), eventLog.make())

/** Prints what happens from now on, until the scope closes; nothing where nobody reads it. */
export const show = Effect.fnUntraced(function* (daemon: Daemon, backends: Backends["Service"]) {
  if (!(yield* Run).isHeard) return
  const lines = eventLines.make()
  const print = (event: eventLines.NodeEvent) =>
    Effect.flatMap(lines(event), Option.match({ onNone: () => Effect.void, onSome: (line) => Console.log(line) }))
  yield* forEach(events(daemon, backends), print)
})
