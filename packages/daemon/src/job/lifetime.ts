/** How long an attempt is worth running and keeping when nobody asks for it. */
import type { AttemptId } from "@infernet/contract/Id"
import type { Attempt } from "./Attempt.ts"

/**
 * What runs without a link is given up after this long: it takes a slot, and maybe nobody wants it any more.
 *
 * A control plane that starts again gives its nodes 30 s to come back with what they run; the rest is for its start.
 */
const unclaimedMillis = 120_000
const unclaimed = `the node had no link to its control plane for ${unclaimedMillis / 1000} s`

/** An end that was not acknowledged for this long will not be asked for any more. */
const unacknowledgedMillis = 600_000

/** Shorter than those two: whatever comes due is seen before it does, without a bell. */
const lookMillis = 60_000

const dueAt = ({ bound, end, touchedAt }: Attempt): number => {
  if (end !== undefined) return touchedAt + unacknowledgedMillis
  return bound ? Number.POSITIVE_INFINITY : touchedAt + unclaimedMillis
}

/** Ends and drops what nobody has asked for; tells in how many milliseconds to look again. */
export const look = (attempts: ReadonlyMap<AttemptId, Attempt>, now: number, drop: (id: AttemptId) => void): number => {
  let next = now + lookMillis
  for (const [id, attempt] of attempts) {
    const due = dueAt(attempt)
    if (due > now) next = Math.min(next, due)
    else if (attempt.end !== undefined) drop(id)
    // Its output is kept: a control plane that comes back after all learns of this end and what it has cost.
    else attempt.fail("timeout", unclaimed)
  }
  return next - now
}
