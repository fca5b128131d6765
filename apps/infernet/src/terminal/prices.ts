/** Prices and quotes as people read them. Pure. */
import { usdc } from "@infernet/contract/Micros"
import type { Price } from "@infernet/contract/Price"
import type { QuoteView } from "@infernet/contract/Quote"
import { plain, row } from "./style.ts"

const range = (low: bigint, high: bigint): string =>
  low === high ? `$${usdc(high)}` : `$${usdc(low)} to $${usdc(high)}`

/** What 1,000 tokens cost, read and written: `$0.0005 in, $0.002 out`; from the lowest that a node asks to the list price. */
export const priceText = (lowest: Price, highest: Price): string =>
  [
    `${range(lowest.input_micros_per_1k, highest.input_micros_per_1k)} in`,
    `${range(lowest.output_micros_per_1k, highest.output_micros_per_1k)} out`
  ].join(", ")

/** Short, for a column: what is written, or, of models that write nothing, what is read. */
export const priceCell = ({ input_micros_per_1k: input, output_micros_per_1k: output }: Price): string =>
  `$${usdc(output === 0n ? input : output)}`

export const quoteText = (quote: QuoteView): string => {
  const { ceiling_micros, lowest_price, max_tokens, model, nodes, payments, price, prompt_tokens } = quote
  const tokens = `up to ${prompt_tokens} read, up to ${max_tokens} written`
  const common = [row("model", plain(model)), row("nodes", String(nodes)), row("tokens", tokens)]
  const money =
    payments === "off"
      ? [row("costs", "payments are off: nothing is charged")]
      : [
          row("price", `${priceText(lowest_price, price)}, for 1,000 tokens`),
          row("costs", `at most $${usdc(ceiling_micros)}: held while it runs, and what it did not cost is given back`)
        ]
  return [...common, ...money].join("\n")
}
