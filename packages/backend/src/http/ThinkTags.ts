/**
 * Tells thoughts from words where a model writes its thoughts into its answer between `<think>` and `</think>`.
 *
 * ```
 *   start ──"<think>"──▶ thoughts ──"</think>"──▶ gap ──anything but space──▶ words
 *     └────────────anything else─────────────────────────────────────────────▶ words
 * ```
 *
 * Only tags that open an answer count: later ones may well be what the model was asked to write. Plain code.
 */
const opening = "<think>"
const closing = "</think>"
/** A tag comes first or not at all: so much white space before it, and no more. */
const startLimit = 64

/** How many characters at the end of `text` may be the beginning of `</think>`. */
const begun = (text: string): number => {
  for (let length = Math.min(text.length, closing.length - 1); length > 0; length--) {
    if (closing.startsWith(text.slice(-length))) return length
  }
  return 0
}

export interface ThinkTags {
  readonly feed: (text: string) => void
  /** Gives out what is still held back; to be called before anything else goes out, and at the end. */
  readonly flush: () => void
}

/** Holds back no more than a tag that has only begun. The same text gives the same thoughts however it is cut. */
export const make = (out: (kind: "text" | "reasoning", text: string) => void): ThinkTags => {
  let state: "start" | "thoughts" | "gap" | "words" = "start"
  let blank = true
  let held = ""

  const give = (kind: "text" | "reasoning", text: string) => {
    if (text !== "") out(kind, text)
  }

  const start = () => {
    const text = held.trimStart()
    const far = held.length - text.length > startLimit
    if (!far && text.startsWith(opening)) {
      state = "thoughts"
      held = text.slice(opening.length)
      thoughts()
    } else if (far || !opening.startsWith(text)) {
      state = "words"
      give("text", held)
      held = ""
    }
  }

  const thoughts = () => {
    if (blank) {
      held = held.trimStart()
      blank = held === ""
    }
    const end = held.indexOf(closing)
    const given = end === -1 ? held.length - begun(held) : end
    give("reasoning", held.slice(0, given))
    held = held.slice(end === -1 ? given : given + closing.length)
    if (end === -1) return
    state = "gap"
    gap()
  }

  const gap = () => {
    held = held.trimStart()
    if (held === "") return
    state = "words"
    give("text", held)
    held = ""
  }

  return {
    feed: (text) => {
      if (state === "words") return give("text", text)
      held += text
      if (state === "start") start()
      else if (state === "thoughts") thoughts()
      else gap()
    },
    flush: () => {
      give(state === "thoughts" ? "reasoning" : "text", held)
      held = ""
      if (state === "start") state = "words"
    }
  }
}
