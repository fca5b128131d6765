/** A stand-in for the prompt's token count, for servers that give none. */
import type { ChatRequest, Message } from "@infernet/contract/Chat"

const characters = ({ content }: Message): number =>
  typeof content === "string"
    ? content.length
    : (content ?? []).reduce((sum, part) => sum + (part.type === "text" ? part.text.length : 0), 0)

/** Four characters of text a token: roughly right for English, low for everything else. */
export const roughPromptTokens = (request: ChatRequest): number =>
  Math.ceil(request.messages.reduce((sum, message) => sum + characters(message), 0) / 4)
