/**
 * A job's log as server-sent events, written as the socket takes them.
 *
 * Live code on Bun's direct streams, once a token: no fiber, no queue. A reader is a number into the log; one that reads
 * slowly leaves `write` unresolved and costs nothing but its socket's buffer.
 */
import type { End, Entry, JobLog } from "../job/JobLog.ts"

/** How a door writes a log. `entry` and `end` give whole frames. */
export interface Dialect {
  readonly start: string
  readonly entry: (entry: Entry, seq: number) => string
  readonly end: (end: End, log: JobLog) => string
}

export interface EventStreamOptions {
  readonly dialect: Dialect
  /** The last entry the reader has. */
  readonly after: number
  readonly headers: Record<string, string>
  /** The reader went away before the end. */
  readonly onGone?: () => void
}

const keepAliveMillis = 15_000
/** Entries joined in one write, in characters. */
const writeSize = 64 * 1024

const headers = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  // Proxies of nginx's kind would collect the tokens otherwise.
  "x-accel-buffering": "no"
}

const write = async (log: JobLog, options: EventStreamOptions, sink: DirectSink, reader: { gone: boolean }) => {
  const { dialect } = options
  let last = options.after
  let quiet = true
  const send = (text: string) => {
    quiet = false
    return sink.write(text)
  }
  const beat = setInterval(() => {
    if (quiet && !reader.gone) sink.write(": keep-alive\n\n")
    quiet = true
  }, keepAliveMillis)
  try {
    if (dialect.start !== "") await send(dialect.start)
    while (!reader.gone) {
      const { readable } = log
      if (last < readable) {
        let text = ""
        while (last < readable && text.length < writeSize) {
          last += 1
          const entry = log.at(last)
          if (entry !== undefined) text += dialect.entry(entry, last)
        }
        const written = send(text)
        // A number when the socket took it: awaiting that would cost a turn of the event loop a token.
        if (typeof written !== "number") await written
      } else if (log.end !== undefined) {
        await send(dialect.end(log.end, log))
        return
      } else await log.changed()
    }
  } finally {
    clearInterval(beat)
    if (!reader.gone) sink.end()
  }
}

interface DirectSink {
  /** Bytes taken, or a promise of them when the socket is full. */
  readonly write: (text: string) => number | Promise<number>
  readonly end: () => void
}

export const eventStream = (log: JobLog, options: EventStreamOptions): Response => {
  const reader = { gone: false }
  const source = {
    type: "direct" as const,
    pull: (sink: DirectSink) => write(log, options, sink, reader),
    cancel: () => {
      if (reader.gone) return
      reader.gone = true
      if (log.end === undefined) options.onGone?.()
    }
  }
  return new Response(new ReadableStream(source as unknown as UnderlyingDefaultSource), {
    headers: { ...headers, ...options.headers }
  })
}
