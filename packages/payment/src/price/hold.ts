/** What a job may cost at most, from its request and the list price of its model. */
import type { JobRequest } from "@infernet/contract/JobRequest"
import { lowered, type Price } from "@infernet/contract/Price"
import { amountOf } from "./amount.ts"
import { outputCeiling, promptCeiling } from "./ceiling.ts"
import type { Quote } from "./Quote.ts"

/** The highest price that a node may have for a client who pays at most so much for 1,000 output tokens. */
export const highest = (list: Price, most: bigint | undefined): Price =>
  most === undefined ? list : lowered(list, { ...list, output_micros_per_1k: most })

/**
 * The hold: as many tokens as it may come to (`promptCeiling`, `max_tokens`), at the highest price that a node for it may
 * have. In micro-USDC; what is not used of it is given back.
 */
export const quoteOf = (request: JobRequest, list: Price, most: bigint | undefined): Quote => {
  const price = highest(list, most)
  return { price, ceiling: amountOf(price, BigInt(promptCeiling(request)), BigInt(outputCeiling(request))) }
}
