/** A node's channels, added up. */
import { add, nothing, type Sums } from "@infernet/daemon/receipt/ChannelBook"
import type { ChannelClaim } from "@infernet/daemon/receipt/Claims"
import type { Redeemed } from "./redeemed.ts"

/** By the day (UTC) on which jobs ended, the newest first. */
export const byDay = (claims: ReadonlyArray<ChannelClaim>): ReadonlyArray<readonly [day: string, Sums]> => {
  const days = new Map<string, Sums>()
  for (const claim of claims) for (const [day, sums] of claim.days) days.set(day, add(days.get(day) ?? nothing, sums))
  return [...days].toSorted(([a], [b]) => (a < b ? 1 : -1))
}

export const total = (claims: ReadonlyArray<ChannelClaim>): Sums =>
  claims.reduce((sum, { sums }) => add(sum, sums), nothing)

/** Of all channels of which it is known, and why it is not known of the others: each reason once. */
export const redeemedOf = (redeemed: Redeemed) => {
  const values = [...redeemed.values()]
  const known = values.filter((value) => typeof value === "bigint")
  return {
    sum: known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0n),
    unknown: [...new Set(values.filter((value) => typeof value === "string"))]
  }
}

/** What is on channels of no chain: it can be verified and never be redeemed. */
export const unredeemable = (claims: ReadonlyArray<ChannelClaim>): bigint =>
  total(claims.filter(({ domain }) => domain.chain_id === 0)).signed

/** What the newest receipts are worth that the payers' ceilings do not cover yet. */
export const uncovered = (claims: ReadonlyArray<ChannelClaim>): bigint =>
  claims.reduce((sum, { receipt, terms, voucher }) => {
    if ((terms.need & 1) === 0 || receipt === undefined) return sum
    const over = BigInt(receipt.cumulative) - BigInt(voucher?.max_cumulative ?? 0)
    return over > 0n ? sum + over : sum
  }, 0n)
