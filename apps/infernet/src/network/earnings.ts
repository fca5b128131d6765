/** What a node has earned, by its own books: for those who watch it. */
import type { Sums } from "@infernet/daemon/receipt/ChannelBook"
import { DateTime, Effect } from "effect"

/** Of a channel, or of its claim. */
export interface Earning {
  readonly sums: Sums
  /** By the day (UTC), such as `2026-11-22`. */
  readonly days: ReadonlyMap<string, Sums>
}

/** In micro-USDC; of today the part of the bills of jobs that ended today (UTC). */
export interface Earned {
  readonly today: bigint
  readonly total: bigint
}

export const earned = (channels: ReadonlyArray<Earning>): Effect.Effect<Earned> =>
  Effect.map(DateTime.now, (now) => {
    const today = DateTime.formatIsoDateUtc(now)
    return {
      today: channels.reduce((sum, { days }) => sum + (days.get(today)?.signed ?? 0n), 0n),
      total: channels.reduce((sum, { sums }) => sum + sums.signed, 0n)
    }
  })
