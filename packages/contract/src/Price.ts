/** What tokens cost. */
import { Schema } from "effect"
import { Micros } from "./Micros.ts"

/** Micro-USDC per 1,000 tokens, at most a thousand dollars. */
export const Rate = Micros.check(Schema.isLessThanOrEqualToBigInt(1_000_000_000n))

/** Of a model, for tokens read and tokens written. */
export const Price = Schema.Struct({ input_micros_per_1k: Rate, output_micros_per_1k: Rate })
export type Price = typeof Price.Type

export const free: Price = { input_micros_per_1k: 0n, output_micros_per_1k: 0n }
