/**
 * Everything a job has said so far: append-only, numbered from 1, read by any number of cursors.
 *
 * Plain synchronous code: `append` runs once a token. Readers hold no queue; they read on from a number when woken.
 */
import type { FinishReason, Usage } from "@infernet/contract/Chat"
import type { JobErrorCode } from "@infernet/contract/Job"
import type { Entry, RecordKind } from "@infernet/contract/LinkRecord"
import { LogPage } from "./LogPage.ts"

export type { Entry }

export type End =
  | { readonly _tag: "Completed"; readonly finishReason: FinishReason; readonly usage: Usage }
  | { readonly _tag: "Failed"; readonly error: JobErrorCode; readonly message: string }

/** What an entry takes besides its text while it is an object, which outweighs a short token. */
const entryBytes = 64

/** Entries at which the newest are joined in a page; most readers have read them by then. */
const pageEntries = 256
/** The same in bytes of memory, for long ones. */
const newestBytes = 128 * 1024

export class JobLog {
  readonly #pages: Array<LogPage> = []
  #paged = 0
  #pagesBytes = 0
  #newest: Array<Entry> = []
  #newestBytes = 0
  #end: End | undefined
  #durable = false
  #anew = false
  #change: PromiseWithResolvers<void> | undefined

  /** A log read back from where it was stored. */
  static ended(entries: Iterable<Entry>, end: End): JobLog {
    const log = new JobLog()
    log.showToReaders()
    for (const { kind, text } of entries) log.append(kind, text)
    log.finish(end)
    return log
  }

  /** Adds one entry of well-formed text; its number is the new length. Nothing is added after the end. */
  append(kind: RecordKind, text: string): void {
    if (this.#end !== undefined) return
    this.#newest.push({ kind, text })
    // At worst two bytes a UTF-16 unit.
    this.#newestBytes += 2 * text.length + entryBytes
    if (this.#newest.length >= pageEntries || this.#newestBytes >= newestBytes) this.#turnPage()
    if (this.#durable) this.#wake()
  }

  #turnPage(): void {
    if (this.#newest.length === 0) return
    const page = new LogPage(this.#paged, this.#newest)
    this.#pages.push(page)
    this.#pagesBytes += page.bytes
    this.#paged += this.#newest.length
    this.#newest = []
    this.#newestBytes = 0
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
    this.#turnPage()
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
    return this.#durable ? this.length : 0
  }

  get length(): number {
    return this.#paged + this.#newest.length
  }

  /** Memory held, in bytes: that of the output on the wire at most, but for the newest entries. */
  get bytes(): number {
    return this.#pagesBytes + this.#newestBytes
  }

  get end(): End | undefined {
    return this.#end
  }

  /** Entry number `seq`, from 1. */
  at(seq: number): Entry | undefined {
    if (seq > this.#paged) return this.#newest[seq - this.#paged - 1]
    const page = this.#pageOf(seq)
    return page?.at(seq - page.before - 1)
  }

  /** By halves: pages hold as many entries as fitted. */
  #pageOf(seq: number): LogPage | undefined {
    let [low, high] = [0, this.#pages.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.#pages[middle]?.before ?? 0) < seq) low = middle
      else high = middle
    }
    return this.#pages[low]
  }

  /** All entries, also those that readers may not read yet. */
  *[Symbol.iterator](): Iterator<Entry> {
    for (let seq = 1; seq <= this.length; seq++) {
      const entry = this.at(seq)
      if (entry !== undefined) yield entry
    }
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
