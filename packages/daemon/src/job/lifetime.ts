/** How long an attempt is worth running and keeping when nobody asks for it. */
import type { Attempt } from "./Attempt.ts"

/**
 * What runs without a link is given up after this long: it takes a slot, and maybe nobody wants it any more.
 *
 * A control plane that starts again gives its nodes 30 s to come back with what they run; the rest is for its start.
 */
export const unclaimedMillis = 120_000

/** An end that was not acknowledged for this long will not be asked for any more. */
export const unacknowledgedMillis = 600_000

/** When this attempt has been left alone for too long, on its own clock; `Infinity` while it runs over a link. */
export const dueAt = ({ bound, end, touchedAt }: Pick<Attempt, "bound" | "end" | "touchedAt">): number => {
  if (end !== undefined) return touchedAt + unacknowledgedMillis
  return bound ? Number.POSITIVE_INFINITY : touchedAt + unclaimedMillis
}
