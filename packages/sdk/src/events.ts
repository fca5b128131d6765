/** A job's events from the first to the last, over as many streams as that takes. */
import type { Call } from "./Call.ts"
import { InfernetError, StreamCutError, errorOf } from "./errors.ts"
import { type Frame, Frames } from "./frames.ts"
import { type Answer, type Http, parsed, pathOf, type Request } from "./Http.ts"
import { isOver } from "./retry.ts"
import type { ChatEvent } from "./wire.ts"

/** What is read: a job that is there, or one still to be made. */
export interface Source {
  /** The job's id; of one still to be made it is set as soon as it is known. */
  job: string | undefined
  /** The number of the last event that is known already. */
  last: number
  /** What makes the job; none where it is somebody else's business. */
  readonly submission?: {
    readonly request: () => Request
    /** Whether another try can end otherwise than with this code, now that the job of the last one is over. */
    readonly renew: (code: string) => boolean
  }
}

async function* frames(answer: Answer): AsyncGenerator<Frame, void, undefined> {
  const parser = new Frames()
  for await (const piece of answer.pieces()) {
    const whole = parser.add(piece)
    if (whole === undefined) throw errorOf("unexpected_response", "the answer is not an event stream")
    yield* whole
  }
}

const eventOf = (data: string): ChatEvent | { readonly error: string; readonly message: string } => {
  const event = parsed<ReturnType<typeof eventOf>>(data, "an event")
  if (typeof event === "object" && event !== null) return event
  throw errorOf("unexpected_response", `an event is no object: ${data.slice(0, 100)}`)
}

const requestOf = (source: Source): Request => {
  if (source.job === undefined && source.submission !== undefined) return source.submission.request()
  return {
    method: "GET",
    path: `${pathOf(source.job)}/stream`,
    ...(source.last > 0 && { headers: { "last-event-id": String(source.last) } })
  }
}

/** The events of one stream that are new; returns once it has come to its end. */
async function* read(http: Http, call: Call, source: Source): AsyncGenerator<ChatEvent, void, undefined> {
  const answer = await http.open(requestOf(source), call)
  try {
    source.job ??= answer.response.headers.get("x-infernet-job") ?? undefined
    for await (const { data, id } of frames(answer)) {
      if (data === "[DONE]") return
      const event = eventOf(data)
      if ("error" in event) throw errorOf(event.error, event.message)
      // Seen before: something in between has repeated it.
      if (id !== undefined && id <= source.last) continue
      source.last = id ?? source.last
      call.progress()
      yield event
    }
  } finally {
    answer.close()
  }
  throw new StreamCutError("the stream ended before the answer did")
}

/**
 * Every event once, in order; ends after the last. A stream that breaks is taken up where it was, and a job that failed
 * before its first word is submitted anew where that may be; what has begun to speak is never begun again.
 */
export async function* events(http: Http, call: Call, source: Source): AsyncGenerator<ChatEvent, void, undefined> {
  const start = source.last
  for (;;) {
    try {
      yield* read(http, call, source)
      return
    } catch (error) {
      const over = error instanceof InfernetError && isOver(error.code)
      if (over && (source.last > start || source.submission?.renew(error.code) !== true)) throw error
      await call.retry(
        isLost(error, source) ? new StreamCutError(`the stream was cut: ${error.message}`, error) : error
      )
    }
  }
}

/** A connection that broke, or could not be made again, to a job that is there. */
const isLost = (error: unknown, { job }: Source): error is InfernetError =>
  job !== undefined && error instanceof InfernetError && error.code === "connection_failed"
