/** Bills and their answers over a link, in memory: what is signed, what is refused, what comes again. */
import { describe, expect } from "bun:test"
import { verifyWith } from "@infernet/auth/verifier/Curve"
import { noble } from "@infernet/auth/verifier/noble"
import { receiptIdOf, zeroHash } from "@infernet/contract/Receipt"
import { billDigest, channelIdOf } from "@infernet/payment/receipt/digest"
import { requestHash, responseHash } from "@infernet/payment/receipt/hashes"
import { it } from "@infernet/testing/harness"
import { Effect, Logger } from "effect"
import { TestClock } from "effect/testing"
import { account, nodeId, settle, submission, usage, world } from "../world.ts"
import { billsOf, countersigned, keyOf, left, offerOf, register, sign, signedBy, work } from "./signing.ts"

const verify = verifyWith(noble)

const start = Effect.gen(function* () {
  const plane = yield* world()
  yield* register(plane, 1)
  return { plane, node: plane.connect(1).hello() }
})

describe("the bill of a job", () => {
  it("says what was asked, answered and counted, and is offered once the job has ended", () =>
    Effect.gen(function* () {
      const { node, plane } = yield* start
      const job = yield* work(plane, node)
      expect(job.log.end?._tag).toBe("Completed")
      const { basis, bill } = offerOf(node)
      const { attempt } = node
      expect(bill).toMatchObject({ id: receiptIdOf(attempt), seq: 1, cumulative: "0", domain: { chain_id: 0 } })
      expect(bill.terms).toMatchObject({ node_id: nodeId(1), need: 2, payer: plane.planeKey.address, fee_bps: 1_500 })
      expect(bill.usage).toMatchObject({
        job_id: job.id,
        attempt_id: attempt,
        previous: zeroHash,
        model: "m",
        request_hash: requestHash(submission().request),
        response_hash: responseHash([{ kind: "text", text: "hello" }]),
        prompt_tokens: usage.prompt_tokens,
        completion_tokens: usage.completion_tokens,
        amount: "0"
      })
      expect(basis).toEqual({
        claimed_prompt_tokens: 3,
        claimed_completion_tokens: 2,
        prompt_bytes: 2,
        response_bytes: 5
      })
    }))

  it("is made of what its client has stopped, and of nothing that failed", () =>
    Effect.gen(function* () {
      const { node, plane } = yield* start
      const stopped = yield* plane.submit()
      node.produce(["half of it "])
      yield* Effect.forkChild(plane.jobs.cancel(stopped))
      yield* settle
      const attempt = node.attempt
      const cancelled = { type: "failed", attempt, seq: 1, error: "cancelled", message: "cancelled", usage } as const
      node.say(cancelled)
      yield* settle
      expect(billsOf(node).map(({ usage }) => usage.completion_tokens)).toEqual([2])

      const silent = yield* plane.submit()
      node.produce(["a quarter of it "])
      yield* Effect.forkChild(plane.jobs.cancel(silent))
      yield* TestClock.adjust("2 seconds")
      const byBytes = offerOf(node)
      expect(byBytes.basis.limited_by).toContain("none were told")
      expect(byBytes.bill.usage.completion_tokens).toBe(8)

      const failed = yield* plane.submit()
      node.produce(["it "])
      node.fail(1)
      yield* settle
      expect([failed.log.end?._tag, billsOf(node).length]).toEqual(["Failed", 2])
    }))
})

