import { it } from "@infernet/testing/harness"
import type { ChannelState } from "@infernet/payment/settlement/Escrow"
import { Payouts } from "@infernet/payment/settlement/payout/Payouts"
import type { Plan } from "@infernet/payment/settlement/payout/plan"
import * as PayoutWatch from "@infernet/payment/settlement/payout/PayoutWatch"
import { RpcUnavailable } from "@infernet/payment/settlement/SettlementError"
import { expect } from "bun:test"
import { Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { claimOf, dollars, node, operator, payoutAddress, termsOf } from "@infernet/testing/settlement/Town"

const domain = { chain_id: 8453, contract: `0x${"11".repeat(20)}` }
const [quiet, closing] = [
  claimOf(domain, termsOf(node.id, "1"), dollars(1)),
  claimOf(domain, termsOf(node.id, "2"), 5n)
]
const elsewhere = claimOf({ ...domain, chain_id: 1 }, termsOf(node.id, "3"), dollars(9))

const planOf = (ids: ReadonlyArray<string>): Plan => ({
  node: { key: node.id, operator: operator.id, payout: payoutAddress, next: undefined, payoutNonce: 0n },
  rotation: undefined,
  rows: [],
  batches: ids.length > 0 ? [{ payout: payoutAddress, rows: [], claims: [] }] : [],
  pending: 0,
  elsewhere: 0
})

/** A watch over payouts that are only written down. */
const watching = Effect.fnUntraced(function* (isAuto: boolean) {
  const runs: Array<ReadonlyArray<string>> = []
  const lines: Array<string> = []
  const now = { closingAt: undefined as number | undefined, paid: 0n, isDead: false }
  const stateOf = (id: string): ChannelState => {
    const isIt = id === closing.channel
    return {
      reserved: dollars(9),
      paid: isIt ? now.paid : 0n,
      closingAt: isIt ? now.closingAt : undefined,
      isClosed: false
    }
  }
  const payouts = Layer.succeed(Payouts, {
    domain,
    states: (ids) =>
      now.isDead
        ? Effect.fail(new RpcUnavailable({ endpoints: ["a"], reason: "gone" }))
        : Effect.succeed(ids.map(stateOf)),
    plan: ({ claims }) => Effect.succeed(planOf(claims.map(({ channel }) => channel))),
    run: ({ claims }) =>
      Effect.sync(() => {
        runs.push(claims.map(({ channel }) => channel))
        now.paid = 5n
        return { plan: planOf([]), paid: [], skipped: [], undone: 0 }
      })
  })
  const claims = Effect.succeed([quiet, closing, elsewhere])
  const keys = Effect.succeed({ node, operator })
  const log = Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))])
  yield* PayoutWatch.run({ claims, keys, isAuto }).pipe(Effect.provide([payouts, log]), Effect.forkScoped)
  yield* TestClock.adjust(0)
  return { runs, lines, now }
})

it("redeems a closing channel at the next look, once, and leaves the others where nobody wants more", () =>
  Effect.gen(function* () {
    const { now, runs } = yield* watching(false)
    yield* TestClock.adjust("1 hour")
    expect(runs).toEqual([])
    now.closingAt = 9_000
    yield* TestClock.adjust("5 minutes")
    expect(runs).toEqual([[closing.channel]])
    yield* TestClock.adjust("1 hour")
    expect(runs).toHaveLength(1)
    // The block with it was undone: what the chain says counts.
    now.paid = 0n
    yield* TestClock.adjust("5 minutes")
    expect(runs).toHaveLength(2)
  }))

it("weighs all channels of this escrow where it may", () =>
  Effect.gen(function* () {
    const { runs } = yield* watching(true)
    expect(runs).toEqual([[quiet.channel, closing.channel]])
  }))

it("outlives endpoints, and tells once that they are gone", () =>
  Effect.gen(function* () {
    const { lines, now, runs } = yield* watching(false)
    now.isDead = true
    yield* TestClock.adjust("1 hour")
    expect(lines.filter((line) => line.includes("receipts are not paid out"))).toHaveLength(1)
    now.isDead = false
    now.closingAt = 9_000
    yield* TestClock.adjust("5 minutes")
    expect(runs).toEqual([[closing.channel]])
  }))
