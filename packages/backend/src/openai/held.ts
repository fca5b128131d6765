/** Text that is looked through as it comes: no more is held back than what may yet turn out to be looked for. */

/** How many characters at the end of `text` may be the beginning of one of these. */
const begun = (text: string, marks: ReadonlyArray<string>): number => {
  const longest = Math.max(0, ...marks.map((mark) => mark.length - 1))
  for (let length = Math.min(text.length, longest); length > 0; length--) {
    const tail = text.slice(-length)
    if (marks.some((mark) => mark.startsWith(tail))) return length
  }
  return 0
}

export interface Held {
  readonly feed: (text: string) => void
  /** Gives what is held back: nothing more comes. */
  readonly flush: () => void
  /** Whether the text has ended by what was looked for. */
  readonly ended: () => boolean
}

/** Passes text on up to the first of the `stops`, and nothing after it: the same however the text is cut. */
export const untilStop = (stops: ReadonlyArray<string>, out: (text: string) => void): Held => {
  let held = ""
  let ended = false
  const give = (text: string) => {
    if (text !== "") out(text)
  }
  return {
    ended: () => ended,
    feed: (text) => {
      if (ended) return
      held += text
      const found = stops.map((stop) => held.indexOf(stop)).filter((at) => at !== -1)
      ended = found.length > 0
      const given = ended ? Math.min(...found) : held.length - begun(held, stops)
      give(held.slice(0, given))
      held = ended ? "" : held.slice(given)
    },
    flush: () => {
      give(held)
      held = ""
    }
  }
}

/**
 * Passes text on unless it opens with `mark`: that throws what `refused` makes, before a word has gone out. An empty
 * mark looks for nothing.
 */
export const unlessOpening = (
  mark: string,
  refused: () => Error,
  out: (text: string) => void
): Pick<Held, "feed" | "flush"> => {
  let held: string | undefined = mark === "" ? undefined : ""
  return {
    feed: (text) => {
      if (held === undefined) return out(text)
      held += text
      const start = held.trimStart()
      if (start.startsWith(mark)) throw refused()
      if (mark.startsWith(start)) return
      out(held)
      held = undefined
    },
    flush: () => {
      if (held !== undefined && held !== "") out(held)
      held = undefined
    }
  }
}
