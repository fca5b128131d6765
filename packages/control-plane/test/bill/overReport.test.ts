/** A node that counts half as much again as there was is paid for what there was, however it cuts its answer. */
import { describe, expect } from "bun:test"
import { AccountId } from "@infernet/contract/Id"
import { priceOfText } from "@infernet/contract/Price"
import { paymentsOff } from "@infernet/control-plane/Payments"
import { amountOf } from "@infernet/payment/price/amount"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { account, type FakeLink, nodeId, settle, world } from "../world.ts"
import { offerOf, register, type World } from "./signing.ts"

const payments = { ...paymentsOff, mode: "ledger" } as const
const honest = [1, 2, 3]
const liar = 4

/** As an honest node counts: four bytes a token, a template of twelve, an end of turn. */
const promptTokens = (text: string) => Math.ceil(text.length / 4) + 12
const answerTokens = (text: string) => Math.ceil(text.length / 4) + 1

const textOf = (bytes: number) => "word ".repeat(bytes / 5)

type Cut = (text: string) => ReadonlyArray<string>
const byWord: Cut = (text) => text.match(/.{1,5}/g) ?? []
const byLetter: Cut = (text) => [...text]
const inOne: Cut = (text) => [text]

const start = Effect.gen(function* () {
  const plane = yield* world({ settings: { payments } })
  yield* plane.ledger.deposit({ account, amount: 1_000_000_000n, reference: "test" })
  const links = new Map<number, FakeLink>()
  for (const n of [...honest, liar]) {
    yield* register(plane, n)
    links.set(n, plane.connect(n).hello())
  }
  return { plane, links }
})

/** A job at this node, which counts `factor` of what there is; its bill. */
const work = Effect.fnUntraced(function* (
  { submit }: World,
  links: ReadonlyMap<number, FakeLink>,
  n: number,
  { bytes, cut = byWord, factor = 1 }: { bytes: number; cut?: Cut; factor?: number }
) {
  const [prompt, answer] = [textOf(bytes), textOf(bytes / 2)]
  const request = { model: "m", messages: [{ role: "user" as const, content: prompt }], max_tokens: 100_000 }
  const link = links.get(n)
  if (link === undefined) throw new Error(`there is no node ${n}`)
  yield* submit({ request, pin: nodeId(n) })
  const pieces = cut(answer)
  link.produce(pieces)
  const [prompt_tokens, completion_tokens] = [promptTokens(prompt), answerTokens(answer)].map((count) =>
    Math.round(count * factor)
  ) as [number, number]
  link.say({
    type: "done",
    attempt: link.attempt,
    seq: pieces.length,
    finish_reason: "stop",
    usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens },
    timings: { total_ms: 1 }
  })
  yield* settle
  const { basis, bill } = offerOf(link)
  return {
    limitedBy: basis.limited_by,
    amount: BigInt(bill.usage.amount),
    fair: amountOf(priceOfText(bill.usage), BigInt(promptTokens(prompt)), BigInt(answerTokens(answer))),
    prompt: bill.usage.prompt_tokens / promptTokens(prompt),
    completion: bill.usage.completion_tokens / answerTokens(answer)
  }
})

const sizes = [400, 1_000, 2_500, 6_000, 12_000]

const paysFully = ({
  completion,
  limitedBy,
  prompt
}: {
  prompt: number
  completion: number
  limitedBy?: string | undefined
}) => {
  expect([prompt, completion, limitedBy]).toEqual([1, 1, undefined])
}

describe("a node that counts half as much again", () => {
  it("is paid for what there was, as soon as others were heard, whether it splits its answer or joins it", () =>
    Effect.gen(function* () {
      const { links, plane } = yield* start
      for (const n of honest) for (const bytes of sizes) paysFully(yield* work(plane, links, n, { bytes }))
      const earned = plane.ledger.nodeBalance(nodeId(liar))
      for (const cut of [byWord, byLetter, inOne]) {
        for (const bytes of [1_500, 4_000, 20_000]) {
          const before = (yield* earned).earned
          const { amount, completion, fair, limitedBy, prompt } = yield* work(plane, links, liar, {
            bytes,
            cut,
            factor: 1.5
          })
          expect(limitedBy).toMatch(/^prompt: .*; completion: /)
          expect(prompt).toBeCloseTo(1, 1)
          expect(completion).toBeCloseTo(1, 1)
          expect(Number(amount) / Number(fair)).toBeCloseTo(1, 1)
          expect((yield* earned).earned - before).toBeLessThanOrEqual(amount)
        }
      }
      // It has not moved what the others are held against.
      for (const n of honest) paysFully(yield* work(plane, links, n, { bytes: 5_000 }))
      expect(yield* plane.ledger.rebuilt).toEqual({ sum: 0n, differing: [] })
    }))

  it("gains nothing by a crowd of nodes: an operator is one voice", () =>
    Effect.gen(function* () {
      const { links, plane } = yield* start
      const crowd = [5, 6, 7, 8]
      const operator = AccountId.make(`acc_${"1".repeat(20)}`)
      for (const n of crowd) {
        yield* register(plane, n)
        yield* plane.nodes.assign(nodeId(n), operator)
        links.set(n, plane.connect(n).hello())
      }
      for (const n of honest) for (const bytes of sizes) yield* work(plane, links, n, { bytes })
      for (const n of crowd) for (const bytes of sizes) yield* work(plane, links, n, { bytes, factor: 1.5 })
      const { completion, prompt } = yield* work(plane, links, 5, { bytes: 6_000, factor: 1.5 })
      expect(prompt).toBeCloseTo(1, 1)
      expect(completion).toBeCloseTo(1, 1)
      paysFully(yield* work(plane, links, 1, { bytes: 6_000 }))
    }))
})
