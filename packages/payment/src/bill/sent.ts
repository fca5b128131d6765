/** What a request gives a model to read, by its size. */
import type { Message } from "@infernet/contract/Chat"
import type { JobRequest } from "@infernet/contract/JobRequest"

export interface Sent {
  /** Of all that is read as text, in UTF-8. */
  readonly bytes: bigint
  /** Messages or texts, around each of which a template puts marks. */
  readonly texts: bigint
  readonly images: bigint
  /** Tools come with instructions of the template's own, often longer than they are. */
  readonly hasTools: boolean
}

const bytesOf = (text: string): number => Buffer.byteLength(text)
const jsonBytes = (value: unknown): number => (value === undefined ? 0 : bytesOf(JSON.stringify(value)))

const contentBytes = (content: Message["content"]): number => {
  if (content === null || content === undefined) return 0
  if (typeof content === "string") return bytesOf(content)
  return content.reduce((sum, part) => sum + (part.type === "text" ? bytesOf(part.text) : 0), 0)
}

const messageBytes = (message: Message): number => {
  const content = contentBytes(message.content)
  if (message.role === "tool") return content + bytesOf(message.tool_call_id)
  const calls = message.role === "assistant" ? jsonBytes(message.tool_calls) : 0
  return content + calls + bytesOf(message.name ?? "")
}

const imagesIn = ({ content }: Message): number =>
  Array.isArray(content) ? content.filter(({ type }) => type === "image_url").length : 0

const sum = <A>(items: ReadonlyArray<A>, of: (item: A) => number): bigint =>
  BigInt(items.reduce((total, item) => total + of(item), 0))

export const sentOf = (request: JobRequest): Sent => {
  if ("input" in request) {
    return { bytes: sum(request.input, bytesOf), texts: BigInt(request.input.length), images: 0n, hasTools: false }
  }
  if ("prompt" in request) {
    return { bytes: BigInt(bytesOf(request.prompt)), texts: 1n, images: 0n, hasTools: false }
  }
  const { messages, response_format: format, tools = [] } = request
  const asked = format === undefined || format.type === "text" ? 0 : jsonBytes(format)
  const shown = tools.length === 0 ? 0 : jsonBytes(tools)
  return {
    bytes: sum(messages, messageBytes) + BigInt(shown + asked),
    texts: BigInt(messages.length),
    images: sum(messages, imagesIn),
    hasTools: tools.length > 0
  }
}
