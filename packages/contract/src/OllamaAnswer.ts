/** What Ollama's clients expect back. Durations are nanoseconds. */
import { Schema } from "effect"
import { TokenLogprob } from "./Logprobs.ts"

export const OllamaToolCall = Schema.Struct({
  id: Schema.String,
  function: Schema.Struct({
    index: Schema.Int,
    name: Schema.String,
    /** An object, where OpenAI has its text. */
    arguments: Schema.Record(Schema.String, Schema.Json)
  })
})
export type OllamaToolCall = typeof OllamaToolCall.Type

/** Measured here and not at the node: what a prompt took includes waiting for a place. */
const metrics = {
  total_duration: Schema.optionalKey(Schema.Int),
  load_duration: Schema.optionalKey(Schema.Int),
  prompt_eval_count: Schema.optionalKey(Schema.Int),
  prompt_eval_cached_count: Schema.optionalKey(Schema.Int),
  prompt_eval_duration: Schema.optionalKey(Schema.Int),
  eval_count: Schema.optionalKey(Schema.Int),
  eval_duration: Schema.optionalKey(Schema.Int)
}

const answer = {
  model: Schema.String,
  created_at: Schema.String,
  done: Schema.Boolean,
  done_reason: Schema.optionalKey(Schema.Literals(["stop", "length", "load", "unload"])),
  logprobs: Schema.optionalKey(Schema.Array(TokenLogprob)),
  ...metrics
}

/** A whole answer, or, with `done: false`, a line of one. */
export const OllamaChatAnswer = Schema.Struct({
  ...answer,
  message: Schema.Struct({
    role: Schema.Literal("assistant"),
    content: Schema.String,
    thinking: Schema.optionalKey(Schema.String),
    tool_calls: Schema.optionalKey(Schema.Array(OllamaToolCall))
  })
})

export const OllamaGenerateAnswer = Schema.Struct({
  ...answer,
  response: Schema.String,
  thinking: Schema.optionalKey(Schema.String)
})

const Details = Schema.Struct({
  parent_model: Schema.String,
  format: Schema.String,
  family: Schema.String,
  families: Schema.Array(Schema.String),
  parameter_size: Schema.String,
  quantization_level: Schema.String,
  context_length: Schema.optionalKey(Schema.Int)
})

const model = {
  name: Schema.String,
  model: Schema.String,
  size: Schema.Int,
  digest: Schema.String,
  details: Details
}

export const OllamaModel = Schema.Struct({
  ...model,
  modified_at: Schema.String,
  capabilities: Schema.Array(Schema.String)
})
export type OllamaModel = typeof OllamaModel.Type

export const OllamaTags = Schema.Struct({ models: Schema.Array(OllamaModel) })

export const OllamaRunning = Schema.Struct({
  ...model,
  expires_at: Schema.String,
  size_vram: Schema.Int,
  context_length: Schema.Int
})
export type OllamaRunning = typeof OllamaRunning.Type

export const OllamaPs = Schema.Struct({ models: Schema.Array(OllamaRunning) })

export const OllamaShown = Schema.Struct({
  details: Details,
  model_info: Schema.Record(Schema.String, Schema.Json),
  capabilities: Schema.Array(Schema.String),
  modified_at: Schema.String
})
export type OllamaShown = typeof OllamaShown.Type

export const OllamaVersion = Schema.Struct({ version: Schema.String })

export const OllamaEmbeddings = Schema.Struct({
  model: Schema.String,
  embeddings: Schema.Array(Schema.Array(Schema.Finite)),
  total_duration: Schema.Int,
  load_duration: Schema.Int,
  prompt_eval_count: Schema.Int
})
export type OllamaEmbeddings = typeof OllamaEmbeddings.Type

export const OllamaEmbedding = Schema.Struct({ embedding: Schema.Array(Schema.Finite) })

/** A sentence. */
export const OllamaError = Schema.Struct({ error: Schema.String })
