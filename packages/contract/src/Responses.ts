/** OpenAI's responses door: the bodies that its SDKs send. */
import { Schema } from "effect"
import { MaxTokens, ModelName, ResponseFormat, sampling, Tool } from "./Chat.ts"
import { Metadata } from "./Job.ts"
import { nullable, refused } from "./OpenAi.ts"
import { InputItem } from "./ResponsesInput.ts"

/** Fields that are taken and left alone, as the answer is the same without; it says what counts instead. */
export const ignored = [
  "store",
  "truncation",
  "service_tier",
  "stream_options",
  "max_tool_calls",
  "user",
  "safety_identifier",
  "access_programs",
  "image",
  "prompt_cache_key",
  "prompt_cache_options",
  "prompt_cache_retention",
  "reasoning.effort",
  "text.verbosity"
] as const

const kept = "no conversation is kept here: send all of its items in input"

/** `summary` asks for the model's thoughts as a summary, which is where most clients look for them. */
const Reasoning = Schema.Struct({
  /** A hint that no backend is given: models think as they do. */
  effort: nullable(Schema.String),
  summary: nullable(Schema.Literals(["auto", "concise", "detailed"])),
  /** The older name of `summary`. */
  generate_summary: nullable(Schema.Literals(["auto", "concise", "detailed"]))
})

const [, ChatSchema] = ResponseFormat.members

export const TextFormat = Schema.Union([
  ResponseFormat.members[0],
  Schema.Struct({ type: Schema.Literal("json_schema"), ...ChatSchema.fields.json_schema.fields })
])
export type TextFormat = typeof TextFormat.Type

/** `verbosity` is a hint that no backend is given. */
const Text = Schema.Struct({ format: nullable(TextFormat), verbosity: nullable(Schema.String) })

const hosted = (type: string) =>
  type === "function" ||
  `expected function: ${type.slice(0, 40)} is a tool of OpenAI's own, and none of those runs here: offer it as a function that you run`

const { description, parameters, ...named } = Tool.fields.function.fields

export const FunctionTool = Schema.Struct({
  type: Schema.String.check(Schema.makeFilter<string>(hosted)),
  ...named,
  description: nullable(description.schema),
  parameters: nullable(parameters.schema)
})
export type FunctionTool = typeof FunctionTool.Type

const FunctionName = Schema.Struct({ type: Schema.Literal("function"), name: Schema.String })

export const FunctionChoice = Schema.Union([
  Schema.Literals(["none", "auto", "required"]),
  FunctionName,
  /** Only these of the tools. */
  Schema.Struct({
    type: Schema.Literal("allowed_tools"),
    mode: Schema.Literals(["auto", "required"]),
    tools: Schema.Array(FunctionName)
  })
]).annotate({ message: "expected none, auto, required, a function's name or allowed_tools" })
export type FunctionChoice = typeof FunctionChoice.Type

/** All that can be asked for; only the log probabilities can be had, the rest is of tools and stores that are not here. */
export const Included = Schema.Literals([
  "message.output_text.logprobs",
  "reasoning.encrypted_content",
  "message.input_image.image_url",
  "file_search_call.results",
  "web_search_call.results",
  "web_search_call.action.sources",
  "computer_call_output.output.image_url",
  "code_interpreter_call.outputs"
])

export const CreateResponse = Schema.Struct({
  previous_response_id: refused(kept),
  conversation: refused(kept),
  background: refused(
    "answers are not made in the background here: submit the chat at /api/v1/jobs and ask for it later",
    (value) => value === false
  ),
  prompt: refused("no prompt templates are kept here: send the text itself in instructions and input"),
  moderation: refused("nothing is moderated here: leave it out, or ask another service"),
  context_management: refused(
    "no context is compacted here: send the items that the model is to see",
    (value) => Array.isArray(value) && value.length === 0
  ),
  model: ModelName,
  instructions: nullable(Schema.String),
  // One item fewer than a chat has messages: the instructions become one more.
  input: Schema.Union([Schema.String, Schema.Array(InputItem).check(Schema.isMinLength(1), Schema.isMaxLength(4_095))]),
  tools: nullable(Schema.Array(FunctionTool).check(Schema.isMaxLength(1_024))),
  tool_choice: nullable(FunctionChoice),
  /** Where it is false, calls after the first are left out: nodes cannot be told. */
  parallel_tool_calls: nullable(Schema.Boolean),
  text: nullable(Text),
  reasoning: nullable(Reasoning),
  max_output_tokens: nullable(MaxTokens),
  temperature: nullable(sampling.temperature.schema),
  top_p: nullable(sampling.top_p.schema),
  /** Counts where `include` asks for log probabilities. */
  top_logprobs: nullable(sampling.top_logprobs.schema),
  include: nullable(Schema.Array(Included)),
  metadata: nullable(Metadata),
  stream: nullable(Schema.Boolean)
})
export type CreateResponse = typeof CreateResponse.Type
