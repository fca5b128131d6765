import { it } from "@infernet/testing/harness"
import { chains } from "@infernet/payment/settlement/Chain"
import type { ChannelState } from "@infernet/payment/settlement/Escrow"
import { gasInMicros, type Mode, owed, type Standing, weigh } from "@infernet/payment/settlement/payout/policy"
import { expect } from "bun:test"
import { Effect } from "effect"
import { claimOf, dollars, node, termsOf } from "@infernet/testing/settlement/Town"

const domain = { chain_id: 8453, contract: `0x${"11".repeat(20)}` }
const terms = termsOf(node.id, "1")
const open: ChannelState = { reserved: dollars(100), paid: 0n, closingAt: undefined, isClosed: false }
const first = 1_767_225_610

const standing = (cumulative: bigint, state: Partial<ChannelState> = {}, ceiling = cumulative): Standing => ({
  claim: claimOf(domain, terms, cumulative, { ceiling }),
  state: { ...open, ...state },
  paidAt: undefined
})

/** An hour after the first receipt, at a price that makes a claim on Base cost a tenth of a cent or so. */
const weighed = (
  standings: ReadonlyArray<Standing>,
  mode: Mode,
  { chain = chains.base, gasPrice = 5_000_000n, now = first + 3_600 } = {}
) => weigh(standings, { mode, chain, gasPrice, now })

const tags = (...of: Parameters<typeof weighed>) => weighed(...of).map(({ _tag }) => _tag)

const why = (one: Standing): string => {
  const verdict = owed(one)
  return verdict._tag === "Left" ? verdict.why : "due"
}

it("owes the least of receipt, ceiling and reserve, less what was paid and the fee of the sum", () =>
  Effect.sync(() => {
    expect(owed(standing(dollars(9)))).toEqual({ _tag: "Due", gross: dollars(9), net: 7_650_000n })
    expect(owed(standing(dollars(9), {}, dollars(6)))).toMatchObject({ gross: dollars(6) })
    expect(owed(standing(dollars(9), { reserved: dollars(5), paid: dollars(2) }))).toMatchObject({ gross: dollars(3) })
    // By the sum: 15 % of 19 is 2, of 13 is 1.
    expect(owed(standing(19n, { paid: 13n }))).toEqual({ _tag: "Due", gross: 6n, net: 5n })
  }))

it("says why a channel pays nothing", () =>
  Effect.sync(() => {
    expect(why(standing(5n, { paid: 5n }))).toBe("all of its receipts are paid")
    expect(why(standing(5n, { reserved: 0n }))).toContain("has not opened it on chain yet. Nothing is lost")
    expect(why(standing(5n, { reserved: 3n, paid: 3n }))).toContain("try again after a top-up")
    expect(why(standing(5n, { paid: 3n }, 3n))).toContain("signed no higher ceiling yet")
    expect(why(standing(5n, { reserved: 3n, paid: 3n, isClosed: true }))).toContain("closed for good")
    expect(why({ ...standing(5n), claim: { ...claimOf(domain, terms, 5n), voucher: undefined } })).toContain("ceiling")
  }))

it("leaves what is not worth its gas, unless its channel is closing or all is asked for", () =>
  Effect.sync(() => {
    const expensive = { gasPrice: 5_000_000_000n }
    // 50,000 of gas at 5 gwei and $5,000 an ether: $1.25, and so much for a channel that brings $8.50.
    expect(gasInMicros(50_000n, { chain: chains.base, ...expensive })).toBe(1_250_000n)
    const [verdict] = weighed([standing(dollars(10))], "usual", expensive)
    expect(verdict).toMatchObject({ _tag: "Left", net: 8_500_000n })
    expect(verdict?._tag === "Left" ? verdict.why : "").toContain("8.5 USDC is not worth its gas, about 1.25")
    expect(tags([standing(dollars(10))], "all", expensive)).toEqual(["Due"])
    expect(tags([standing(dollars(10), { closingAt: first + 9_000 })], "auto", expensive)).toEqual(["Due"])
  }))

it("waits until the sum is the chain's least, which is ten times as much on Ethereum", () =>
  Effect.sync(() => {
    const halves = [standing(600_000n), standing(600_000n)]
    expect(tags([standing(600_000n)], "usual")).toEqual(["Left"])
    expect(tags(halves, "usual")).toEqual(["Due", "Due"])
    expect(tags([standing(dollars(9))], "usual", { chain: chains.ethereum })).toEqual(["Left"])
    expect(tags([standing(dollars(12))], "usual", { chain: chains.ethereum })).toEqual(["Due"])
    expect(tags([standing(1n)], "all", { chain: chains.ethereum })).toEqual(["Due"])
  }))

it("pays out by itself from five dollars on, or after a day", () =>
  Effect.sync(() => {
    const two = standing(dollars(2))
    expect(tags([two], "usual")).toEqual(["Due"])
    expect(tags([two], "auto")).toEqual(["Left"])
    expect(tags([two], "auto", { now: first + 86_400 })).toEqual(["Due"])
    // Since the last payout, not since the beginning.
    expect(tags([{ ...two, paidAt: first + 80_000 }], "auto", { now: first + 86_400 })).toEqual(["Left"])
    expect(tags([standing(dollars(6))], "auto")).toEqual(["Due"])
    expect(tags([two, two, two], "auto")).toEqual(["Due", "Due", "Due"])
  }))
