/** What one attempt has produced, kept until its end is acknowledged, and how much of it may be on its way. */
import { limits } from "@infernet/contract/Link"
import { headerBytes, type RecordKind } from "@infernet/contract/LinkRecord"

export interface Output {
  readonly seq: number
  readonly kind: RecordKind
  readonly text: string
  /** On the wire, header included. */
  readonly bytes: number
}

/** Plain synchronous code: this runs once a token. */
export class Outbox {
  readonly #outputs: Array<Output> = []
  /** Bytes of all records up to and with the one whose number is the index. */
  readonly #total: Array<number> = [0]
  readonly #limit: number
  #credited = 0
  #sent = 0

  /** `limit` is in bytes, of all records together, headers included. */
  constructor(limit: number = limits.outputBytesPerAttempt) {
    this.#limit = limit
  }

  /** The number of the last record, 0 when there is none. */
  get last(): number {
    return this.#outputs.length
  }

  /** All of it, in order. */
  get outputs(): ReadonlyArray<Output> {
    return this.#outputs
  }

  /** Of all records, headers included. */
  get bytes(): number {
    return this.#totalAt(this.last)
  }

  get allSent(): boolean {
    return this.#sent === this.#outputs.length
  }

  /** Whether more was produced than may be sent: time to pause whoever produces. */
  get outOfCredit(): boolean {
    return this.#totalAt(this.last) - this.#totalAt(this.#credited) > limits.creditBytes
  }

  /** Keeps a record; false, and nothing is kept, when it is larger than credit or makes the attempt too large. */
  append(kind: RecordKind, text: string): boolean {
    const bytes = headerBytes + Buffer.byteLength(text)
    const total = this.#totalAt(this.last) + bytes
    if (bytes > limits.creditBytes || total > this.#limit) return false
    this.#outputs.push({ seq: this.last + 1, kind, text, bytes })
    this.#total.push(total)
    return true
  }

  /** The reader has taken everything up to this record. An older credit changes nothing. */
  credit(seq: number): void {
    this.#credited = Math.max(this.#credited, Math.min(seq, this.last))
  }

  /** Starts again after this record, on a new link with fresh credit; false when there is no such record. */
  rewind(after: number): boolean {
    if (after > this.last) return false
    this.#sent = after
    this.#credited = after
    return true
  }

  /** The next record that credit covers, which counts as sent. */
  take(): Output | undefined {
    const next = this.#outputs[this.#sent]
    if (next === undefined) return undefined
    const credited = this.#totalAt(this.#credited)
    // More credit comes when half is used up. Before that any record may go, or both sides would wait for each other.
    const waits = this.#totalAt(this.#sent) - credited >= limits.creditBytes / 2
    if (waits && this.#totalAt(next.seq) - credited > limits.creditBytes) return undefined
    this.#sent++
    return next
  }

  #totalAt(seq: number): number {
    return this.#total[seq] ?? 0
  }
}
