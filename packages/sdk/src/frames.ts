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

export class Frames {
  #rest = ""

  /** The events that are whole with this piece; `undefined` once what comes cannot be an event stream. */
  add(piece: string): ReadonlyArray<Frame> | undefined {
    // Line breaks may have been rewritten on the way; one cut in half at its CR is mended by the next piece.
    const text = (this.#rest + piece).replace(/\r\n/g, "\n")
    const blocks = text.split("\n\n")
    this.#rest = blocks.pop() ?? ""
    return this.#rest.length > longest ? undefined : blocks.flatMap((block) => frameOf(block) ?? [])
  }
}
