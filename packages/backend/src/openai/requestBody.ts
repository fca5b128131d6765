/** What we send to an OpenAI-compatible server: every field of the request, in the server's own words. */
import type { ChatRequest, Message } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"
import type { EmbeddingRequest } from "@infernet/contract/Embedding"
import { decoding, type Dialect, type RequestBody } from "./dialect.ts"

const streamed = { stream: true, stream_options: { include_usage: true } }

const message = (message: Message): Message => {
  // OpenAI's newer word for `system`; SGLang and many chat templates refuse it.
  if (message.role === "developer") return { ...message, role: "system" }
  if (message.role !== "assistant" || message.tool_calls !== undefined) return message
  // llama.cpp refuses a message that says nothing at all.
  return { ...message, content: message.content ?? "" }
}

type Tools = Pick<ChatRequest, "tools" | "tool_choice">

/**
 * The tools and the choice among them; a sentence where the choice makes no sense.
 *
 * "none" leaves the tools out: llama.cpp and vLLM show them to the model even so, which then calls them in its text.
 */
const chosen = ({ tool_choice: choice, tools }: Tools, dialect: Dialect): Tools | string => {
  if (choice === "none" || (tools === undefined && choice === "auto")) return {}
  if (tools === undefined) return choice === undefined ? {} : '"tool_choice" demands a call, but there are no "tools"'
  if (typeof choice !== "object") return choice === undefined ? { tools } : { tools, tool_choice: choice }
  const named = tools.filter((tool) => tool.function.name === choice.function.name)
  if (named.length === 0) return `"tool_choice" names "${choice.function.name}", which is not among the "tools"`
  return dialect.namedToolChoice ? { tools, tool_choice: choice } : { tools: named, tool_choice: "required" }
}

/** The body, or in a sentence why there can be none. */
export const chatBody = (request: ChatRequest, model: string, dialect: Dialect): RequestBody | string => {
  const { logprobs, response_format: format, tool_choice, tools, top_logprobs: top, ...rest } = request
  const choice = chosen({ ...(tools && { tools }), ...(tool_choice && { tool_choice }) }, dialect)
  if (typeof choice === "string") return choice
  return {
    ...decoding(rest, dialect),
    ...choice,
    // Text is what they all answer with.
    ...(format !== undefined && format.type !== "text" && { response_format: format }),
    // llama.cpp gives none at all for 0 alternatives, and twenty where it is not told; what is too much is cut later.
    ...(logprobs === true && { logprobs, top_logprobs: Math.max(1, top ?? 0) }),
    model,
    messages: request.messages.map(message),
    ...streamed
  }
}

export const completionBody = (request: CompletionRequest, model: string, dialect: Dialect): RequestBody => ({
  ...decoding(request, dialect),
  model,
  ...streamed
})

export const embeddingBody = (request: EmbeddingRequest, model: string): RequestBody => ({
  ...request,
  model,
  encoding_format: "float"
})
