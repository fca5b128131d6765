/** What a client pays at most, at doors whose own forms have no word for it. */

/** Checked by the contract. */
export interface AskingHeaders {
  readonly "idempotency-key"?: string | undefined
  /** Micro-USDC for 1,000 output tokens. */
  readonly "x-infernet-max-price"?: string | undefined
}

export const maxPriceOf = ({ "x-infernet-max-price": most }: AskingHeaders): bigint | undefined =>
  most === undefined ? undefined : BigInt(most)
