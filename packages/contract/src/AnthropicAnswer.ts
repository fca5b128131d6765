/** What Anthropic's SDKs expect back. */
import { Schema } from "effect"

export const TokenCount = Schema.Struct({ input_tokens: Schema.Int })

export const StopReason = Schema.Literals(["end_turn", "max_tokens", "tool_use", "refusal"])
export type StopReason = typeof StopReason.Type

/** `input_tokens` are those that were not found in a cache. */
export const MessageUsage = Schema.Struct({
  input_tokens: Schema.Int,
  cache_creation_input_tokens: Schema.Int,
  cache_read_input_tokens: Schema.Int,
  cache_creation: Schema.Null,
  output_tokens: Schema.Int,
  output_tokens_details: Schema.NullOr(Schema.Struct({ thinking_tokens: Schema.Int })),
  server_tool_use: Schema.Null,
  service_tier: Schema.Literal("standard"),
  inference_geo: Schema.Null,
  speed: Schema.Null
})
export type MessageUsage = typeof MessageUsage.Type

export const AnswerBlock = Schema.Union([
  Schema.Struct({ type: Schema.Literal("thinking"), thinking: Schema.String, signature: Schema.String }),
  Schema.Struct({ type: Schema.Literal("text"), text: Schema.String, citations: Schema.Null }),
  Schema.Struct({
    type: Schema.Literal("tool_use"),
    id: Schema.String,
    name: Schema.String,
    input: Schema.Record(Schema.String, Schema.Json),
    caller: Schema.Struct({ type: Schema.Literal("direct") })
  })
])
export type AnswerBlock = typeof AnswerBlock.Type

export const Message = Schema.Struct({
  id: Schema.String,
  type: Schema.Literal("message"),
  role: Schema.Literal("assistant"),
  model: Schema.String,
  content: Schema.Array(AnswerBlock),
  stop_reason: Schema.NullOr(StopReason),
  /** Backends do not say which of the `stop_sequences` it was, nor whether it was one. */
  stop_sequence: Schema.Null,
  stop_details: Schema.Null,
  container: Schema.Null,
  diagnostics: Schema.Null,
  usage: MessageUsage
})
export type Message = typeof Message.Type

export const ModelInfo = Schema.Struct({
  type: Schema.Literal("model"),
  id: Schema.String,
  display_name: Schema.String,
  created_at: Schema.String,
  max_input_tokens: Schema.NullOr(Schema.Int)
})
export type ModelInfo = typeof ModelInfo.Type

/** All of them: there are no further pages. */
export const ModelPage = Schema.Struct({
  data: Schema.Array(ModelInfo),
  has_more: Schema.Literal(false),
  first_id: Schema.NullOr(Schema.String),
  last_id: Schema.NullOr(Schema.String)
})
export type ModelPage = typeof ModelPage.Type

/** Anthropic's error body; `request_id` is in the log. */
export const AnthropicError = Schema.Struct({
  type: Schema.Literal("error"),
  error: Schema.Struct({ type: Schema.String, message: Schema.String }),
  request_id: Schema.String
})
export type AnthropicError = typeof AnthropicError.Type
