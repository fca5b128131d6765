/** Ollama's bodies as chats and completions for a node. */
import { BadRequest } from "@infernet/contract/ApiError"
import type { ChatRequest, Tool } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"
import type { Format, OllamaChatRequest, OllamaGenerateRequest, Options } from "@infernet/contract/Ollama"
import { promptTokens } from "@infernet/routing/promptSize"
import { cutToRoom } from "../room.ts"
import { contentOf, messagesOf } from "./messages.ts"

/** Ollama itself would go on until the context is full, which nobody wants to wait or pay for. */
const usually = 4_096

/** -1 and -2 are Ollama's words for "as much as there is". */
const maxTokens = (asked: number | null | undefined, prompt: number, contextLength: number | undefined): number =>
  cutToRoom(asked != null && asked > 0 ? asked : usually, prompt, contextLength)

const decodingOf = (options: Options) => {
  const { num_predict: _predict, repeat_penalty: repetition_penalty, stop, ...same } = options
  const given = Object.entries({
    ...same,
    repetition_penalty,
    stop: Array.isArray(stop) && stop.length === 0 ? null : stop
  }).filter(([, value]) => value != null)
  return Object.fromEntries(given) as Pick<ChatRequest, "temperature" | "stop" | "seed">
}

const formatOf = (format: Format | null | undefined): Pick<ChatRequest, "response_format"> => {
  if (format == null || format === "") return {}
  return {
    response_format:
      typeof format === "string"
        ? { type: "json_object" }
        : { type: "json_schema", json_schema: { name: "answer", schema: format, strict: true } }
  }
}

const toolsOf = (tools: OllamaChatRequest["tools"]): ReadonlyArray<Tool> =>
  (tools ?? []).map(({ function: { description, name, parameters } }) => ({
    type: "function",
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters == null ? {} : { parameters })
    }
  }))

const logprobsOf = ({ logprobs, top_logprobs: top }: OllamaChatRequest | OllamaGenerateRequest) =>
  logprobs === true ? { logprobs, ...(top == null ? {} : { top_logprobs: top }) } : {}

export const chatRequest = (body: OllamaChatRequest, model: string, contextLength: number | undefined): ChatRequest => {
  const messages = messagesOf(body.messages ?? [])
  const tools = toolsOf(body.tools)
  const options = body.options ?? {}
  return {
    model,
    messages,
    max_tokens: maxTokens(options.num_predict, promptTokens(messages, tools), contextLength),
    ...decodingOf(options),
    ...logprobsOf(body),
    ...formatOf(body.format),
    ...(tools.length === 0 ? {} : { tools })
  }
}

/** What a raw prompt cannot have, as nodes go on with text and no more. */
export const beyondRaw = ({ format, images, logprobs, raw }: OllamaGenerateRequest): BadRequest | undefined => {
  if (raw !== true) return undefined
  const asked = {
    images: (images ?? []).length > 0,
    format: format != null && format !== "",
    logprobs: logprobs === true
  }
  const field = Object.entries(asked).find(([, isAsked]) => isAsked)?.[0]
  return field === undefined
    ? undefined
    : new BadRequest({ field, error_message: `${field}: not for a raw prompt: leave it out, or \`raw\`` })
}

/** A chat of one turn; with `raw` the prompt as it stands. */
export const generateRequest = (
  body: OllamaGenerateRequest,
  model: string,
  contextLength: number | undefined
): ChatRequest | CompletionRequest => {
  const prompt = body.prompt ?? ""
  const options = body.options ?? {}
  if (body.raw === true) {
    const size = promptTokens([{ role: "user", content: prompt }])
    return { model, prompt, max_tokens: maxTokens(options.num_predict, size, contextLength), ...decodingOf(options) }
  }
  const messages: ChatRequest["messages"] = [
    ...(body.system == null || body.system === "" ? [] : [{ role: "system" as const, content: body.system }]),
    { role: "user", content: contentOf(prompt, body.images ?? []) }
  ]
  return {
    model,
    messages,
    max_tokens: maxTokens(options.num_predict, promptTokens(messages), contextLength),
    ...decodingOf(options),
    ...logprobsOf(body),
    ...formatOf(body.format)
  }
}
