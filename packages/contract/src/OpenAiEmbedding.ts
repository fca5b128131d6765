/** OpenAI's door for embeddings: the bodies that its SDKs send and expect. */
import { Schema } from "effect"
import { ModelName } from "./Chat.ts"
import { EmbeddingRequest } from "./Embedding.ts"
import { nullable } from "./OpenAi.ts"
import { Texts } from "./OpenAiText.ts"

export const EmbeddingsRequest = Schema.Struct({
  model: ModelName,
  /** One text, or up to 2,048; none of them empty. */
  input: Texts,
  dimensions: nullable(EmbeddingRequest.fields.dimensions.schema),
  /** Absent: `float`. `base64` is of float32, little-endian. */
  encoding_format: nullable(Schema.Literals(["float", "base64"]))
})
export type EmbeddingsRequest = typeof EmbeddingsRequest.Type

export const Embeddings = Schema.Struct({
  object: Schema.Literal("list"),
  data: Schema.Array(
    Schema.Struct({
      object: Schema.Literal("embedding"),
      index: Schema.Int,
      embedding: Schema.Union([Schema.Array(Schema.Finite), Schema.String])
    })
  ),
  model: Schema.String,
  usage: Schema.Struct({ prompt_tokens: Schema.Int, total_tokens: Schema.Int })
})
export type Embeddings = typeof Embeddings.Type
