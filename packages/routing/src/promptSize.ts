/** How many tokens a prompt is likely to be, without a tokenizer: UTF-8 bytes over four, and a few a message. */
import type { Message, Tool } from "@infernet/contract/Chat"
import type { JobRequest } from "@infernet/contract/JobRequest"

const textBytes = (content: Message["content"]): number => {
  if (content === null || content === undefined) return 0
  if (typeof content === "string") return Buffer.byteLength(content)
  // An image costs a vision model several hundred tokens, whatever its bytes.
  return content.reduce((sum, part) => sum + (part.type === "text" ? Buffer.byteLength(part.text) : 2_048), 0)
}

/** What a model said besides its words. */
const callBytes = (message: Message): number =>
  message.role === "assistant"
    ? (message.tool_calls ?? []).reduce(
        (sum, { function: { arguments: text, name } }) => sum + name.length + Buffer.byteLength(text),
        0
      )
    : 0

/** Templates show tools to the model as JSON, more or less. */
const toolTokens = (tools: ReadonlyArray<Tool>): number =>
  tools.reduce((sum, tool) => sum + Math.ceil(Buffer.byteLength(JSON.stringify(tool)) / 4), 0)

export const promptTokens = (messages: ReadonlyArray<Message>, tools: ReadonlyArray<Tool> = []): number =>
  messages.reduce(
    (sum, message) => sum + 4 + Math.ceil((textBytes(message.content) + callBytes(message)) / 4),
    toolTokens(tools)
  )

/** Of text that stands alone. */
export const textTokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / 4)

/** Tokens that a request gives a model to read: in all, and at once, as texts to be embedded are read one by one. */
export const promptSize = (request: JobRequest): { readonly total: number; readonly longest: number } => {
  if ("input" in request) {
    const sizes = request.input.map(textTokens)
    return { total: sizes.reduce((sum, size) => sum + size, 0), longest: Math.max(...sizes) }
  }
  const total = "messages" in request ? promptTokens(request.messages, request.tools) : textTokens(request.prompt)
  return { total, longest: total }
}
