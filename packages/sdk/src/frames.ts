/** Server-sent events out of text that comes in pieces of any size. */

/** One event: `data` as it was sent, and its number where it has one. Comments are none. */
export interface Frame {
  readonly id: number | undefined
  readonly data: string
}

/** Characters after which a frame without an end is no event stream; the largest of ours are a fraction of it. */
const longest = 16 * 1024 * 1024

const frameOf = (block: string): Frame | undefined => {
  let id: number | undefined
  let data: string | undefined
  for (const line of block.split("\n")) {
    if (line.startsWith("data:")) data = `${data === undefined ? "" : `${data}\n`}${line.slice(5).replace(/^ /, "")}`
    else if (/^id: ?\d{1,9}$/.test(line)) id = Number(line.slice(3))
  }
  return data === undefined ? undefined : { id, data }
}

const isBreak = (character: string | undefined): boolean => character === "\n" || character === "\r"

/** Where a text's last breaks begin, of which the next piece may be the rest: two at most. */
const edgeOf = (text: string): number => {
  let at = text.length
  while (text.length - at < 2 && isBreak(text[at - 1])) at -= 1
  return at
}

export class Frames {
  /** A frame that has not ended, looked through already. */
  #parts: Array<string> = []
  #length = 0
  /** Its end, where that may be half a break. */
  #edge = ""

  /** The events that are whole with this piece; `undefined` once what comes cannot be an event stream. */
  add(piece: string): ReadonlyArray<Frame> | undefined {
    // Line breaks may have been rewritten on the way; one cut in half at its CR is mended by the next piece.
    const blocks = (this.#edge + piece).replace(/\r\n/g, "\n").split("\n\n")
    const rest = blocks.pop() ?? ""
    if (blocks.length > 0) {
      blocks[0] = this.#parts.join("") + blocks[0]
      this.#parts = []
      this.#length = 0
    }
    const at = edgeOf(rest)
    this.#parts.push(rest.slice(0, at))
    this.#edge = rest.slice(at)
    this.#length += at
    return this.#length > longest ? undefined : blocks.flatMap((block) => frameOf(block) ?? [])
  }
}
