/** A responses request as a chat for a node, and as the answer repeats it. */
import { BadRequest } from "@infernet/contract/ApiError"
import type { ChatRequest, Tool } from "@infernet/contract/Chat"
import type { RequestFacts } from "@infernet/contract/ResponseObject"
import type { CreateResponse, FunctionTool, TextFormat } from "@infernet/contract/Responses"
import { promptTokens } from "@infernet/routing/promptSize"
import { Result } from "effect"
import { defaultRoom } from "../../room.ts"
import { given } from "../chat.ts"
import { type GivenItem, messagesOf } from "./messages.ts"

const toolOf = ({ type: _type, ...tool }: FunctionTool): Tool => ({ type: "function", function: given(tool) })

type Calling = Pick<ChatRequest, "tools" | "tool_choice">

/** The tools and the choice among them; where only some are allowed, only those are offered. */
const callingOf = ({ tool_choice: choice, tools }: CreateResponse): Result.Result<Calling, BadRequest> => {
  const offered = (tools ?? []).map(toolOf)
  const among = offered.length === 0 ? {} : { tools: offered }
  if (choice === null || choice === undefined) return Result.succeed(among)
  if (typeof choice === "string") return Result.succeed({ ...among, tool_choice: choice })
  if (choice.type === "function") {
    return Result.succeed({ ...among, tool_choice: { type: "function", function: { name: choice.name } } })
  }
  const names = new Set(choice.tools.map(({ name }) => name))
  const allowed = offered.filter((tool) => names.has(tool.function.name))
  if (allowed.length > 0) return Result.succeed({ tools: allowed, tool_choice: choice.mode })
  const error_message = "tool_choice.tools: none of these is among the tools"
  return Result.fail(new BadRequest({ field: "tool_choice.tools", error_message }))
}

const formatOf = (format: TextFormat | null | undefined): Pick<ChatRequest, "response_format"> => {
  if (format === null || format === undefined) return {}
  if (format.type !== "json_schema") return { response_format: { type: format.type } }
  const { type, ...json_schema } = format
  return { response_format: { type, json_schema } }
}

export const wantsLogprobs = ({ include }: CreateResponse): boolean =>
  include?.includes("message.output_text.logprobs") === true

const logprobsOf = (body: CreateResponse): Pick<ChatRequest, "logprobs" | "top_logprobs"> =>
  wantsLogprobs(body) ? { logprobs: true, top_logprobs: body.top_logprobs ?? 0 } : {}

/** `input` is that of the body, with nothing only referred to. */
export const chatRequest = (
  body: CreateResponse,
  input: string | ReadonlyArray<GivenItem>,
  contextLength: number
): Result.Result<ChatRequest, BadRequest> => {
  const messages = messagesOf(body.instructions, input)
  if (messages.length === 0) {
    return Result.fail(
      new BadRequest({ field: "input", error_message: "input: nothing in it is there to be answered" })
    )
  }
  return Result.map(callingOf(body), (calling) => ({
    model: body.model,
    messages,
    max_tokens: body.max_output_tokens ?? defaultRoom(promptTokens(messages, calling.tools), contextLength),
    ...(typeof body.temperature === "number" ? { temperature: body.temperature } : {}),
    ...(typeof body.top_p === "number" ? { top_p: body.top_p } : {}),
    ...formatOf(body.text?.format),
    ...logprobsOf(body),
    ...calling
  }))
}

/** Null where the choice was left to the backend. */
export const factsOf = (body: CreateResponse): RequestFacts => ({
  instructions: body.instructions ?? null,
  max_output_tokens: body.max_output_tokens ?? null,
  metadata: body.metadata ?? {},
  parallel_tool_calls: body.parallel_tool_calls ?? true,
  temperature: body.temperature ?? null,
  text: { format: body.text?.format ?? { type: "text" } },
  tool_choice: body.tool_choice ?? "auto",
  tools: (body.tools ?? []).map(({ description, name, parameters, strict }) => ({
    type: "function",
    name,
    description: description ?? null,
    parameters: parameters ?? null,
    strict: strict ?? null
  })),
  top_logprobs: body.top_logprobs ?? 0,
  top_p: body.top_p ?? null
})
