/**
 * Everything a job has said so far: append-only, numbered from 1, read by any number of cursors.
 *
 * Plain synchronous code: `append` runs once a token. Readers hold no queue; they read on from a number when woken.
 */
import type { FinishReason, Usage } from "@infernet/contract/Chat"
import type { JobErrorCode } from "@infernet/contract/Job"
import type { RecordKind } from "@infernet/contract/LinkRecord"

export interface Entry {
  readonly kind: RecordKind
  readonly text: string
}

export type End =
  | { readonly _tag: "Completed"; readonly finishReason: FinishReason; readonly usage: Usage }
  | { readonly _tag: "Failed"; readonly error: JobErrorCode; readonly message: string }

/** What an entry takes besides its text. */
const entryBytes = 64

export class JobLog {
  readonly #entries: Array<Entry> = []
  #bytes = 0
  #end: End | undefined
  #durable = false
  #anew = false
  #change: PromiseWithResolvers<void> | undefined

  /** A log read back from where it was stored. */
  static ended(entries: ReadonlyArray<Entry>, end: End): JobLog {
    const log = new JobLog()
    log.showToReaders()
    for (const { kind, text } of entries) log.append(kind, text)
    log.finish(end)
    return log
  }

  /** Adds one entry; its number is the new length. Nothing is added after the end. */
  append(kind: RecordKind, text: string): void {
    if (this.#end !== undefined) return
    this.#entries.push({ kind, text })
    // Memory is what this bounds: two bytes a UTF-16 unit, and the entry itself, which outweighs a short token.
    this.#bytes += 2 * text.length + entryBytes
    if (this.#durable) this.#wake()
  }

  /** The job's row is stored: readers may see what there is. Before that a crash could deny what they saw. */
  showToReaders(): void {
    this.#durable = true
    this.#wake()
  }

  /**
   * The last event. Only the first call counts; it is called once the outcome is durable, or cannot become so.
   * It shows nothing more: what a job said whose row was never stored stays hidden.
   */
  finish(end: End): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#wake()
  }

  /**
   * What was said before a restart is lost with its node, and another answer begins: a reader who has seen a part of
   * the old one must not be given the rest of the new one.
   */
  beginAnew(): void {
    this.#anew = true
    this.#wake()
  }

  get isAnew(): boolean {
    return this.#anew
  }

  /** How many entries readers may read. */
  get readable(): number {
    return this.#durable ? this.#entries.length : 0
  }

  get length(): number {
    return this.#entries.length
  }

  /** Approximate memory held, in bytes. */
  get bytes(): number {
    return this.#bytes
  }

  get end(): End | undefined {
    return this.#end
  }

  /** Entry number `seq`, from 1. */
  at(seq: number): Entry | undefined {
    return this.#entries[seq - 1]
  }

  get entries(): ReadonlyArray<Entry> {
    return this.#entries
  }

  /** Resolves at the next entry or the end. One promise serves all readers that wait. */
  changed(): Promise<void> {
    this.#change ??= Promise.withResolvers<void>()
    return this.#change.promise
  }

  #wake(): void {
    this.#change?.resolve()
    this.#change = undefined
  }
}
