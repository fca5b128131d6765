/** OpenAI's chat door: the bodies that its SDKs send and expect. */
import { Schema } from "effect"
import { FinishReason, MaxTokens, Messages, ModelName, sampling, ToolCall } from "./Chat.ts"

const nullable = <A extends Schema.Constraint>(schema: A) => Schema.optionalKey(Schema.NullOr(schema))

export const ChatCompletionRequest = Schema.Struct({
  model: ModelName,
  messages: Messages,
  max_tokens: nullable(MaxTokens),
  max_completion_tokens: nullable(MaxTokens),
  temperature: nullable(sampling.temperature.schema),
  top_p: nullable(sampling.top_p.schema),
  frequency_penalty: nullable(sampling.frequency_penalty.schema),
  presence_penalty: nullable(sampling.presence_penalty.schema),
  stop: nullable(sampling.stop.schema),
  seed: nullable(Schema.Int),
  tools: sampling.tools,
  tool_choice: sampling.tool_choice,
  response_format: sampling.response_format,
  n: nullable(Schema.Literal(1)),
  stream: nullable(Schema.Boolean),
  stream_options: nullable(Schema.Struct({ include_usage: Schema.optionalKey(Schema.Boolean) })),
  user: Schema.optionalKey(Schema.String),
  metadata: nullable(Schema.Record(Schema.String, Schema.String))
})
export type ChatCompletionRequest = typeof ChatCompletionRequest.Type

export const CompletionUsage = Schema.Struct({
  prompt_tokens: Schema.Int,
  completion_tokens: Schema.Int,
  total_tokens: Schema.Int,
  prompt_tokens_details: Schema.optionalKey(Schema.Struct({ cached_tokens: Schema.Int }))
})

export const ChatCompletion = Schema.Struct({
  id: Schema.String,
  object: Schema.Literal("chat.completion"),
  created: Schema.Int,
  model: Schema.String,
  choices: Schema.Array(
    Schema.Struct({
      index: Schema.Int,
      message: Schema.Struct({
        role: Schema.Literal("assistant"),
        content: Schema.NullOr(Schema.String),
        reasoning_content: Schema.optionalKey(Schema.String),
        tool_calls: Schema.optionalKey(Schema.Array(ToolCall)),
        refusal: Schema.Null
      }),
      logprobs: Schema.Null,
      finish_reason: FinishReason
    })
  ),
  usage: CompletionUsage
})
export type ChatCompletion = typeof ChatCompletion.Type

export const ModelObject = Schema.Struct({
  id: Schema.String,
  object: Schema.Literal("model"),
  created: Schema.Int,
  owned_by: Schema.String
})

export const ModelList = Schema.Struct({ object: Schema.Literal("list"), data: Schema.Array(ModelObject) })

/** OpenAI's error body; `code` is our error code. */
export const OpenAiError = Schema.Struct({
  error: Schema.Struct({
    message: Schema.String,
    type: Schema.String,
    param: Schema.NullOr(Schema.String),
    code: Schema.NullOr(Schema.String)
  })
})
export type OpenAiError = typeof OpenAiError.Type
