/** What a job may cost at most. */
import type { Price } from "@infernet/contract/Price"

export interface Quote {
  /** The highest that a node for it may have. */
  readonly price: Price
  /** For its prompt as long as it may be and all that it may say, at that price, in micro-USDC: this is held. */
  readonly ceiling: bigint
}

/** What a job paid for is paid from: bought money, or credit that was given. */
export type Source = "money" | "credit"
