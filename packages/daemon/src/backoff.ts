/** How long to wait before trying again: doubling, bounded, and never in step with the other nodes. */
import { Effect, Random } from "effect"

const firstMillis = 250
const longestMillis = 30_000

/** The wait after so many failures in a row (0 for the first), between half of it and all. */
export const wait = (failures: number) =>
  Effect.flatMap(Random.nextBetween(0.5, 1), (part) =>
    Effect.sleep(Math.min(longestMillis, firstMillis * 2 ** failures) * part)
  )

/** The wait when only a person can help: long enough not to fill the log. */
export const slowly = Effect.sleep(longestMillis)
