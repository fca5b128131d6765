/** What a model costs by its size, where nobody asks for less. */
import type { Price } from "@infernet/contract/Price"

/** Micro-USDC per 1,000 output tokens of models with fewer weights than this, in millions. */
const classes: ReadonlyArray<readonly [under: bigint, micros: bigint]> = [
  [3_000n, 1_000n],
  [10_000n, 2_000n],
  [16_000n, 5_000n],
  [40_000n, 12_000n]
]

const largest = 25_000n

/** Of a model of this many millions of weights; of one of which nobody knows how large it is, as of a small one. */
const outputOf = (size: bigint | undefined): bigint =>
  size === undefined ? 1_000n : (classes.find(([under]) => size < under)?.[1] ?? largest)

/** What is read costs a quarter of what is written. A model that writes nothing, as for embeddings, has only that. */
export const listPriceOf = (size: bigint | undefined, writes: boolean): Price => {
  const output = outputOf(size)
  return { input_micros_per_1k: output / 4n, output_micros_per_1k: writes ? output : 0n }
}
