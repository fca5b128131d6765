/** What an account asked for over a time, for charts. */
import { Schema } from "effect"
import { ApiKeyId } from "./Id.ts"
import { Micros } from "./Micros.ts"

/** By which the numbers are told apart. Days are of UTC. */
export const UsageBy = Schema.Literals(["day", "model", "key"])
export type UsageBy = typeof UsageBy.Type

const counts = {
  /** Jobs submitted, however they ended. */
  requests: Schema.Int,
  failed: Schema.Int,
  prompt_tokens: Schema.Int,
  completion_tokens: Schema.Int,
  /** Part of the prompts' tokens. */
  cached_tokens: Schema.Int,
  total_tokens: Schema.Int,
  cost_micros: Micros
}

/** Each has the one of `day` (`2026-11-22`), `model` and `key_id` that was asked by. */
export const UsageLine = Schema.Struct({
  day: Schema.optionalKey(Schema.String),
  model: Schema.optionalKey(Schema.String),
  /** Null: without a key, by a session, or before keys were remembered. */
  key_id: Schema.optionalKey(Schema.NullOr(ApiKeyId)),
  ...counts
})
export type UsageLine = typeof UsageLine.Type

export const Usage = Schema.Struct({
  since: Schema.String,
  until: Schema.String,
  by: UsageBy,
  /** Days in order, without those on which nothing was asked; models and keys by their tokens, most first. */
  usage: Schema.Array(UsageLine),
  total: Schema.Struct(counts)
})
export type Usage = typeof Usage.Type
