/** Requests in the form of Ollama's own API: its `/v1` door ignores `num_ctx`, so it is not used. */
import type { ChatRequest, Message } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"
import { BackendError } from "../Backend.ts"
import { parse, recordOf } from "../http/json.ts"
import { optionsOf, type Running } from "./options.ts"

type Content = Message["content"]

const textOf = (content: Content): string =>
  typeof content === "string"
    ? content
    : (content ?? []).flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n")

/** Bare base64: Ollama takes no `data:` prefix. */
const imagesOf = (content: Content): ReadonlyArray<string> =>
  typeof content === "string"
    ? []
    : (content ?? []).flatMap((part) =>
        part.type === "image_url" ? [part.image_url.url.slice(part.image_url.url.indexOf(",") + 1)] : []
      )

/** Names of earlier calls by id: Ollama matches a tool's answer by name. */
const callNames = (messages: ReadonlyArray<Message>): ReadonlyMap<string, string> =>
  new Map(
    messages.flatMap((message) =>
      message.role === "assistant"
        ? (message.tool_calls ?? []).map((call) => [call.id, call.function.name] as const)
        : []
    )
  )

const messageBody = (message: Message, names: ReadonlyMap<string, string>) => {
  const content = textOf(message.content)
  switch (message.role) {
    case "developer":
    case "system":
      return { role: "system", content }
    case "user": {
      const images = imagesOf(message.content)
      return { role: "user", content, ...(images.length > 0 && { images }) }
    }
    case "assistant":
      return {
        role: "assistant",
        content,
        ...(message.tool_calls !== undefined && {
          tool_calls: message.tool_calls.map((call) => ({
            id: call.id,
            // An object here, a string on every OpenAI door.
            function: { name: call.function.name, arguments: recordOf(parse(call.function.arguments)) }
          }))
        })
      }
    case "tool":
      return { role: "tool", content, tool_call_id: message.tool_call_id, tool_name: names.get(message.tool_call_id) }
  }
}

const format = (request: ChatRequest) => {
  const wanted = request.response_format
  if (wanted === undefined || wanted.type === "text") return undefined
  return wanted.type === "json_schema" ? (wanted.json_schema.schema ?? "json") : "json"
}

/** A tool without parameters gets an empty object: Ollama would hand `null` to the model's template. */
const toolsOf = (request: ChatRequest) =>
  request.tools?.map((tool) => ({
    type: tool.type,
    function: { ...tool.function, parameters: tool.function.parameters ?? { type: "object", properties: {} } }
  }))

/** Throws `unsupported` for what `/api/chat` has no word for. */
export const requestBody = (request: ChatRequest, running: Running) => {
  const choice = request.tool_choice ?? "auto"
  if (choice !== "auto" && choice !== "none") {
    const said = typeof choice === "string" ? `"${choice}"` : `a call of "${choice.function.name}"`
    const message = `"tool_choice": ${said} is not supported for "${request.model}": Ollama cannot be made to call a tool, only "auto" and "none" work`
    throw new BackendError({ fault: "unsupported", message })
  }
  const names = callNames(request.messages)
  return {
    model: running.name,
    messages: request.messages.map((message) => messageBody(message, names)),
    stream: true,
    // Refuse a prompt that does not fit, rather than drop its beginning.
    truncate: false,
    shift: false,
    tools: choice === "none" ? undefined : toolsOf(request),
    format: format(request),
    logprobs: request.logprobs,
    top_logprobs: request.logprobs === true ? request.top_logprobs : undefined,
    options: optionsOf(request, running)
  }
}

/** A prompt as it stands, for `/api/generate`. Throws `bad_request` for an empty one, which Ollama takes as "load". */
export const completionBody = (request: CompletionRequest, running: Running) => {
  if (request.prompt === "") {
    throw new BackendError({ fault: "bad_request", message: '"prompt" is empty: Ollama goes on only with some text' })
  }
  return {
    model: running.name,
    prompt: request.prompt,
    raw: true,
    // Thoughts are part of the text here; a model that thinks would have them taken out.
    think: false,
    stream: true,
    truncate: false,
    shift: false,
    options: optionsOf(request, running)
  }
}
