/** Log probabilities of an answer's tokens, in OpenAI's form. */
import { Schema } from "effect"

const alternative = {
  token: Schema.String,
  /** Natural; -9999 where the backend tells none. */
  logprob: Schema.Finite,
  /** Its UTF-8 bytes, as a token may be a part of a character; null where the backend does not tell. */
  bytes: Schema.NullOr(Schema.Array(Schema.Int))
}

export const TokenLogprob = Schema.Struct({
  ...alternative,
  /** The likeliest tokens in its place, as many as were asked for. */
  top_logprobs: Schema.Array(Schema.Struct(alternative))
})
export type TokenLogprob = typeof TokenLogprob.Type

/** Of all tokens of an answer, or, in a stream, of those that came together. */
export const Logprobs = Schema.Struct({ content: Schema.Array(TokenLogprob) })
export type Logprobs = typeof Logprobs.Type
