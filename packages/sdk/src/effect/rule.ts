/** The documented rule of retries as a schedule. */
import { Duration, Effect, Random, Schedule } from "effect"
import { delay, longestWait } from "../retry.ts"
import type { Failure } from "./errors.ts"
import * as Trouble from "./Trouble.ts"

/**
 * `failures` counts those in a row, this one included; it is 0 for the first after something new, which is tried again at
 * once and for free.
 */
export const rule = (maxRetries: number, failures: (attempt: number) => number = (attempt) => attempt) =>
  Schedule.forever.pipe(
    Schedule.setInputType<Trouble.Trouble>(),
    Schedule.while(
      ({ attempt, input }) =>
        input.isRetryable && (input.retryAfter ?? 0) <= longestWait && failures(attempt) <= maxRetries
    ),
    Schedule.modifyDelay(({ attempt, input }) =>
      Effect.map(Random.next, (random) =>
        failures(attempt) === 0 && input.retryAfter === undefined
          ? Duration.zero
          : Duration.millis(delay(Math.max(1, failures(attempt)), input.retryAfter, random))
      )
    )
  )

/** A request by the rule; its last failure as callers know it. */
export const told = <A>(request: Effect.Effect<A, Trouble.Trouble>, maxRetries: number): Effect.Effect<A, Failure> =>
  request.pipe(
    Effect.retry(rule(maxRetries)),
    Effect.mapError(({ error }) => (error._tag === "FailedFrame" ? Trouble.unexpectedFrame(error) : error))
  )
