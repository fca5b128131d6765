/**
 * A job's log as a stream of events, written as the socket takes them.
 *
 * Live code on Bun's direct streams, once a token: no fiber, no queue. A reader is a number into the log; one that reads
 * slowly leaves `write` unresolved and costs nothing but its socket's buffer.
 */
import * as StreamEnd from "@infernet/platform/StreamEnd"
import type { End, Entry, JobLog } from "../job/JobLog.ts"

/** How a door writes a log. `entry` and `end` give whole frames, each once and in order, so that it may keep count. */
export interface Dialect {
  readonly contentType: string
  /** What is sent in a long silence, so that nobody on the way takes the stream for dead; "" where there is no such. */
  readonly keepAlive: string
  readonly start: string
  readonly entry: (entry: Entry, seq: number) => string
  readonly end: (end: End) => string
}

export interface EventStreamOptions {
  readonly dialect: Dialect
  /** The last entry the reader has. */
  readonly after: number
  readonly headers: Record<string, string>
  /** The reader went away before the end. */
  readonly onGone?: () => void
  /** After this much silence the dialect's sign of life is sent. */
  readonly keepAliveMillis?: number
}

/** Of dialects that are server-sent events. */
export const sse = { contentType: "text/event-stream; charset=utf-8", keepAlive: ": keep-alive\n\n" } as const

/** Entries joined in one write, in characters. */
const writeSize = 64 * 1024

const headers = {
  "cache-control": "no-cache, no-transform",
  // Proxies of nginx's kind would collect the tokens otherwise.
  "x-accel-buffering": "no"
}

/** What a reader is told who has read a part of an answer that is lost. */
const begunAnew = {
  _tag: "Failed",
  error: "node_disconnected",
  message: "the node was lost while the control plane restarted, and the answer begins anew: read it from its start"
} as const

/** Bun's controller of a direct stream. */
interface DirectSink {
  /** Bytes taken, or a promise of them when the socket is full. */
  readonly write: (text: string) => number | Promise<number>
  readonly end: () => void
}

class Reader {
  readonly #log: JobLog
  readonly #options: EventStreamOptions
  #last: number
  #gone = false
  #wroteLately = true
  #blocked = false
  #beat: ReturnType<typeof setInterval> | undefined
  /** Set before the first byte is asked for. */
  onEnd: () => void = () => undefined

  constructor(log: JobLog, options: EventStreamOptions) {
    this.#log = log
    this.#options = options
    this.#last = options.after
  }

  /** Writes until the log has ended or the reader is gone. One that left while it waited is noticed at the next entry. */
  async run(sink: DirectSink): Promise<void> {
    const { dialect, keepAliveMillis = 15_000 } = this.#options
    this.#beat = setInterval(() => this.#keepAlive(sink), keepAliveMillis)
    try {
      if (dialect.start !== "") await this.#write(sink, dialect.start)
      while (!this.#gone) {
        if (this.#log.isAnew && this.#options.after > 0) {
          await this.#write(sink, dialect.end(begunAnew))
          return
        }
        if (this.#last < this.#log.readable) {
          const written = this.#write(sink, this.#next())
          // A number when the socket took it: awaiting that would cost a turn of the event loop a token.
          if (typeof written !== "number") await written
        } else if (this.#log.end !== undefined) {
          await this.#write(sink, dialect.end(this.#log.end))
          return
        } else await this.#log.changed()
      }
    } finally {
      clearInterval(this.#beat)
      if (!this.#gone) {
        this.onEnd()
        sink.end()
      }
    }
  }

  readonly leave = (): void => {
    if (this.#gone) return
    this.#gone = true
    clearInterval(this.#beat)
    if (this.#log.end === undefined) this.#options.onGone?.()
  }

  /** The frames that come next, as many as fit one write. */
  #next(): string {
    let text = ""
    while (this.#last < this.#log.readable && text.length < writeSize) {
      this.#last += 1
      const entry = this.#log.at(this.#last)
      if (entry !== undefined) text += this.#options.dialect.entry(entry, this.#last)
    }
    return text
  }

  #write(sink: DirectSink, text: string): number | Promise<number> {
    this.#wroteLately = true
    const written = sink.write(text)
    if (typeof written === "number") return written
    this.#blocked = true
    return written.finally(() => (this.#blocked = false))
  }

  #keepAlive(sink: DirectSink): void {
    const { keepAlive } = this.#options.dialect
    if (!this.#wroteLately && !this.#blocked && keepAlive !== "") void this.#write(sink, keepAlive)
    this.#wroteLately = false
  }
}

export const eventStream = (log: JobLog, options: EventStreamOptions): Response => {
  const reader = new Reader(log, options)
  const source = { type: "direct" as const, pull: (sink: DirectSink) => reader.run(sink), cancel: reader.leave }
  // The types of the browser, also in scope, know nothing of direct streams.
  const response = new Response(new ReadableStream(source as unknown as UnderlyingDefaultSource), {
    headers: { ...headers, "content-type": options.dialect.contentType, ...options.headers }
  })
  reader.onEnd = StreamEnd.announce(response)
  return response
}
