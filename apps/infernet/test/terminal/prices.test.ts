import { describe, expect, test } from "bun:test"
import type { QuoteView } from "@infernet/contract/Quote"
import { priceCell, quoteText } from "../../src/terminal/prices.ts"

const price = (output: bigint) => ({ input_micros_per_1k: output / 4n, output_micros_per_1k: output })
const quote: QuoteView = {
  model: "qwen3:4b",
  payments: "ledger",
  ceiling_micros: 1_234n,
  price: price(2_000n),
  lowest_price: price(1_200n),
  prompt_tokens: 289,
  max_tokens: 512,
  nodes: 2
}

describe("what a chat would cost", () => {
  test("is told with the range of prices and the most that is held", () => {
    const text = quoteText(quote)
    expect(text).toContain("$0.0003 to $0.0005 in, $0.0012 to $0.002 out")
    expect(text).toContain("at most $0.001234")
    expect(quoteText({ ...quote, lowest_price: quote.price })).toContain("$0.0005 in, $0.002 out")
  })

  test("is nothing where payments are off, and says so", () => {
    const text = quoteText({ ...quote, payments: "off", ceiling_micros: 0n, price: price(0n), lowest_price: price(0n) })
    expect(text).toContain("payments are off: nothing is charged")
    expect(text).not.toContain("$")
  })

  test("of a model that only reads is the price of what it reads", () =>
    expect(priceCell({ input_micros_per_1k: 250n, output_micros_per_1k: 0n })).toBe("$0.00025"))
})
