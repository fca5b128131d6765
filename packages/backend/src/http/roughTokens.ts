/** Stand-ins for token counts, for servers that give none, and what a count cannot exceed. */
import type { ChatRequest, Message } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"

const characters = ({ content }: Message): number =>
  typeof content === "string"
    ? content.length
    : (content ?? []).reduce((sum, part) => sum + (part.type === "text" ? part.text.length : 0), 0)

/** Four characters of text a token: roughly right for English, low for everything else. */
export const roughPromptTokens = (request: ChatRequest): number =>
  Math.ceil(request.messages.reduce((sum, message) => sum + characters(message), 0) / 4)

/** As `roughPromptTokens`, for text that stands alone. */
export const roughTokens = (text: string): number => Math.ceil(text.length / 4)

/** For what a chat template adds of its own: a standing system prompt, instructions for tools. */
const templateTokens = 8192
/** An image of few bytes may be drawn large; its tokens follow its size in pixels. */
const imageTokens = 16_384

/** The most tokens a prompt can have: a token stands for a byte at least. */
export const promptLimit = (request: ChatRequest | CompletionRequest): number => {
  const images =
    "messages" in request
      ? request.messages.flatMap(({ content }) => (Array.isArray(content) ? content : []))
      : ([] as ReadonlyArray<{ readonly type: string }>)
  const count = images.filter(({ type }) => type === "image_url").length
  return Buffer.byteLength(JSON.stringify(request)) + templateTokens + count * imageTokens
}
