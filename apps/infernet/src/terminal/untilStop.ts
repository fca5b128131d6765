/** What everything has in common that serves until it is stopped. */
import { Home } from "@infernet/platform/Home"
import { Console, Effect, type Scope } from "effect"
import { untilStopped } from "./exit.ts"
import * as npx from "./npx.ts"

/**
 * Serves from this home, which it keeps for itself, until a signal, a failure or the end of the `npx` that launched it. A signal is answered in words at once,
 * as the stop may take a moment.
 */
export const untilStop = <E, R>(serve: Effect.Effect<never, E, R | Scope.Scope>) =>
  Effect.gen(function* () {
    yield* untilStopped
    yield* (yield* Home).lock
    return yield* Effect.onInterrupt(serve, () => Console.log("\nstopping")).pipe(Effect.raceFirst(npx.gone))
  }).pipe(Effect.scoped)
