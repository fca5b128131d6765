/** `bun:test` for effects: a test is a scoped effect, silent unless it fails, and never outlives its time limit. */
import { test } from "bun:test"
import { Effect, Layer, type Scope } from "effect"
import { TestClock, TestConsole } from "effect/testing"

type Body = () => Effect.Effect<void, unknown, Scope.Scope>

interface Options {
  /** Milliseconds of real time after which the test is interrupted, finalizers included, and fails. */
  readonly timeout?: number
}

/** How long after the interruption a test's finalizers may take before `bun test` gives up on it. */
const grace = 5_000

const replay = Effect.gen(function* () {
  const [lines, errors] = yield* Effect.all([TestConsole.logLines, TestConsole.errorLines])
  // Straight to the stream: the console of this effect is the one being replayed.
  for (const line of [...lines, ...errors]) process.stderr.write(`${String(line)}\n`)
})

const define =
  (services: Layer.Layer<never>) =>
  (name: string, body: Body, { timeout = 5_000 }: Options = {}): void =>
    test(
      name,
      async () => {
        // Not `Effect.timeout`: under the test clock it would never fire.
        const signal = AbortSignal.timeout(timeout)
        const run = Effect.suspend(body).pipe(
          Effect.scoped,
          Effect.onError(() => replay),
          // Without `local` the memo map would share one clock and one console between tests.
          Effect.provide(services, { local: true })
        )
        try {
          await Effect.runPromise(run, { signal })
        } catch (error) {
          throw signal.aborted ? new Error(`still running after ${timeout} ms`, { cause: error }) : error
        }
      },
      timeout + grace
    )

/**
 * A test whose clock stands still until the test moves it (`TestClock.adjust`), starting at 1970-01-01;
 * `it.live` is the same with the real clock.
 */
export const it = Object.assign(define(Layer.merge(TestConsole.layer, TestClock.layer())), {
  live: define(TestConsole.layer)
})
