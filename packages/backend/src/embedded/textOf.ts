/** The text of a message: its parts, a line each. Images have been refused before. */
import type { Message } from "@infernet/contract/Chat"

export const textOf = (content: Message["content"]): string =>
  typeof content === "string"
    ? content
    : (content ?? []).flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n")
