/** A chat in OpenAI's form: what clients send, what nodes receive, what comes back. */
import { Schema } from "effect"
import { printable } from "./Text.ts"

export const TextPart = Schema.Struct({ type: Schema.Literal("text"), text: Schema.String })

/** An image in the request itself: nobody's node fetches an address that a client chose. */
export const ImagePart = Schema.Struct({
  type: Schema.Literal("image_url"),
  image_url: Schema.Struct({
    url: Schema.String.check(
      Schema.isPattern(/^data:image\/[a-z0-9.+-]+;base64,/i, {
        message: "expected a data: URL of an image (addresses are not fetched)"
      })
    ),
    detail: Schema.optionalKey(Schema.Literals(["auto", "low", "high"]))
  })
})

export const ToolCall = Schema.Struct({
  id: Schema.String,
  type: Schema.Literal("function"),
  function: Schema.Struct({ name: Schema.String, arguments: Schema.String })
})
export type ToolCall = typeof ToolCall.Type

const Name = Schema.optionalKey(Schema.String.check(Schema.isMaxLength(128)))

// Of the forms of a message this is the one that a wrong role is held against: what it says is said for all.
const SystemRole = Schema.Literals(["system", "developer"]).annotate({
  message: "expected system, developer, user, assistant or tool"
})

export const SystemMessage = Schema.Struct({
  role: SystemRole,
  content: Schema.Union([Schema.String, Schema.Array(TextPart)]),
  name: Name
})
export const UserMessage = Schema.Struct({
  role: Schema.Literal("user"),
  content: Schema.Union([Schema.String, Schema.Array(Schema.Union([TextPart, ImagePart]))]),
  name: Name
})
export const AssistantMessage = Schema.Struct({
  role: Schema.Literal("assistant"),
  content: Schema.optionalKey(Schema.NullOr(Schema.Union([Schema.String, Schema.Array(TextPart)]))),
  tool_calls: Schema.optionalKey(Schema.Array(ToolCall)),
  name: Name
})
export const ToolMessage = Schema.Struct({
  role: Schema.Literal("tool"),
  content: Schema.Union([Schema.String, Schema.Array(TextPart)]),
  tool_call_id: Schema.String
})

export const Message = Schema.Union([SystemMessage, UserMessage, AssistantMessage, ToolMessage])
export type Message = typeof Message.Type

export const Tool = Schema.Struct({
  type: Schema.Literal("function"),
  function: Schema.Struct({
    name: Schema.String.check(Schema.isPattern(/^[a-zA-Z0-9_.-]{1,128}$/)),
    description: Schema.optionalKey(Schema.String),
    parameters: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json)),
    strict: Schema.optionalKey(Schema.NullOr(Schema.Boolean))
  })
})
export type Tool = typeof Tool.Type

export const ToolChoice = Schema.Union([
  Schema.Literals(["none", "auto", "required"]),
  Schema.Struct({ type: Schema.Literal("function"), function: Schema.Struct({ name: Schema.String }) })
])

export const ResponseFormat = Schema.Union([
  Schema.Struct({ type: Schema.Literals(["text", "json_object"]) }),
  Schema.Struct({
    type: Schema.Literal("json_schema"),
    json_schema: Schema.Struct({
      name: Schema.String,
      description: Schema.optionalKey(Schema.String),
      schema: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json)),
      strict: Schema.optionalKey(Schema.NullOr(Schema.Boolean))
    })
  })
])

const between = (minimum: number, maximum: number) => Schema.Finite.check(Schema.isBetween({ minimum, maximum }))

export const ModelName = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(256), printable)
export const Messages = Schema.Array(Message).check(Schema.isMinLength(1), Schema.isMaxLength(4096))
export const MaxTokens = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 }))
export const Stop = Schema.Union([
  Schema.String,
  Schema.Array(Schema.String).check(Schema.isMinLength(1), Schema.isMaxLength(8))
])

/** How to choose the next token, of a chat as of a plain completion. An absent field leaves it to the backend. */
export const decoding = {
  temperature: Schema.optionalKey(between(0, 2)),
  top_p: Schema.optionalKey(between(0, 1)),
  /** Only the so many likeliest tokens; 0 is no limit. */
  top_k: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 }))),
  /** Only tokens at least so likely, as a share of the likeliest one's probability. */
  min_p: Schema.optionalKey(between(0, 1)),
  frequency_penalty: Schema.optionalKey(between(-2, 2)),
  presence_penalty: Schema.optionalKey(between(-2, 2)),
  /** Divides the logits of tokens seen before; 1 is none. */
  repetition_penalty: Schema.optionalKey(between(0.01, 2)),
  stop: Schema.optionalKey(Stop),
  seed: Schema.optionalKey(Schema.Int)
}

/** How to answer a chat. */
export const sampling = {
  ...decoding,
  logprobs: Schema.optionalKey(Schema.Boolean),
  /** How many alternatives to tell beside each token; needs `logprobs`. */
  top_logprobs: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 }))),
  tools: Schema.optionalKey(Schema.Array(Tool).check(Schema.isMaxLength(1024))),
  tool_choice: Schema.optionalKey(ToolChoice),
  response_format: Schema.optionalKey(ResponseFormat)
}

/** One chat as a node runs it: everything decided, nothing left to default by the control plane. */
export const ChatRequest = Schema.Struct({
  model: ModelName,
  messages: Messages,
  max_tokens: MaxTokens,
  ...sampling
})
export type ChatRequest = typeof ChatRequest.Type

/** Tokens as the backend counted them; `cached_tokens` is absent where the backend does not say. */
export const Usage = Schema.Struct({
  prompt_tokens: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  completion_tokens: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  total_tokens: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  cached_tokens: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  /** How many of `completion_tokens` went into reasoning; absent where the backend does not say. */
  reasoning_tokens: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))
})
export type Usage = typeof Usage.Type

export const FinishReason = Schema.Literals(["stop", "length", "tool_calls", "content_filter"])
export type FinishReason = typeof FinishReason.Type

/** A piece of a tool call: the first piece of each `index` carries `id` and `name`, all carry text of the arguments. */
export const ToolCallDelta = Schema.Struct({
  index: Schema.Int,
  id: Schema.optionalKey(Schema.String),
  name: Schema.optionalKey(Schema.String),
  arguments: Schema.String
})
export type ToolCallDelta = typeof ToolCallDelta.Type
