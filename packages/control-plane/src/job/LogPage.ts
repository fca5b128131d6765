/** Entries of a job's log joined, so that they take hardly more memory than the bytes in which they came. */
import { kinds } from "@infernet/contract/LinkRecord"
import type { Entry } from "./JobLog.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

/** What a page takes besides its texts and marks: itself, and two typed arrays. */
const pageBytes = 256

export class LogPage {
  /** How many entries of the log come before this page. */
  readonly before: number
  /** Memory held, in bytes. */
  readonly bytes: number
  readonly #text: Uint8Array
  /** For each entry where its text ends, times the number of kinds, plus its kind. */
  readonly #marks: Uint32Array

  constructor(before: number, entries: ReadonlyArray<Entry>) {
    const size = entries.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
    this.before = before
    this.#text = new Uint8Array(size)
    this.#marks = new Uint32Array(entries.length)
    this.bytes = pageBytes + size + this.#marks.byteLength
    let end = 0
    for (const [i, { kind, text }] of entries.entries()) {
      end += encoder.encodeInto(text, this.#text.subarray(end)).written
      this.#marks[i] = end * kinds.length + kinds.indexOf(kind)
    }
  }

  /** The entry at this place of the page, from 0. */
  at(index: number): Entry | undefined {
    const mark = this.#marks[index]
    if (mark === undefined) return undefined
    const kind = kinds[mark % kinds.length]
    return kind && { kind, text: decoder.decode(this.#text.subarray(this.#end(index - 1), this.#end(index))) }
  }

  #end(index: number): number {
    return Math.floor((this.#marks[index] ?? 0) / kinds.length)
  }
}
