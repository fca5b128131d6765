/** What a job would cost, told before it is one. */
import { Schema } from "effect"
import { PaymentsMode } from "./Ledger.ts"
import { Micros } from "./Micros.ts"
import { Price } from "./Price.ts"

export const QuoteView = Schema.Struct({
  /** As clients see it, however it was spelled. */
  model: Schema.String,
  /** Where it is `off`, nothing is charged. */
  payments: PaymentsMode,
  /** The most that the job may cost, and what is held until it has ended; what it did not cost is given back. */
  ceiling_micros: Micros,
  /** The highest that its node may have: the list price, or what the client pays at most. */
  price: Price,
  /** The lowest that a node asks which may answer it now. */
  lowest_price: Price,
  /** An upper estimate, of which most prompts take half. */
  prompt_tokens: Schema.Int,
  max_tokens: Schema.Int,
  /** That may answer it now. */
  nodes: Schema.Int
})
export type QuoteView = typeof QuoteView.Type
