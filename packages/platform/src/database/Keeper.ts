/**
 * Keeps a server running: one that dies by itself is started again in its place, until that has failed too often. A full
 * disk is waited out, as somebody makes room in their own time.
 */
import { Clock, Deferred, Duration, Effect, Result, type Scope } from "effect"
import type { EmbeddedUnavailable } from "./EmbeddedError.ts"

/** A server that takes connections; `ended` completes with the exit code when it is no more. */
export interface Running {
  readonly ended: Effect.Effect<number>
}

const shortest = Duration.millis(250)
const longest = Duration.seconds(10)
/** A server that lasted this long was well, and its death is the first again. */
const calm = Duration.minutes(1)
/** So many restarts may fail in a row. */
const failures = 5

/** What `start` starts until its end; `onReady` once it takes connections. */
const live = <R>(
  start: Effect.Effect<Running, EmbeddedUnavailable, R | Scope.Scope>,
  onReady: Effect.Effect<unknown>
) =>
  Effect.gen(function* () {
    const { ended } = yield* start
    const began = yield* Clock.currentTimeMillis
    yield* onReady
    const code = yield* ended
    const lasted = Duration.millis((yield* Clock.currentTimeMillis) - began)
    return { code, wasWell: Duration.isGreaterThanOrEqualTo(lasted, calm) }
  }).pipe(Effect.scoped)

/** Starts it again after each death; gives the exit code of the last one when there is no use in trying further. */
const restart = Effect.fnUntraced(function* <R>(
  start: Effect.Effect<Running, EmbeddedUnavailable, R | Scope.Scope>,
  first: { readonly code: number; readonly wasWell: boolean }
) {
  let last = first
  let failed = 0
  let isFull = false
  let pause = shortest
  yield* Effect.logError("database server died", { code: last.code })
  while (failed < failures) {
    yield* Effect.sleep(pause)
    const outcome = yield* Effect.result(live(start, Effect.logInfo("database server is back")))
    pause = Duration.min(Duration.times(pause, 2), longest)
    if (Result.isFailure(outcome) && outcome.failure.reason === "full") {
      const place = outcome.failure.detail
      if (!isFull)
        yield* Effect.logError("no room for the database: jobs are refused until its disk has some", { place })
      isFull = true
      continue
    }
    isFull = false
    if (Result.isFailure(outcome)) {
      failed += 1
      yield* Effect.logError("database server does not start again", { failed, error: outcome.failure.message })
      continue
    }
    last = outcome.success
    failed = 0
    if (last.wasWell) pause = shortest
    yield* Effect.logError("database server died", { code: last.code })
  }
  return last.code
})

/**
 * Starts a server and keeps it until the scope closes. The first start fails as `start` does; `ended`
 * completes with the exit code of the last server when it was given up, and never because the scope closes.
 */
export const keep = Effect.fnUntraced(function* <R>(
  start: Effect.Effect<Running, EmbeddedUnavailable, R | Scope.Scope>
) {
  const started = yield* Deferred.make<void, EmbeddedUnavailable>()
  const ended = yield* Deferred.make<number>()
  yield* live(start, Deferred.succeed(started, undefined)).pipe(
    Effect.onError((cause) => Deferred.failCause(started, cause)),
    Effect.flatMap((first) => restart(start, first)),
    Effect.flatMap((code) => Deferred.succeed(ended, code)),
    // Whoever waits for the end hears of a defect too.
    Effect.catchDefect((defect) => Deferred.die(ended, defect)),
    Effect.forkScoped
  )
  yield* Deferred.await(started)
  return { ended: Deferred.await(ended) } satisfies Running
})
