/** Embeddings: texts in, one vector each out. */
import { Schema } from "effect"
import { ModelName } from "./Chat.ts"

/** One request for embeddings as a node runs it. */
export const EmbeddingRequest = Schema.Struct({
  model: ModelName,
  input: Schema.Array(Schema.String).check(Schema.isMinLength(1), Schema.isMaxLength(2048)),
  /** Shorter vectors, from models that were trained to be cut. */
  dimensions: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65_536 })))
})
export type EmbeddingRequest = typeof EmbeddingRequest.Type

/** The vectors in the order of the texts, all of one length. */
export const EmbeddingResult = Schema.Struct({
  embeddings: Schema.Array(Schema.Array(Schema.Finite)),
  prompt_tokens: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
})
export type EmbeddingResult = typeof EmbeddingResult.Type
