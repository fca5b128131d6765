/** Anthropic's message bodies from and to ours. */
import type { MessagesRequest } from "@infernet/contract/Anthropic"
import type { AnswerBlock, Message, MessageUsage, StopReason } from "@infernet/contract/AnthropicAnswer"
import type { ChatRequest, FinishReason, ToolCall, Usage } from "@infernet/contract/Chat"
import type { JobResult } from "@infernet/contract/Job"
import { promptTokens } from "@infernet/routing/promptSize"
import type { JobFacts } from "../Exchange.ts"
import { cutToRoom } from "../room.ts"
import { toolInput } from "../toolInput.ts"
import { promptOf, toolChoiceOf } from "./prompt.ts"

/** How an answer is told, beyond what the model is asked. */
export interface Telling {
  /** Whether what the model thought is shown. */
  readonly thoughts: boolean
  /** At most one tool call: nodes cannot be told to stop at one, so that the rest is left out here. */
  readonly oneCall: boolean
}

export const tellingOf = ({ thinking, tool_choice: choice }: MessagesRequest): Telling => ({
  thoughts: thinking?.type !== "disabled" && thinking?.display !== "omitted",
  oneCall: choice != null && "disable_parallel_tool_use" in choice && choice.disable_parallel_tool_use === true
})

/** The body as a chat for a node, and how many tokens its prompt is likely to be. */
export const chatRequest = (
  body: MessagesRequest,
  contextLength: number | undefined
): { readonly request: ChatRequest; readonly estimate: number } => {
  const { messages, tools } = promptOf(body)
  const estimate = promptTokens(messages, tools)
  const format = body.output_config?.format ?? body.output_format
  const choice = toolChoiceOf(body.tool_choice)
  const stop = body.stop_sequences ?? []
  const request: ChatRequest = {
    model: body.model,
    messages,
    max_tokens: cutToRoom(body.max_tokens, estimate, contextLength),
    ...(body.temperature == null ? {} : { temperature: body.temperature }),
    ...(body.top_p == null ? {} : { top_p: body.top_p }),
    ...(body.top_k == null ? {} : { top_k: body.top_k }),
    ...(stop.length === 0 ? {} : { stop }),
    ...(tools.length === 0 ? {} : { tools, ...(choice === undefined ? {} : { tool_choice: choice }) }),
    ...(format == null
      ? {}
      : {
          response_format: {
            type: "json_schema",
            json_schema: { name: "answer", schema: format.schema, strict: true }
          }
        })
  }
  return { request, estimate }
}

export const messageId = ({ id }: JobFacts): string => `msg_${id}`

/** Some backends name no calls, and every call needs a name of its own in the whole conversation. */
export const callId = ({ id }: JobFacts, said: string | undefined, index: number): string =>
  said === undefined || said === "" ? `toolu_${id}_${index}` : said

export const stopReasonOf = (reason: FinishReason, called: boolean): StopReason => {
  switch (reason) {
    case "length":
      return "max_tokens"
    case "content_filter":
      return "refusal"
    case "stop":
    case "tool_calls":
      return called ? "tool_use" : "end_turn"
  }
}

/** Anthropic counts what was found in a cache apart from the rest of the input. */
export const usageOf = (usage: Usage): MessageUsage => ({
  input_tokens: usage.prompt_tokens - (usage.cached_tokens ?? 0),
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: usage.cached_tokens ?? 0,
  cache_creation: null,
  output_tokens: usage.completion_tokens,
  output_tokens_details: usage.reasoning_tokens === undefined ? null : { thinking_tokens: usage.reasoning_tokens },
  server_tool_use: null,
  service_tier: "standard",
  inference_geo: null,
  speed: null
})

/** An answer of which nothing is said yet. */
export const emptyMessage = (job: JobFacts, usage: MessageUsage): Message => ({
  id: messageId(job),
  type: "message",
  role: "assistant",
  model: job.model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  stop_details: null,
  container: null,
  diagnostics: null,
  usage
})

const callBlock = (
  job: JobFacts,
  { function: { arguments: text, name }, id }: ToolCall,
  index: number
): AnswerBlock => ({
  type: "tool_use",
  id: callId(job, id, index),
  name,
  input: toolInput(text),
  caller: { type: "direct" }
})

export const message =
  ({ oneCall, thoughts }: Telling) =>
  (job: JobFacts, { content, finish_reason, reasoning, tool_calls = [], usage }: JobResult): Message => {
    const calls = oneCall ? tool_calls.slice(0, 1) : tool_calls
    return {
      ...emptyMessage(job, usageOf(usage)),
      content: [
        ...(thoughts && reasoning !== undefined
          ? [{ type: "thinking" as const, thinking: reasoning, signature: "" }]
          : []),
        ...(content === "" ? [] : [{ type: "text" as const, text: content, citations: null }]),
        ...calls.map((call, index) => callBlock(job, call, index))
      ],
      stop_reason: stopReasonOf(finish_reason, calls.length > 0)
    }
  }
