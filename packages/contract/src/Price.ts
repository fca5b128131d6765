/** What tokens cost. */
import { Schema } from "effect"
import { Micros, MicrosText } from "./Micros.ts"

/** Micro-USDC per 1,000 tokens, at most a thousand dollars. */
export const Rate = Micros.check(Schema.isLessThanOrEqualToBigInt(1_000_000_000n))

/** Of a model, for tokens read and tokens written. */
export const Price = Schema.Struct({ input_micros_per_1k: Rate, output_micros_per_1k: Rate })
export type Price = typeof Price.Type

export const free: Price = { input_micros_per_1k: 0n, output_micros_per_1k: 0n }

/** A price as nodes tell it on the link and in heartbeats, whose messages are written as they are: amounts in strings. */
export const PriceText = Schema.Struct({ input_micros_per_1k: MicrosText, output_micros_per_1k: MicrosText })
export type PriceText = typeof PriceText.Type

export const priceText = ({ input_micros_per_1k, output_micros_per_1k }: Price): PriceText => ({
  input_micros_per_1k: String(input_micros_per_1k),
  output_micros_per_1k: String(output_micros_per_1k)
})

/** Reads what `priceText` writes. */
export const priceOfText = ({ input_micros_per_1k, output_micros_per_1k }: PriceText): Price => ({
  input_micros_per_1k: BigInt(input_micros_per_1k),
  output_micros_per_1k: BigInt(output_micros_per_1k)
})

const lower = (a: bigint, b: bigint): bigint => (b < a ? b : a)

/** The list price lowered to what somebody asks; who asks for more gets the list price. */
export const lowered = (list: Price, ask: Price | undefined): Price =>
  ask === undefined
    ? list
    : {
        input_micros_per_1k: lower(list.input_micros_per_1k, ask.input_micros_per_1k),
        output_micros_per_1k: lower(list.output_micros_per_1k, ask.output_micros_per_1k)
      }
