/** What tokens come to, in whole micro-USDC. */
import type { Price } from "@infernet/contract/Price"

/** `ceil((prompt · input + completion · output) / 1000)`: a job costs its client less than a micro-USDC too much. */
export const amountOf = (price: Price, promptTokens: bigint, completionTokens: bigint): bigint =>
  (promptTokens * price.input_micros_per_1k + completionTokens * price.output_micros_per_1k + 999n) / 1000n

/** The platform's part of all that was earned over a channel: by the sum, so that many small bills do not round it away. */
export const feeOf = (cumulative: bigint, feeBps: number): bigint => (cumulative * BigInt(feeBps)) / 10_000n
