import { describe, expect } from "bun:test"
import { verifyWith } from "@infernet/auth/verifier/Curve"
import { noble } from "@infernet/auth/verifier/noble"
import { ControlPlaneId, NodeId } from "@infernet/contract/Id"
import { type Receipt, receiptIdOf, zeroHash } from "@infernet/contract/Receipt"
import { usageHashOf } from "@infernet/payment/receipt/digest"
import { together } from "@infernet/payment/receipt/together"
import { type Expectations, verifyReceipt } from "@infernet/payment/receipt/verify"
import { it } from "@infernet/testing/harness"
import { Effect, Random } from "effect"
import { bill, channel, node, plane, signed, stranger, usage } from "./receipts.ts"

const verifier = { verify: verifyWith(noble) }

const found = (document: unknown, expected?: Expectations) =>
  Object.fromEntries(verifyReceipt(verifier, document, expected).findings.map(({ check, level }) => [check, level]))

const test = (name: string, body: () => Effect.Effect<void>) =>
  it(name, () => Effect.suspend(body).pipe(Random.withSeed(name)))

describe("whose receipt it is", () => {
  test("is known of the node by its id, and of the control plane by the one that is expected", () =>
    Effect.gen(function* () {
      const receipt = signed(yield* bill())
      expect(found(receipt)).toMatchObject({ node_key: "ok", plane_key: "warn" })
      expect(found(receipt, { controlPlane: ControlPlaneId.make(plane.id) })).toMatchObject({ plane_key: "ok" })
      expect(found(receipt, { controlPlane: ControlPlaneId.make(stranger.id) })).toMatchObject({ plane_key: "fail" })
    }))

  test("stays open where a node has signed with a later key, unless that key is given", () =>
    Effect.gen(function* () {
      const receipt = signed(yield* bill(), stranger)
      expect(found(receipt)).toMatchObject({ node_signature: "ok", node_key: "warn" })
      expect(found(receipt, { nodeKey: stranger.publicKey })).toMatchObject({ node_key: "ok" })
      expect(found(receipt, { nodeKey: node.publicKey })).toMatchObject({ node_key: "fail" })
    }))
})

describe("what both have signed is refused all the same", () => {
  const wrong: Record<string, (good: Receipt) => readonly [string, Receipt]> = {
    "where its tokens do not come to its amount": (good) => [
      "amount",
      { ...good, usage: { ...good.usage, prompt_tokens: good.usage.prompt_tokens + 1_000 } }
    ],
    "where the sum is less than the amount": (good) => ["sum", { ...good, cumulative: "0" }],
    "where it has no number": (good) => ["sum", { ...good, seq: 0 }],
    "where it ends before it begins": (good) => ["times", { ...good, usage: { ...good.usage, finished_at: 1 } }],
    "where it is for a contract of no chain": (good) => ["terms", { ...good, domain: { ...good.domain, chain_id: 0 } }],
    "where its escrow could not open the channel": (good) => [
      "terms",
      { ...good, terms: { ...good.terms, withdraw_delay: 3_599 } }
    ]
  }
  for (const [name, change] of Object.entries(wrong)) {
    test(name, () =>
      Effect.gen(function* () {
        const domain = { chain_id: 8_453, contract: plane.id }
        const [check, changed] = change(
          signed(
            yield* bill({
              domain,
              usage: yield* usage({
                amount: "1",
                input_micros_per_1k: "1",
                output_micros_per_1k: "0",
                prompt_tokens: 1
              })
            })
          )
        )
        expect(found(signed(changed))).toMatchObject({ node_signature: "ok", plane_signature: "ok", [check]: "fail" })
      })
    )
  }
})

test("a receipt of the future is noticed by whoever knows the time", () =>
  Effect.gen(function* () {
    const receipt = signed(yield* bill())
    expect(found(receipt, { now: receipt.usage.finished_at })).toMatchObject({ times: "ok" })
    expect(found(receipt, { now: receipt.usage.finished_at - 301 })).toMatchObject({ times: "warn" })
  }))

const words = (receipts: ReadonlyArray<Receipt>) => together(receipts).map(({ level, text }) => `${level}: ${text}`)

const of = (one: Receipt["usage"]) =>
  Effect.map(bill({ usage: one, id: receiptIdOf(one.attempt_id) }), (it) => signed(it))

describe("several receipts", () => {
  test("of one channel follow one another, in whatever order they come and however often", () =>
    Effect.gen(function* () {
      const all = yield* channel(5)
      expect(words([...all.toReversed(), ...all])).toEqual([expect.stringContaining("ok: numbers and sums of channel")])
    }))

  test("tell what is missing between them", () =>
    Effect.gen(function* () {
      const [a, b, c, d] = yield* channel(4)
      if (!a || !b || !c || !d) throw new Error("four receipts")
      expect(words([a, d])).toEqual([expect.stringMatching(/^warn: numbers 2 to 3 are not among these: [0-9.]+ USDC/)])
      expect(words([a, b, d])).toEqual([expect.stringMatching(/^warn: number 3 is not among these/)])
    }))

  test("of one number or one attempt contradict one another", () =>
    Effect.gen(function* () {
      const [a, b] = yield* channel(2)
      if (!a || !b) throw new Error("two receipts")
      expect(words([a, { ...b, seq: 1 }])).toContainEqual(expect.stringContaining("have one number, 1, in one channel"))
      expect(words([a, { ...a, cumulative: "9" }])).toContainEqual(
        expect.stringMatching(/^fail: there are two receipts/)
      )
    }))

  test("tell where a sum adds too little, as after a dispute", () =>
    Effect.gen(function* () {
      const [a, b] = yield* channel(2)
      if (!a || !b) throw new Error("two receipts")
      const less = { ...b, cumulative: `${BigInt(b.cumulative) - 1n}` }
      expect(words([a, less])).toEqual([expect.stringContaining("adds 0.000001 USDC too little to number 1")])
      const more = { ...b, cumulative: `${BigInt(b.cumulative) + 1n}` }
      expect(words([a, more])).toEqual([expect.stringContaining("adds 0.000001 USDC more than its amount to number 1")])
    }))

  test("of one job are a chain of segments", () =>
    Effect.gen(function* () {
      const first = yield* usage({ previous: zeroHash })
      const job_id = first.job_id
      const second = yield* usage({ job_id, previous: usageHashOf(first) })
      const third = yield* usage({ job_id, previous: usageHashOf(second) })
      const other = yield* usage({ job_id, previous: usageHashOf(first) })
      const [a, b, c, fork] = [yield* of(first), yield* of(second), yield* of(third), yield* of(other)]
      expect(words([c, a, b])).toEqual([`ok: 3 segments of ${job_id} follow one another`])
      expect(words([a, c])).toEqual([`warn: the segment of ${job_id} before ${c.id} is not among these`])
      expect(words([a, b, fork])).toEqual([expect.stringMatching(/^fail: .* both follow one segment$/)])
    }))
})

test("a node that is none has no first key", () =>
  Effect.gen(function* () {
    const good = yield* bill()
    const terms = { ...good.terms, node_id: NodeId.make(`0x${"0".repeat(40)}`) }
    expect(found(signed({ ...good, terms }))).toMatchObject({ node_key: "warn" })
  }))
