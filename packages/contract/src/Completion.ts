/** A plain completion in OpenAI's older form: a prompt that is gone on with, no roles and no template. */
import { Schema } from "effect"
import { decoding, MaxTokens, ModelName } from "./Chat.ts"

/** One completion as a node runs it. */
export const CompletionRequest = Schema.Struct({
  model: ModelName,
  prompt: Schema.String,
  max_tokens: MaxTokens,
  ...decoding
})
export type CompletionRequest = typeof CompletionRequest.Type
