/** OpenAI's responses door: the bodies that its SDKs expect. */
import { Schema } from "effect"
import { Metadata } from "./Job.ts"
import { FunctionChoice, TextFormat } from "./Responses.ts"

export const ItemStatus = Schema.Literals(["in_progress", "completed", "incomplete"])
export type ItemStatus = typeof ItemStatus.Type

const token = { token: Schema.String, logprob: Schema.Finite, bytes: Schema.Array(Schema.Int) }

/** What a model thought of a token of its text, and of others in its place. */
export const OutputLogprob = Schema.Struct({ ...token, top_logprobs: Schema.Array(Schema.Struct(token)) })
export type OutputLogprob = typeof OutputLogprob.Type

export const OutputMessage = Schema.Struct({
  id: Schema.String,
  type: Schema.Literal("message"),
  status: ItemStatus,
  role: Schema.Literal("assistant"),
  content: Schema.Array(
    Schema.Struct({
      type: Schema.Literal("output_text"),
      text: Schema.String,
      annotations: Schema.Array(Schema.Never),
      logprobs: Schema.Array(OutputLogprob)
    })
  )
})

/** Thoughts: in `content` as the model had them, or in `summary` where the request asked for one. */
export const OutputReasoning = Schema.Struct({
  id: Schema.String,
  type: Schema.Literal("reasoning"),
  status: ItemStatus,
  summary: Schema.Array(Schema.Struct({ type: Schema.Literal("summary_text"), text: Schema.String })),
  content: Schema.optionalKey(
    Schema.Array(Schema.Struct({ type: Schema.Literal("reasoning_text"), text: Schema.String }))
  )
})

export const OutputFunctionCall = Schema.Struct({
  id: Schema.String,
  type: Schema.Literal("function_call"),
  status: ItemStatus,
  call_id: Schema.String,
  name: Schema.String,
  arguments: Schema.String
})

export const OutputItem = Schema.Union([OutputMessage, OutputReasoning, OutputFunctionCall])
export type OutputItem = typeof OutputItem.Type

export const ResponseUsage = Schema.Struct({
  input_tokens: Schema.Int,
  input_tokens_details: Schema.Struct({ cached_tokens: Schema.Int, cache_write_tokens: Schema.Int }),
  output_tokens: Schema.Int,
  output_tokens_details: Schema.Struct({ reasoning_tokens: Schema.Int }),
  total_tokens: Schema.Int
})
export type ResponseUsage = typeof ResponseUsage.Type

/** What was asked for, as the answer repeats it. */
export const RequestFacts = Schema.Struct({
  instructions: Schema.NullOr(Schema.String),
  max_output_tokens: Schema.NullOr(Schema.Int),
  metadata: Metadata,
  parallel_tool_calls: Schema.Boolean,
  temperature: Schema.NullOr(Schema.Finite),
  text: Schema.Struct({ format: TextFormat }),
  tool_choice: FunctionChoice,
  tools: Schema.Array(
    Schema.Struct({
      type: Schema.Literal("function"),
      name: Schema.String,
      description: Schema.NullOr(Schema.String),
      parameters: Schema.NullOr(Schema.Record(Schema.String, Schema.Json)),
      strict: Schema.NullOr(Schema.Boolean)
    })
  ),
  top_logprobs: Schema.Int,
  top_p: Schema.NullOr(Schema.Finite)
})
export type RequestFacts = typeof RequestFacts.Type

export const ResponseObject = Schema.Struct({
  id: Schema.String,
  object: Schema.Literal("response"),
  created_at: Schema.Int,
  /** Only where an answer is asked for again. */
  completed_at: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  status: Schema.Literals(["queued", "in_progress", "completed", "incomplete", "failed", "cancelled"]),
  error: Schema.NullOr(Schema.Struct({ code: Schema.String, message: Schema.String })),
  incomplete_details: Schema.NullOr(
    Schema.Struct({ reason: Schema.Literals(["max_output_tokens", "content_filter"]) })
  ),
  model: Schema.String,
  output: Schema.Array(OutputItem),
  usage: Schema.NullOr(ResponseUsage),
  ...RequestFacts.fields,
  access_programs: Schema.Null,
  background: Schema.Literal(false),
  previous_response_id: Schema.Null,
  reasoning: Schema.Struct({ effort: Schema.Null, summary: Schema.NullOr(Schema.String) }),
  service_tier: Schema.Literal("default"),
  store: Schema.Literal(false),
  truncation: Schema.Literal("disabled")
})
export type ResponseObject = typeof ResponseObject.Type
