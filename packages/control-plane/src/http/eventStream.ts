/**
 * A job's log as a stream of events, written as the socket takes them.
 *
 * Live code on Bun's direct streams, once a token: no fiber, no queue. A reader is a number into the log; one that reads
 * slowly leaves `write` unresolved and costs nothing but its socket's buffer.
 */
import * as StreamEnd from "@infernet/platform/StreamEnd"
import type { End, Entry, JobLog } from "../job/JobLog.ts"
import { logSource } from "./logSource.ts"

/** How a door writes a log. `entry` and `end` give whole frames, each once and in order, so that it may keep count. */
export interface Dialect {
  readonly contentType: string
  /** What is sent in a long silence, so that nobody on the way takes the stream for dead; "" where there is no such. */
  readonly keepAlive: string
  readonly start: string
  readonly entry: (entry: Entry, seq: number) => string
  readonly end: (end: End) => string
}

/** What a stream says, frame by frame, of one log or of several. */
export interface Source {
  readonly contentType: string
  readonly keepAlive: string
  readonly start: string
  /** The frames that come next, once each: about so many characters of them, "" where there are none yet. */
  readonly take: (characters: number) => string
  /** The last frame, once all before it were taken. */
  readonly end: () => string | undefined
  /** Whether all that it tells of has ended, whatever was taken of it. */
  readonly isOver: () => boolean
  /** Resolves when there may be more to take. */
  readonly changed: () => Promise<void>
}

export interface SourceOptions {
  readonly headers: Record<string, string>
  /** The reader went away before the end. */
  readonly onGone?: () => void
  /** After this much silence the source's sign of life is sent. */
  readonly keepAliveMillis?: number
}

export interface EventStreamOptions extends SourceOptions {
  readonly dialect: Dialect
  /** The last entry the reader has. */
  readonly after: number
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

/** Bun's controller of a direct stream. */
interface DirectSink {
  /** Bytes taken, or a promise of them when the socket is full. */
  readonly write: (text: string) => number | Promise<number>
  readonly end: () => void
}

class Reader {
  readonly #source: Source
  readonly #options: SourceOptions
  #gone = false
  #wroteLately = true
  #blocked = false
  #beat: ReturnType<typeof setInterval> | undefined
  /** Set before the first byte is asked for. */
  onEnd: () => void = () => undefined

  constructor(source: Source, options: SourceOptions) {
    this.#source = source
    this.#options = options
  }

  /** Writes until the source has ended or the reader is gone. One that left while it waited is noticed at the next entry. */
  async run(sink: DirectSink): Promise<void> {
    const { keepAliveMillis = 15_000 } = this.#options
    const { start } = this.#source
    this.#beat = setInterval(() => this.#keepAlive(sink), keepAliveMillis)
    try {
      if (start !== "") await this.#write(sink, start)
      while (!this.#gone) {
        const text = this.#source.take(writeSize)
        if (text !== "") {
          const written = this.#write(sink, text)
          // A number when the socket took it: awaiting that would cost a turn of the event loop a token.
          if (typeof written !== "number") await written
          continue
        }
        const end = this.#source.end()
        if (end !== undefined) return void (await this.#write(sink, end))
        await this.#source.changed()
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
    if (!this.#source.isOver()) this.#options.onGone?.()
  }

  #write(sink: DirectSink, text: string): number | Promise<number> {
    this.#wroteLately = true
    const written = sink.write(text)
    if (typeof written === "number") return written
    this.#blocked = true
    return written.finally(() => (this.#blocked = false))
  }

  #keepAlive(sink: DirectSink): void {
    const { keepAlive } = this.#source
    if (!this.#wroteLately && !this.#blocked && keepAlive !== "") void this.#write(sink, keepAlive)
    this.#wroteLately = false
  }
}

/** Streams one log. */
export const eventStream = (log: JobLog, options: EventStreamOptions): Response =>
  streamed(logSource(log, options), options)

export const streamed = (from: Source, options: SourceOptions): Response => {
  const reader = new Reader(from, options)
  const source = { type: "direct" as const, pull: (sink: DirectSink) => reader.run(sink), cancel: reader.leave }
  // The types of the browser, also in scope, know nothing of direct streams.
  const response = new Response(new ReadableStream(source as unknown as UnderlyingDefaultSource), {
    headers: { ...headers, "content-type": from.contentType, ...options.headers }
  })
  reader.onEnd = StreamEnd.announce(response)
  return response
}
