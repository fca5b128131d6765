/** A chat in the form of Ollama's own `/api/chat`: its `/v1` door ignores `num_ctx`, so it is not used. */
import type { ChatRequest, Message } from "@infernet/contract/Chat"
import { BackendError } from "../Backend.ts"
import { parse, recordOf } from "../http/json.ts"

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

/** Throws `unsupported` for what `/api/chat` has no word for. */
export const requestBody = (request: ChatRequest, model: string, contextLength: number | undefined) => {
  const choice = request.tool_choice ?? "auto"
  if (choice !== "auto" && choice !== "none") {
    const message = 'Ollama cannot be made to call a tool: tool_choice must be "auto" or "none"'
    throw new BackendError({ fault: "unsupported", message })
  }
  const names = callNames(request.messages)
  return {
    model,
    messages: request.messages.map((message) => messageBody(message, names)),
    stream: true,
    // Refuse a prompt that does not fit, rather than drop its beginning.
    truncate: false,
    shift: false,
    tools: choice === "none" ? undefined : request.tools,
    format: format(request),
    options: {
      num_predict: request.max_tokens,
      // One size a model: a changed one makes Ollama load it again.
      num_ctx: contextLength,
      temperature: request.temperature,
      top_p: request.top_p,
      seed: request.seed,
      frequency_penalty: request.frequency_penalty,
      presence_penalty: request.presence_penalty,
      stop: typeof request.stop === "string" ? [request.stop] : request.stop
    }
  }
}
