/** What Anthropic's SDKs send. What is not named here is ignored. */
import { Schema } from "effect"
import { MaxTokens, ModelName, sampling, Tool } from "./Chat.ts"

const nullable = <A extends Schema.Constraint>(schema: A) => Schema.optionalKey(Schema.NullOr(schema))

/** Beside other forms: takes nothing, and says by name what came instead of them. */
const otherwise = (expected: string) =>
  Schema.Struct({
    type: Schema.String.check(
      Schema.makeFilter((type) => `${JSON.stringify(type.slice(0, 64))} is not offered here: expected ${expected}`)
    )
  })

/** Accepted only where it asks for nothing. */
const refused = (reason: string) =>
  Schema.optionalKey(
    Schema.Unknown.check(
      Schema.makeFilter((value) => value === null || (Array.isArray(value) && value.length === 0) || reason)
    )
  )

export const TextBlock = Schema.Struct({ type: Schema.Literal("text"), text: Schema.String })

export const ImageBlock = Schema.Struct({
  type: Schema.Literal("image"),
  source: Schema.Union([
    Schema.Struct({
      type: Schema.Literal("base64"),
      media_type: Schema.Literals(["image/jpeg", "image/png", "image/gif", "image/webp"]),
      data: Schema.String.check(Schema.isMinLength(1))
    }),
    otherwise("base64, as addresses are not fetched and no files are kept")
  ])
})

export const ToolResultBlock = Schema.Struct({
  type: Schema.Literal("tool_result"),
  tool_use_id: Schema.String,
  content: Schema.optionalKey(
    Schema.Union([Schema.String, Schema.Array(Schema.Union([TextBlock, ImageBlock, otherwise("text or image")]))])
  ),
  is_error: nullable(Schema.Boolean)
})

export const ToolUseBlock = Schema.Struct({
  type: Schema.Literal("tool_use"),
  id: Schema.String,
  name: Schema.String,
  input: Schema.Json
})

/** What a model thought in an earlier turn: taken, and not shown to it again. */
export const ThoughtBlock = Schema.Struct({ type: Schema.Literals(["thinking", "redacted_thinking"]) })

const Texts = Schema.Union([Schema.String, Schema.Array(Schema.Union([TextBlock, otherwise("text")]))])

export const MessageParam = Schema.Union([
  Schema.Struct({
    role: Schema.Literal("user"),
    content: Schema.Union([
      Schema.String,
      Schema.Array(Schema.Union([TextBlock, ImageBlock, ToolResultBlock, otherwise("text, image or tool_result")]))
    ])
  }),
  Schema.Struct({
    role: Schema.Literal("assistant"),
    content: Schema.Union([
      Schema.String,
      Schema.Array(Schema.Union([TextBlock, ToolUseBlock, ThoughtBlock, otherwise("text, tool_use or thinking")]))
    ])
  }),
  Schema.Struct({ role: Schema.Literal("system"), content: Texts })
])
export type MessageParam = typeof MessageParam.Type

const CustomTool = Schema.Struct({
  type: nullable(Schema.Literal("custom")),
  name: Tool.fields.function.fields.name,
  description: Schema.optionalKey(Schema.String),
  input_schema: Schema.Record(Schema.String, Schema.Json),
  strict: nullable(Schema.Boolean)
})

const ToolChoice = Schema.Union([
  Schema.Struct({
    type: Schema.Literals(["auto", "any"]).annotate({ message: "expected auto, any, tool or none" }),
    disable_parallel_tool_use: nullable(Schema.Boolean)
  }),
  Schema.Struct({
    type: Schema.Literal("tool"),
    name: Schema.String,
    disable_parallel_tool_use: nullable(Schema.Boolean)
  }),
  Schema.Struct({ type: Schema.Literal("none") })
])

/** An answer as JSON of a schema. */
const Format = Schema.Struct({
  type: Schema.Literal("json_schema"),
  schema: Schema.Record(Schema.String, Schema.Json)
})

/** What a node takes in one chat, where each tool result is a message of its own. */
const mostMessages = 4_096

const resultsIn = ({ content }: MessageParam): number =>
  typeof content === "string" ? 0 : content.filter(({ type }) => type === "tool_result").length

const fewEnough = Schema.makeFilter<ReadonlyArray<MessageParam>>(
  (messages) =>
    messages.reduce((sum, message) => sum + 2 + resultsIn(message), 0) < mostMessages ||
    `expected at most ${mostMessages} messages and tool results`
)

const prompt = {
  model: ModelName,
  messages: Schema.Array(MessageParam).check(Schema.isMinLength(1), fewEnough),
  system: nullable(Texts),
  tools: nullable(
    // The refusal first, as it knows more about a wrong type than the other does.
    Schema.Array(Schema.Union([otherwise("a tool of your own, with name and input_schema"), CustomTool])).check(
      Schema.isMaxLength(1024)
    )
  ),
  tool_choice: nullable(ToolChoice),
  mcp_servers: refused("the network connects to no MCP servers: connect to them yourself and send their tools")
}

/** Backends differ in what they do with an answer that is begun for them, and none says. */
const asksForAnswer = Schema.makeFilter<ReadonlyArray<MessageParam>>(
  (messages) =>
    messages.at(-1)?.role !== "assistant" ||
    "the last message is the assistant's: answers cannot be begun for the model, end with a user message"
)

/** Body of `POST /v1/messages`. */
export const MessagesRequest = Schema.Struct({
  ...prompt,
  messages: prompt.messages.check(asksForAnswer),
  max_tokens: MaxTokens,
  temperature: nullable(sampling.temperature.schema),
  top_p: nullable(sampling.top_p.schema),
  top_k: nullable(sampling.top_k.schema),
  stop_sequences: nullable(Schema.Array(Schema.String).check(Schema.isMaxLength(8))),
  stream: nullable(Schema.Boolean),
  /** Models think as they do; `disabled` and `display: "omitted"` keep it out of the answer. */
  thinking: nullable(Schema.Struct({ type: Schema.String, display: nullable(Schema.String) })),
  output_config: nullable(Schema.Struct({ format: nullable(Format) })),
  /** What `output_config.format` was called before. */
  output_format: nullable(Format),
  metadata: nullable(Schema.Struct({ user_id: nullable(Schema.String.check(Schema.isMaxLength(512))) })),
  container: refused("the network runs no code: containers are not offered"),
  inference_geo: refused("nodes are anywhere: where one runs cannot be asked for")
})
export type MessagesRequest = typeof MessagesRequest.Type

/** Body of `POST /v1/messages/count_tokens`. */
export const CountTokensRequest = Schema.Struct(prompt)
export type CountTokensRequest = typeof CountTokensRequest.Type
