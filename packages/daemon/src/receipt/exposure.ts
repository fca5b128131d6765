/**
 * What a node has done and cannot be sure of: bills that it has signed and the control plane has not.
 *
 * Where money is at stake (a channel on a chain), a node takes no more work while more than 64 of them, or more than a
 * dollar, have waited for over ten minutes; or while more was earned on a channel than its payer has signed for.
 */
import type { ChannelBook } from "./ChannelBook.ts"
import type { SignedEntry } from "./entries.ts"

type Channel = Pick<ChannelBook, "domain" | "open" | "receipt" | "signed" | "terms"> & {
  /** What its payer has signed for in all, in micro-USDC. */
  readonly most: bigint
}

/** A countersignature that has not come for so long does not come by itself. */
export const patienceMillis = 600_000
const mostBills = 64
/** In micro-USDC. */
const mostAmount = 1_000_000n

/** All that waits for its countersignature. */
export const open = (channels: ReadonlyArray<Pick<Channel, "open">>): ReadonlyArray<SignedEntry> =>
  channels.flatMap(({ open }) => [...open.values()])

/** What has waited for too long, in micro-USDC; what a receipt after it covers with its sum does not wait. */
export const waiting = (channels: ReadonlyArray<Pick<Channel, "open" | "receipt">>, now: number) => {
  const late = channels.flatMap(({ open, receipt }) => {
    const covered = BigInt(receipt?.cumulative ?? -1)
    return [...open.values()].filter(({ at, bill }) => now - at >= patienceMillis && BigInt(bill.cumulative) > covered)
  })
  return { bills: late.length, amount: late.reduce((sum, { bill }) => sum + BigInt(bill.usage.amount), 0n) }
}

/** Whether the payer's signature is needed to be paid. */
export const needsVoucher = ({ terms }: Pick<Channel, "terms">): boolean => (terms.need & 1) === 1

/** Why no more work is taken; `undefined`: it is. */
export const tooMuch = (channels: ReadonlyArray<Channel>, now: number): string | undefined => {
  const onChain = channels.filter(({ domain }) => domain.chain_id !== 0)
  const { amount, bills } = waiting(onChain, now)
  if (bills > mostBills || amount > mostAmount) {
    return `the control plane has not countersigned ${bills} bills (${amount} micro-USDC) for ten minutes`
  }
  for (const { most, signed, terms } of onChain) {
    const earned = BigInt(signed?.bill.cumulative ?? 0)
    if (needsVoucher({ terms }) && earned > most) {
      return `${earned} micro-USDC were earned on a channel, and its payer has signed for ${most}`
    }
  }
  return undefined
}