describe("a signed bill", () => {
  it("is countersigned over the same digest, and every answer after that gets the same receipt", () =>
    Effect.gen(function* () {
      const { node, plane } = yield* start
      yield* work(plane, node)
      const { bill } = offerOf(node)
      yield* sign(node, bill)
      const [first] = countersigned(node)
      expect(first?.plane_key).toBe(plane.planeKey.publicKey)
      expect(first && verify(first.signature, billDigest(bill), first.plane_key)).toBe(true)
      yield* sign(node, bill)
      expect(countersigned(node).map(({ signature }) => signature)).toEqual([
        first?.signature ?? "",
        first?.signature ?? ""
      ])
      const taken = yield* plane.receipts.take(nodeId(1), { signed: [signedBy(keyOf(1), bill)], disputes: [] })
      expect(taken.receipts.map(({ plane_signature }) => plane_signature)).toEqual([first?.signature ?? ""])
      expect([taken.refused, taken.bills]).toEqual([[], []])
      expect(yield* plane.bills.waiting).toBe(0)
    }))

  it("is refused by any other key, over any other bill, with any other sum, and goes on waiting", () =>
    Effect.gen(function* () {
      const lines: Array<unknown> = []
      const { node, plane } = yield* start
      yield* work(plane, node)
      const { bill } = offerOf(node)
      const good = signedBy(keyOf(1), bill)
      const [one, other] = [signedBy(keyOf(2), bill), signedBy(keyOf(1), { ...bill, cumulative: "1" })]
      const forged = [
        one,
        { ...good, node_key: keyOf(2).publicKey },
        { ...good, signature: one.signature },
        { ...good, signature: other.signature },
        { ...good, signature: "0".repeat(128) },
        { ...good, bill: receiptIdOf(node.attempt).replace(/.{4}$/, "0000") as typeof good.bill }
      ]
      const { receipts, refused } = yield* plane.receipts
        .take(nodeId(1), { signed: forged, disputes: [] })
        .pipe(Effect.provide(Logger.layer([Logger.make(({ message }) => void lines.push(message))]), { local: true }))
      expect(receipts).toEqual([])
      expect(refused).toHaveLength(forged.length)
      // Whoever does so a thousand times fills no log with it.
      expect(lines).toHaveLength(1)
      // Of another node it is as if it were not there.
      const stranger = yield* plane.receipts.take(nodeId(2), {
        signed: [good],
        disputes: [{ bill: bill.id, reason: "no" }]
      })
      expect(stranger.refused.map(({ reason }) => reason.replace(bill.id, "it"))).toEqual([
        "no bill of this node has the id it",
        "no bill of this node has the id it"
      ])
      yield* Effect.sync(() => node.say({ type: "receipt", ...other }))
      yield* settle
      expect(node.said("bill").length).toBe(2)
      expect(countersigned(node)).toEqual([])
      yield* sign(node, bill)
      expect(countersigned(node)).toHaveLength(1)
    }))

  it("may carry a key that was given up since, and none that was given up before", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 minute")
      const { node, plane } = yield* start
      yield* work(plane, node)
      const { bill: before } = offerOf(node)
      yield* TestClock.adjust("1 second")
      const operator = { account, role: "admin" as const }
      const change = { public_key: keyOf(9).publicKey, replaces: keyOf(1).publicKey }
      yield* plane.keys.rotate(nodeId(1), operator, change)
      yield* TestClock.adjust("10 seconds")
      const again = plane.connect(1).hello()
      yield* settle
      expect(billsOf(again)).toEqual([before])
      yield* work(plane, again)
      const { bill: after } = offerOf(again)
      const signed = [signedBy(keyOf(1), before), signedBy(keyOf(1), after)]
      const { receipts, refused } = yield* plane.receipts.take(nodeId(1), { signed, disputes: [] })
      expect(receipts.map(({ id, node_key }) => [id, node_key])).toEqual([[before.id, keyOf(1).publicKey]])
      expect(refused.map(({ reason }) => reason)).toEqual([
        `${keyOf(1).publicKey} was given up before ${after.id} was made`
      ])
      yield* sign(again, after, keyOf(9))
      expect(countersigned(again).map(({ bill }) => bill)).toEqual([after.id])
    }))
})

describe("a disputed bill", () => {
  it("goes, with its reason, and what was offered after it comes again", () =>
    Effect.gen(function* () {
      const { node, plane } = yield* start
      for (let i = 0; i < 3; i++) yield* work(plane, node)
      const [first, second, third] = billsOf(node)
      if (first === undefined || second === undefined || third === undefined)
        throw new Error("three bills were to come")
      // In one go: what was signed after the dispute counts as it is then.
      node.say(
        { type: "receipt", ...signedBy(keyOf(1), first) },
        { type: "dispute", bill: second.id, reason: "it were more\u001b[2J" },
        { type: "receipt", ...signedBy(keyOf(1), third) }
      )
      yield* left(plane, 0)
      expect(countersigned(node).map(({ bill }) => bill)).toEqual([first.id, third.id])
      const stored = yield* plane.bills.ofJobs(billsOf(node).map(({ usage }) => usage.job_id))
      const disputed = stored.find(({ offer }) => offer.bill.id === second.id)
      expect(disputed).toMatchObject({ status: "disputed", signatures: null })
      expect(disputed?.dispute).toStartWith("it were more")
      expect(disputed?.dispute).not.toContain("\u001b")
      const again = yield* plane.receipts.take(nodeId(1), {
        signed: [signedBy(keyOf(1), second)],
        disputes: [
          { bill: second.id, reason: "again" },
          { bill: first.id, reason: "too late" }
        ]
      })
      expect(again.refused).toEqual([
        { bill: first.id, reason: `this node has signed ${first.id}` },
        { bill: second.id, reason: `this node has disputed ${second.id}` }
      ])
      expect(again.bills).toEqual([])
    }))
})

describe("bills that wait", () => {
  it("come again with each welcome, the oldest hundred first and then the others", () =>
    Effect.gen(function* () {
      const { node, plane } = yield* start
      for (let i = 0; i < 150; i++) yield* work(plane, node)
      node.drop()
      const again = plane.connect(1).hello()
      yield* settle
      const first = billsOf(again)
      expect(first.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
      expect(yield* plane.offers.open(nodeId(1))).toHaveLength(100)
      for (const bill of first) again.say({ type: "receipt", ...signedBy(keyOf(1), bill) })
      yield* left(plane, 50)
      const all = billsOf(again)
      expect(all).toHaveLength(150)
      for (const bill of all.slice(100)) again.say({ type: "receipt", ...signedBy(keyOf(1), bill) })
      yield* left(plane, 0)
      expect(countersigned(again)).toHaveLength(150)
      expect(new Set(all.map(({ domain, terms }) => channelIdOf(domain, terms))).size).toBe(1)
    }))
})
