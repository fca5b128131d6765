/** What a node does from now on, in lines on the terminal. */
import type { Backends } from "@infernet/backend/Backends"
import { DaemonEvents } from "@infernet/daemon/DaemonEvents"
import { Console, Context, Effect, Option, Stream } from "effect"
import * as eventLines from "../terminal/eventLines.ts"
import * as tell from "../terminal/tell.ts"

/** Prints until it is interrupted; a terminal too slow for it misses the oldest lines. */
export const run = Effect.fnUntraced(function* (daemon: Context.Context<DaemonEvents>, backends: Backends["Service"]) {
  const lines = eventLines.make()
  const events = Context.get(daemon, DaemonEvents).stream
  const offers = backends.changes.pipe(
    Stream.map(tell.offer),
    Stream.changes,
    // The first is what the start has told.
    Stream.drop(1),
    Stream.map((offer) => ({ type: "offer" as const, offer }))
  )
  yield* Stream.merge(events, offers).pipe(
    Stream.mapEffect(lines),
    Stream.runForEach(Option.match({ onNone: () => Effect.void, onSome: Console.log }))
  )
  return yield* Effect.never
})
