import { describe, expect, test } from "bun:test"
import { type Attempted, lesserOf } from "@infernet/payment/bill/lesserOf"
import { amountOf } from "@infernet/payment/price/amount"

const price = { input_micros_per_1k: 500n, output_micros_per_1k: 2_000n }

/** A prompt of 4,000 bytes and an answer of 4,000, of which others would have counted 1,000 tokens each. */
const attempted = (part: Partial<Attempted> = {}): Attempted => ({
  claimed: { prompt: 1_000n, completion: 1_000n },
  sent: { bytes: 4_000n, texts: 1n, images: 0n, hasTools: false },
  responseBytes: 4_000n,
  maxTokens: 100_000n,
  expected: {
    prompt: { tokens: 1_000n, byOthers: true },
    completion: { tokens: 1_000n, byOthers: true }
  },
  price,
  hold: undefined,
  ...part
})

const claiming = (prompt: bigint, completion: bigint) => ({ claimed: { prompt, completion } })
const unknown = { expected: { prompt: undefined, completion: undefined } }
const own = (tokens: bigint) => ({
  expected: { prompt: { tokens, byOthers: false }, completion: { tokens, byOthers: false } }
})

interface Case {
  readonly name: string
  readonly of: Partial<Attempted>
  readonly billed: readonly [prompt: bigint, completion: bigint]
  /** What its reason says; none: the node's own count. */
  readonly why?: RegExp
}

const cases: ReadonlyArray<Case> = [
  { name: "a node's own count", of: {}, billed: [1_000n, 1_000n] },
  { name: "less than was expected", of: claiming(700n, 700n), billed: [700n, 700n] },
  { name: "a third more", of: claiming(1_333n, 1_333n), billed: [1_333n, 1_333n] },
  {
    name: "half as much again",
    of: claiming(1_500n, 1_500n),
    billed: [1_000n, 1_000n],
    why: /^prompt: .*; completion: /
  },
  { name: "any number", of: claiming(2n ** 53n, 2n ** 53n), billed: [1_000n, 1_000n], why: /1336 would have passed/ },
  {
    name: "half as much again, of the answer",
    of: claiming(1_000n, 1_500n),
    billed: [1_000n, 1_000n],
    why: /^completion/
  },
  {
    name: "more than max_tokens",
    of: { ...claiming(10n, 1_200n), maxTokens: 1_100n },
    billed: [10n, 1_100n],
    why: /max_tokens 1100/
  },
  {
    name: "nothing, where nobody counted",
    of: { claimed: undefined },
    billed: [1_000n, 1_000n],
    why: /as none were told/
  },
  {
    name: "an answer without bytes",
    of: { ...claiming(10n, 50n), responseBytes: 0n },
    billed: [10n, 0n],
    why: /completion: 0/
  },
  { name: "the end of a turn", of: { ...claiming(10n, 2n), responseBytes: 0n }, billed: [10n, 2n] },
  // Of nobody else known: two bytes a token, and what a template may add.
  { name: "two thirds of a token a byte", of: { ...unknown, ...claiming(2_900n, 2_669n) }, billed: [2_900n, 2_669n] },
  {
    name: "more than that",
    of: { ...unknown, ...claiming(3_000n, 2_670n) },
    billed: [2_016n, 2_000n],
    why: /prompt.*completion/
  },
  {
    name: "a short question in a long template",
    of: { ...unknown, ...claiming(200n, 3n), sent: { bytes: 2n, texts: 1n, images: 0n, hasTools: false } },
    billed: [200n, 3n]
  },
  {
    name: "an image",
    of: { ...claiming(3_000n, 10n), sent: { bytes: 4_000n, texts: 1n, images: 1n, hasTools: false } },
    billed: [3_000n, 10n]
  },
  {
    name: "an image that would be a library",
    of: { ...claiming(30_000n, 10n), sent: { bytes: 4_000n, texts: 1n, images: 1n, hasTools: false } },
    billed: [2_024n, 10n],
    why: /prompt/
  },
  // Its own word of before binds it, and gives it no more than nobody's would.
  {
    name: "more than it used to count itself",
    of: { ...own(1_000n), ...claiming(1_500n, 1_500n) },
    billed: [1_000n, 1_000n],
    why: /./
  },
  {
    name: "as much as it has always lied",
    of: { ...own(9_000n), ...claiming(9_000n, 9_000n) },
    billed: [2_016n, 2_000n],
    why: /./
  },
  { name: "embeddings, which write nothing", of: { ...claiming(900n, 900n), maxTokens: 0n }, billed: [900n, 0n] }
]

describe("what is billed of", () => {
  for (const { billed, name, of, why } of cases) {
    test(name, () => {
      const { amount, limitedBy, ...counts } = lesserOf(attempted(of))
      expect([counts.prompt, counts.completion]).toEqual([...billed])
      expect(amount).toBe(amountOf(price, ...billed))
      if (why === undefined) expect(limitedBy).toBeUndefined()
      else expect(limitedBy).toMatch(why)
    })
  }
})

describe("a hold", () => {
  test("is never passed, and is used up where it binds", () => {
    for (let hold = 0n; hold <= 2_600n; hold += 13n) {
      const billed = lesserOf(attempted({ hold }))
      expect(billed.amount).toBeLessThanOrEqual(hold)
      expect(billed.amount).toBe(amountOf(price, billed.prompt, billed.completion))
      if (hold < 2_500n) {
        expect(billed.limitedBy).toContain(`the hold of ${hold}`)
        expect(amountOf(price, billed.prompt, billed.completion + 1n)).toBeGreaterThan(hold === 0n ? -1n : hold - 1n)
      } else expect(billed).toMatchObject({ prompt: 1_000n, completion: 1_000n, limitedBy: undefined })
    }
  })

  test("costs nothing where the price is nothing", () => {
    const free = { input_micros_per_1k: 0n, output_micros_per_1k: 0n }
    expect(lesserOf(attempted({ hold: 0n, price: free }))).toMatchObject({
      prompt: 1_000n,
      completion: 1_000n,
      amount: 0n
    })
  })
})
