/** A job's events as a stream that goes on after every cut. */
import { JobEvent } from "@infernet/contract/api/Jobs"
import { JobId } from "@infernet/contract/Id"
import { Effect, Option, Schema, Stream } from "effect"
import type { HttpClientResponse } from "effect/http"
import { type Frame, Frames } from "../frames.ts"
import { isOver } from "../retry.ts"
import type { ChatEvent } from "../wire.ts"
import type { Client } from "./Client.ts"
import { type ChatFailure, JobFailed, StreamCut } from "./errors.ts"
import { rule } from "./rule.ts"
import * as Trouble from "./Trouble.ts"

/** How far a reader has come; changed as it reads. */
export interface Reading {
  /** Unknown until a submission was answered. */
  job: JobId | undefined
  /** The number of the last event that was read, and that from which this reader began. */
  last: number
  readonly start: number
  text: string
  /** In a row; -1 after something new, as the failure after that counts for nothing. */
  failures: number
}

export const reading = (job: JobId | undefined, start = 0): Reading => ({
  job,
  start,
  last: start,
  text: "",
  failures: 0
})

/** Where the events come from, time and again. */
export interface Source {
  readonly open: Effect.Effect<HttpClientResponse.HttpClientResponse, Trouble.Trouble>
  /** Whether another try can end otherwise than with this code, now that the job of the last one is over. */
  readonly renew: (code: string) => boolean
}

export const jobOf = ({ headers }: HttpClientResponse.HttpClientResponse) =>
  Option.getOrUndefined(Schema.decodeUnknownOption(JobId)(headers["x-infernet-job"]))

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(JobEvent))

/** The event of a frame; none where it was read before. */
const eventOf = Effect.fnUntraced(function* (state: Reading, { data, id }: Frame) {
  const event = yield* Effect.mapError(decode(data), Trouble.ofClient(true))
  if ("error" in event) return yield* Trouble.failedFrame(event.error, event.message)
  if (id !== undefined && id <= state.last) return []
  state.last = id ?? state.last
  state.failures = -1
  if ("text" in event) state.text += event.text
  return [event satisfies ChatEvent]
})

/** One stream from where the reader is. It ends only after the answer does. */
const once = (client: Client, state: Reading, source: Source) =>
  Stream.unwrap(
    Effect.map(source.open, (response) => {
      state.job = jobOf(response) ?? state.job
      const parser = new Frames()
      let isDone = false
      return response.stream.pipe(
        Stream.mapError(Trouble.ofClient(true)),
        Stream.timeoutOrElse({ duration: client.idleTimeout, orElse: () => Stream.fail(client.silence) }),
        Stream.decodeText(),
        Stream.mapEffect((piece) => {
          const frames = parser.add(piece)
          const strange = Trouble.unexpected(response.status, "the answer is not an event stream")
          return frames === undefined ? Effect.fail(strange) : Effect.succeed(frames)
        }),
        Stream.flattenIterable,
        Stream.takeUntil(({ data }) => (isDone = data === "[DONE]")),
        Stream.filter(({ data }) => data !== "[DONE]"),
        Stream.mapEffect((frame) => eventOf(state, frame)),
        Stream.flattenIterable,
        Stream.concat(Stream.suspend(() => (isDone ? Stream.empty : Stream.fail(cutOff))))
      )
    })
  )

const cutOff = Trouble.lost(new Error("the stream ended before the answer did"))

/** What a caller is told: what the job said counts more than how the last try failed. */
const failureOf = ({ job, last, start, text }: Reading, { error }: Trouble.Trouble): ChatFailure => {
  if (error._tag === "FailedFrame") {
    return new JobFailed({ job, error: error.error, message: error.message, text })
  }
  return job !== undefined && (last > start || error._tag === "Unreachable")
    ? new StreamCut({ job, message: `the stream was cut: ${error.message}`, text, cause: error })
    : error
}

/**
 * Every event once, in order; ends after the last. A stream that breaks is taken up where it was, and a job that failed
 * before its first word is submitted anew where that may be; what has begun to speak is never begun again.
 */
export const events = (client: Client, state: Reading, source: Source, maxRetries: number) => {
  const hasProgressed = () => state.last > state.start
  return Stream.suspend(() => once(client, state, source)).pipe(
    Stream.mapError((trouble) => {
      state.failures += 1
      if (!isOver(trouble.code)) return trouble
      const isRetryable = !hasProgressed() && source.renew(trouble.code)
      return isRetryable ? trouble : new Trouble.Trouble({ ...trouble, isRetryable })
    }),
    Stream.retry(rule(maxRetries, () => state.failures)),
    Stream.mapError((trouble) => failureOf(state, trouble))
  )
}
