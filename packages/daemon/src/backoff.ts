/** How long to wait before trying again: doubling, bounded, and never in step with the other nodes. */
import { Effect, Random } from "effect"

/** Doubles from `first` to `longest` milliseconds with each failure in a row; each wait is at least `least` of that. */
const waits =
  (first: number, longest: number, least: (most: number) => number) =>
  /** The wait after so many failures in a row, 0 for the first. */
  (failures: number): Effect.Effect<void> => {
    const most = Math.min(longest, first * 2 ** failures)
    return Effect.flatMap(Random.nextBetween(least(most), most), Effect.sleep)
  }

const half = (most: number) => most / 2

/** Before asking again to become a node. */
export const beforeJoining = waits(250, 30_000, half)

/**
 * Before opening a link where none was to be had.
 *
 * A control plane that starts again gives its nodes 30 s to claim what they run: a try that hangs takes 10 s of them,
 * and the wait after it no more than as much again.
 */
export const beforeOpening = waits(250, 10_000, half)

/**
 * Before opening a link again after one that was welcomed.
 *
 * The first is back within the 500 ms for which a control plane keeps its readers waiting. One that welcomes and closes
 * at once is asked twenty times a second at most, and before long every 2.5 s.
 */
export const beforeReopening = waits(100, 5_000, () => 50)

/** Before telling again what became of a command. */
export const beforeTelling = waits(500, 30_000, half)

/** The wait when only a person can help: long enough not to fill the log. */
export const slowly = Effect.sleep(30_000)
