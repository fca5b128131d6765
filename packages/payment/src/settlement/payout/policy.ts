/** Which channels are worth a payout now: a decision over what was earned, what the chain says, and the price of gas. */
import { usdc } from "@infernet/contract/Micros"
import { feeOf } from "../../price/amount.ts"
import type { Chain } from "../Chain.ts"
import type { ChannelClaim } from "../ChannelClaim.ts"
import type { ChannelState } from "../Escrow.ts"
import { type Skip, skipSentences } from "../skips.ts"

/** Everything that is owed; what is worth its gas; and of that, what is worth it without anybody having asked. */
export type Mode = "all" | "usual" | "auto"

/** A channel as its node and the chain have it. */
export interface Standing {
  readonly claim: ChannelClaim
  readonly state: ChannelState
  /** When it was paid out last, in Unix seconds, as far as this home knows. */
  readonly paidAt: number | undefined
}

export interface Weighing {
  readonly mode: Mode
  readonly chain: Pick<Chain, "minimumPayout" | "nativePrice">
  /** Wei for a unit of gas. */
  readonly gasPrice: bigint
  /** Unix seconds. */
  readonly now: number
}

/** In micro-USDC. */
export interface Due {
  readonly _tag: "Due"
  /** What the channel pays now, and what of that its node gets. */
  readonly gross: bigint
  readonly net: bigint
}
export interface Left {
  readonly _tag: "Left"
  /** What is owed all the same. */
  readonly net: bigint
  readonly why: string
}
export type Verdict = Due | Left

/** Measured: a claim with three signatures in a batch, and what the transaction takes besides. */
export const gasOfClaim = 50_000n
export const gasOfBatch = 60_000n

/** Gas may take at most a tenth of what it brings. */
const gasShare = 10n
/** From here on a payout is made without anybody having asked: $5, or a day's waiting. */
const autoAmount = 5_000_000n
const autoSeconds = 86_400

const needsPayer = 1

/** What so much gas is taken to cost, in micro-USDC, rounded up. */
export const gasInMicros = (gas: bigint, { chain, gasPrice }: Pick<Weighing, "chain" | "gasPrice">): bigint =>
  (gas * gasPrice * chain.nativePrice + 10n ** 18n - 1n) / 10n ** 18n

const least = (amounts: ReadonlyArray<bigint>): bigint => amounts.reduce((a, b) => (a < b ? a : b))

const skipped = (skip: Skip): Left => ({ _tag: "Left", net: 0n, why: skipSentences[skip] })

/** What the contract would pay for a claim whose signatures are good. */
export const owed = ({ claim, state }: Standing): Verdict => {
  const { cumulative, terms, voucher } = claim
  const { isClosed, paid, reserved } = state
  if (isClosed) return skipped(cumulative > paid ? "Closed" : "NothingNew")
  if (cumulative <= paid) return skipped("NothingNew")
  if (reserved === 0n) return skipped("NotOpen")
  const ceilings = (terms.need & needsPayer) === 0 ? [] : [BigInt(voucher?.max_cumulative ?? 0)]
  const upTo = least([cumulative, reserved, ...ceilings])
  if (upTo <= paid) return skipped(reserved <= paid ? "ReserveSpent" : "CeilingSpent")
  const fee = feeOf(upTo, terms.fee_bps) - feeOf(paid, terms.fee_bps)
  return { _tag: "Due", gross: upTo - paid, net: upTo - paid - fee }
}

const left = (net: bigint, why: string): Left => ({ _tag: "Left", net, why })

/** A channel by itself. One that is closing is always due: after that its receipts are worth nothing. */
const ofChannel = (standing: Standing, weighing: Weighing): Verdict => {
  const verdict = owed(standing)
  if (verdict._tag === "Left" || weighing.mode === "all" || standing.state.closingAt !== undefined) return verdict
  const gas = gasInMicros(gasOfClaim, weighing)
  return gas * gasShare <= verdict.net
    ? verdict
    : left(
        verdict.net,
        `${usdc(verdict.net)} USDC is not worth its gas, about ${usdc(gas)}: it waits for more, or --all`
      )
}

/** Whether it has waited a day since its last payout, or since its first receipt. */
const isOld = ({ claim, paidAt }: Standing, now: number): boolean =>
  now - Math.max(claim.firstAt, paidAt ?? 0) >= autoSeconds

/** Why channels that are due by themselves wait for more all together; `undefined` where they do not. */
const waits = (due: ReadonlyArray<readonly [Standing, Due]>, weighing: Weighing): string | undefined => {
  const { chain, mode, now } = weighing
  const sum = due.reduce((sum, [, { net }]) => sum + net, 0n)
  const isClosing = due.some(([{ state }]) => state.closingAt !== undefined)
  if (mode === "all" || isClosing || due.length === 0) return undefined
  const least = `the least that is paid out at a time is ${usdc(chain.minimumPayout)}`
  if (sum < chain.minimumPayout) return `${usdc(sum)} USDC in all, and ${least}: it waits for more, or --all`
  const gas = gasInMicros(gasOfBatch + BigInt(due.length) * gasOfClaim, weighing)
  if (gas * gasShare > sum)
    return `${usdc(sum)} USDC in all is not worth its gas, about ${usdc(gas)}: it waits for more, or --all`
  if (mode === "usual" || sum >= autoAmount || due.some(([standing]) => isOld(standing, now))) return undefined
  return `${usdc(sum)} USDC in all waits until it is ${usdc(autoAmount)}, or a day old`
}

/** A verdict for each channel, in their order. All of them are paid to one address. */
export const weigh = (standings: ReadonlyArray<Standing>, weighing: Weighing): ReadonlyArray<Verdict> => {
  const verdicts = standings.map((standing) => ofChannel(standing, weighing))
  const due = verdicts.flatMap((verdict, index): Array<readonly [Standing, Due]> => {
    const standing = standings[index]
    return verdict._tag === "Due" && standing !== undefined ? [[standing, verdict]] : []
  })
  const why = waits(due, weighing)
  if (why === undefined) return verdicts
  return verdicts.map((verdict) => (verdict._tag === "Due" ? left(verdict.net, why) : verdict))
}
