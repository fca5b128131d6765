/** How many tokens a prompt is likely to be, without a tokenizer: UTF-8 bytes over four, and a few a message. */
import type { Message } from "@infernet/contract/Chat"

const textBytes = (content: Message["content"]): number => {
  if (content === null || content === undefined) return 0
  if (typeof content === "string") return Buffer.byteLength(content)
  // An image costs a vision model several hundred tokens, whatever its bytes.
  return content.reduce((sum, part) => sum + (part.type === "text" ? Buffer.byteLength(part.text) : 2_048), 0)
}

export const promptTokens = (messages: ReadonlyArray<Message>): number =>
  messages.reduce((sum, message) => sum + 4 + Math.ceil(textBytes(message.content) / 4), 0)
