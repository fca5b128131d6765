/** What OpenAI's doors have in common, and their chat: the bodies that its SDKs send and expect. */
import { Schema } from "effect"
import { FinishReason, MaxTokens, Messages, ModelName, sampling, ToolCall } from "./Chat.ts"
import { Metadata } from "./Job.ts"
import { TokenLogprob } from "./Logprobs.ts"

/** A field that may be null, which means what its absence means. */
export const nullable = <A extends Schema.Constraint>(schema: A) => Schema.optionalKey(Schema.NullOr(schema))

/** A field of OpenAI's that would promise what no node can keep, unless it asks for nothing. */
export const refused = (why: string, asksForNothing: (value: unknown) => boolean = () => false) =>
  nullable(Schema.Json.check(Schema.makeFilter(asksForNothing, { message: why })).annotate({ description: why }))

const isEmpty = (value: unknown) => typeof value === "object" && value !== null && Object.keys(value).length === 0

/** Of chats and plain completions. */
export const common = {
  temperature: nullable(sampling.temperature.schema),
  top_p: nullable(sampling.top_p.schema),
  top_k: nullable(sampling.top_k.schema),
  min_p: nullable(sampling.min_p.schema),
  frequency_penalty: nullable(sampling.frequency_penalty.schema),
  presence_penalty: nullable(sampling.presence_penalty.schema),
  repetition_penalty: nullable(sampling.repetition_penalty.schema),
  stop: nullable(sampling.stop.schema),
  seed: nullable(Schema.Int),
  n: nullable(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 8 }))),
  stream: nullable(Schema.Boolean),
  stream_options: nullable(Schema.Struct({ include_usage: nullable(Schema.Boolean) })),
  logit_bias: refused("not supported: nodes cannot weigh single tokens", isEmpty)
}

export const ChatCompletionRequest = Schema.Struct({
  model: ModelName,
  messages: Messages,
  max_tokens: nullable(MaxTokens),
  max_completion_tokens: nullable(MaxTokens),
  ...common,
  logprobs: nullable(Schema.Boolean),
  top_logprobs: nullable(sampling.top_logprobs.schema),
  tools: nullable(sampling.tools.schema),
  tool_choice: nullable(sampling.tool_choice.schema),
  parallel_tool_calls: nullable(Schema.Boolean),
  response_format: nullable(sampling.response_format.schema),
  metadata: nullable(Metadata),
  modalities: nullable(
    Schema.Array(Schema.Literal("text").annotate({ message: "expected text: nodes answer with nothing else" }))
  ),
  audio: refused("not supported: nodes answer with text only"),
  functions: refused("not supported: send them as tools", isEmpty),
  function_call: refused("not supported: send it as tool_choice"),
  web_search_options: refused("not supported: nodes search nothing"),
  moderation: refused("not supported: nobody moderates here")
})
export type ChatCompletionRequest = typeof ChatCompletionRequest.Type

/** Fields of OpenAI's that change nothing about an answer here, or are wishes that a model need not heed. */
export const ignored = [
  "user",
  "safety_identifier",
  "store",
  "service_tier",
  "prediction",
  "prompt_cache_key",
  "prompt_cache_options",
  "prompt_cache_retention",
  "reasoning_effort",
  "verbosity"
] as const

export const CompletionUsage = Schema.Struct({
  prompt_tokens: Schema.Int,
  completion_tokens: Schema.Int,
  total_tokens: Schema.Int,
  prompt_tokens_details: Schema.optionalKey(Schema.Struct({ cached_tokens: Schema.Int })),
  completion_tokens_details: Schema.optionalKey(Schema.Struct({ reasoning_tokens: Schema.Int }))
})
export type CompletionUsage = typeof CompletionUsage.Type

/** There are no refusals but in the text itself: no model that nodes run tells them apart. */
export const ChoiceLogprobs = Schema.Struct({ content: Schema.Array(TokenLogprob), refusal: Schema.Null })

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
        /** Null where the model only called tools. */
        content: Schema.NullOr(Schema.String),
        reasoning_content: Schema.optionalKey(Schema.String),
        tool_calls: Schema.optionalKey(Schema.Array(ToolCall)),
        refusal: Schema.Null
      }),
      logprobs: Schema.NullOr(ChoiceLogprobs),
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
