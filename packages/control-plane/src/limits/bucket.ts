/**
 * A token bucket as one number: when it will be full again.
 *
 * The generic cell rate algorithm in its virtual scheduling form (ITU-T I.371, annex A), as Brandur Leach describes it for
 * APIs in "Rate Limiting, Cells, and GCRA" (2015). The bucket holds `capacity`, refills evenly, and is full after a whole
 * window: that much may come at once, and no more than that much again in each window afterwards. All times are
 * milliseconds of a clock that never goes back.
 */

export interface Rate {
  readonly capacity: number
  readonly windowMillis: number
}

/** Divisions leave a rest: without it the last unit of a window would come a moment late. */
const rounding = 1e-6

/** How long `cost` takes to refill. */
const refillMillis = ({ capacity, windowMillis }: Rate, cost: number): number => (cost * windowMillis) / capacity

/** How many units it holds, in whole ones. */
export const left = (rate: Rate, fullAt: number, now: number): number => {
  const missing = Math.max(0, fullAt - now) / refillMillis(rate, 1)
  return Math.max(0, Math.floor(rate.capacity - missing + rounding))
}

/** When it is full again after `cost` was taken. A negative cost gives back. */
export const taken = (rate: Rate, fullAt: number, now: number, cost: number): number =>
  Math.max(fullAt, now) + refillMillis(rate, cost)

/** How long until it holds `cost`: 0 when it does, infinite when it never will. */
export const waitMillis = (rate: Rate, fullAt: number, now: number, cost: number): number => {
  if (cost > rate.capacity) return Infinity
  const late = taken(rate, fullAt, now, cost) - now - rate.windowMillis
  return late <= rounding ? 0 : late
}
