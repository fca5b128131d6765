/** Cuts output that is too long for one record, never through a character. */
import type { RecordKind } from "@infernet/contract/LinkRecord"

/** In UTF-16 units, of which each takes at most three bytes: well within what credit allows for one record. */
const longest = 32 << 10

/** Text in pieces that fit a record. Kinds that carry JSON are never cut: half a value means nothing. */
export const pieces = (kind: RecordKind, text: string): ReadonlyArray<string> => {
  if (text.length <= longest || (kind !== "text" && kind !== "reasoning")) return [text]
  const cut: Array<string> = []
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + longest, text.length)
    // A high surrogate at the end belongs with the low one after it.
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end--
    cut.push(text.slice(start, end))
    start = end
  }
  return cut
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff
