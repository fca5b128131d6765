/**
 * One attempt: output goes in by `emit`, out over whichever link it is bound to, and is kept until acknowledged.
 *
 * ```
 *   accepted ──▶ running ──▶ ended (by the first of: backend done or failed, cancel, too large, node stopping)
 *                   any of these: bound to a link ◀──▶ unbound
 * ```
 */
import type { FinishReason, Usage } from "@infernet/contract/Chat"
import type { AttemptId } from "@infernet/contract/Id"
import type { AttemptFault, Done, Failed } from "@infernet/contract/Link"
import type { Entry, RecordKind } from "@infernet/contract/LinkRecord"
import type { Price } from "@infernet/contract/Price"
import { Deferred, Effect } from "effect"
import type { LinkWriter } from "../link/LinkWriter.ts"
import { Outbox } from "./Outbox.ts"
import { pieces } from "./pieces.ts"

/** Log probabilities come besides a token that was counted, and vectors are no tokens. */
const isOfTokens = (kind: RecordKind) => kind !== "logprobs" && kind !== "embedding"

/** Milliseconds of a clock that never goes back. */
export type Now = () => number

/** Who is told of an attempt as it goes on, within the same turn: before anything that comes of it can arrive. */
export interface Heard {
  readonly firstOutput?: (millis: number) => void
  readonly ended?: (attempt: Attempt) => void
}

export class Attempt {
  readonly id: AttemptId
  /** Completed at the end, whatever brought it: whoever runs the backend stops then. */
  readonly ended = Deferred.makeUnsafe<void>()
  /** Completed once a link has taken the end, after all output before it. */
  readonly told = Deferred.makeUnsafe<void>()
  /** Of its request, in UTF-16 units, where that is long. */
  readonly requestLength: number
  readonly startedAt: number
  /** When it was last bound, unbound or ended: an attempt nobody asks for is forgotten in the end. */
  touchedAt: number
  /** What the operator asks for its model, once that is known. */
  price: Price | undefined
  #firstOutputAt: number | undefined
  /** Prompt tokens that a backend was asked to read; none before it was asked. */
  #promptTokens: number | undefined
  /** Backends send a token a piece, or close to it. */
  #pieces = 0
  #end: Done | Failed | undefined
  #endSent = false
  #link: { readonly writer: LinkWriter; readonly binding: number } | undefined
  #paused: PromiseWithResolvers<void> | undefined
  readonly #outbox: Outbox
  readonly #now: Now
  readonly #heard: Heard

  /** `limit` is how many bytes of output it may have. */
  constructor(
    id: AttemptId,
    { limit, requestLength }: { readonly limit?: number; readonly requestLength: number },
    now: Now,
    heard: Heard
  ) {
    this.id = id
    this.requestLength = requestLength
    this.#outbox = new Outbox(limit)
    this.#now = now
    this.#heard = heard
    this.startedAt = this.touchedAt = now()
  }

  get seq(): number {
    return this.#outbox.last
  }

  /** Of the output that is kept. */
  get bytes(): number {
    return this.#outbox.bytes
  }

  /** All that it has produced. */
  get output(): ReadonlyArray<Entry> {
    return this.#outbox.outputs
  }

  /** Whether a backend was given the request. */
  get wasAsked(): boolean {
    return this.#promptTokens !== undefined
  }

  get end(): Done | Failed | undefined {
    return this.#end
  }

  get bound(): boolean {
    return this.#link !== undefined
  }

  isBoundTo(writer: LinkWriter): boolean {
    return this.#link?.writer === writer
  }

  /** A backend has been given the request: from now on an end that comes early has cost something. */
  asked(promptTokens: number): void {
    this.#promptTokens = promptTokens
  }

  /** What the backend calls for each piece of output. Plain synchronous code: this runs once a token. */
  readonly emit = (kind: RecordKind, text: string): Promise<void> | undefined => {
    if (this.#end !== undefined || text === "") return undefined
    if (this.#firstOutputAt === undefined) {
      this.#firstOutputAt = this.#now()
      this.#heard.firstOutput?.(this.#firstOutputAt - this.startedAt)
    }
    if (isOfTokens(kind)) this.#pieces += 1
    for (const piece of pieces(kind, text)) {
      if (this.#outbox.append(kind, piece)) continue
      this.fail("output_too_large", "the answer is larger than an attempt may be")
      return undefined
    }
    this.#pump(false)
    if (!this.#outbox.outOfCredit) return undefined
    this.#paused ??= Promise.withResolvers<void>()
    return this.#paused.promise
  }

  /** Goes on over this link after a record; false when it never produced that many. */
  bind(writer: LinkWriter, binding: number, after: number): boolean {
    if (!this.#outbox.rewind(after)) return false
    this.#link = { writer, binding }
    this.#endSent = false
    this.touchedAt = this.#now()
    this.#pump(true)
    this.#resume()
    return true
  }

  unbind(): void {
    this.#link = undefined
    this.touchedAt = this.#now()
  }

  credit(seq: number): void {
    this.#outbox.credit(seq)
    this.#pump(false)
    this.#resume()
  }

  done(finish_reason: FinishReason, usage: Usage): void {
    const timings = {
      total_ms: this.#now() - this.startedAt,
      ...(this.#firstOutputAt !== undefined && { first_token_ms: this.#firstOutputAt - this.startedAt })
    }
    this.#finish({ type: "done", attempt: this.id, seq: this.seq, finish_reason, usage, timings })
  }

  fail(error: AttemptFault, message: string): void {
    // What failed before its first piece has cost nobody anything, unless it was read for somebody who left.
    const usage = this.#pieces > 0 || error === "cancelled" ? this.#usageSoFar() : undefined
    const short = message.slice(0, 2048)
    this.#finish({ type: "failed", attempt: this.id, seq: this.seq, error, message: short, ...(usage && { usage }) })
  }

  /** Counted here: a backend that is cut off gives no usage. */
  #usageSoFar(): Usage | undefined {
    if (this.#promptTokens === undefined) return undefined
    const [prompt_tokens, completion_tokens] = [this.#promptTokens, this.#pieces]
    return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens }
  }

  // The first end is the end: a cancel that comes with the last token changes nothing any more.
  #finish(end: Done | Failed): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.touchedAt = this.#now()
    this.#pump(true)
    this.#heard.ended?.(this)
    this.#paused?.resolve()
    Deferred.doneUnsafe(this.ended, Effect.void)
  }

  #resume(): void {
    if (this.#outbox.outOfCredit) return
    this.#paused?.resolve()
    this.#paused = undefined
  }

  /** Sends what credit covers, and the end when nothing is left before it. */
  #pump(atOnce: boolean): void {
    if (this.#link === undefined) return
    const { binding, writer } = this.#link
    for (let next = this.#outbox.take(); next !== undefined; next = this.#outbox.take()) {
      const { bytes, kind, seq, text } = next
      writer.record({ binding, seq, kind, text }, bytes, seq === 1)
    }
    if (this.#end !== undefined && !this.#endSent && this.#outbox.allSent) {
      this.#endSent = true
      writer.message(this.#end)
      Deferred.doneUnsafe(this.told, Effect.void)
    } else if (atOnce) writer.flush()
  }
}
