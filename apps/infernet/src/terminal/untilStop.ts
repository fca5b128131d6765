/** What everything has in common that serves until it is stopped. */
import { Home } from "@infernet/platform/Home"
import { Console, Effect, type Scope } from "effect"
import { join } from "node:path"
import * as again from "../run/again.ts"
import * as Last from "../run/Last.ts"
import { Run } from "../run/Run.ts"
import { Failure, untilStopped } from "./exit.ts"
import * as npx from "./npx.ts"

/** How long running jobs may go on where the system stops a service; its units allow a little more. */
export const serviceStopMillis = 60_000

/** Left behind before anything is closed: whoever asked for the end reads it when this process is gone. */
const over = Effect.gen(function* () {
  const run = yield* Run
  const { cut, then } = yield* run.over
  yield* Last.leave({ started_at: (yield* run.view).started_at, cut })
  return then
})

/** A service manager's signal means what `infernet stop` does; a person's Ctrl-C means now. */
const lastly = Effect.gen(function* () {
  const run = yield* Run
  yield* Console.log("\nstopping")
  if (run.how !== "service" || (yield* run.view).ending !== undefined) return
  yield* run.end({ within_ms: serviceStopMillis, then: "end" })
  // It has a limit of its own: nothing needs to interrupt it.
  yield* over
})

const lock = Effect.gen(function* () {
  const home = yield* Home
  yield* home.lock.pipe(
    Effect.catchTag("HomeLocked", ({ message }) =>
      Effect.fail(new Failure({ message: `${message}; \`infernet status\` tells of it` }))
    )
  )
})

/**
 * Serves from this home, which it keeps for itself, until it is asked to end, a signal, a failure or the end of the
 * `npx` that launched it. A signal is answered in words at once, as the stop may take a moment.
 */
export const untilStop = <E, R>(serve: Effect.Effect<never, E, R | Scope.Scope>) =>
  Effect.gen(function* () {
    yield* untilStopped
    yield* lock
    const { root } = yield* Home
    const launcher = [join(root, "bin", "infernet"), ...process.argv.slice(2)]
    const asked = Effect.map(over, (then) => {
      if (then !== "end") again.follow(then === "again" ? again.same() : launcher)
    })
    return yield* Effect.onInterrupt(serve, () => lastly).pipe(Effect.raceFirst(asked), Effect.raceFirst(npx.gone))
  }).pipe(Effect.scoped)
