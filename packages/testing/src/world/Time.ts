/** Time as the network's plain code sees it: the clock of the test, and delays from its seed. */
import { Clock, Duration, Effect, FiberSet, Random } from "effect"

export interface Time {
  /** Milliseconds. */
  readonly now: () => number
  /** How long the next thing takes on the network, in milliseconds. */
  readonly delay: () => number
  readonly between: (delays: Delays) => number
  readonly after: (millis: number, act: () => void) => void
}

/** Every delay is drawn between these, in whole milliseconds. */
export interface Delays {
  readonly least: number
  readonly most: number
}

export const make = Effect.fnUntraced(function* (delays: Delays) {
  const clock = yield* Clock.Clock
  const random = yield* Random.Random
  const fork = yield* FiberSet.makeRuntime<never>()
  const between = ({ least, most }: Delays) => least + Math.floor(random.nextDoubleUnsafe() * (most - least + 1))
  const time: Time = {
    now: () => clock.currentTimeMillisUnsafe(),
    delay: () => between(delays),
    between,
    after: (millis, act) => void fork(Effect.delay(Effect.sync(act), millis))
  }
  return time
})

/** Lets the effect sleep whole milliseconds only: a real clock tells nothing else, but the test's would. */
export const wholeMillis = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.clockWith((clock) =>
    Effect.provideService(effect, Clock.Clock, {
      ...clock,
      sleep: (duration) => clock.sleep(Duration.millis(Math.ceil(Duration.toMillis(duration))))
    })
  )
