/** One request of a client's and its answer, streamed or whole, through whichever door it came. */
import type {
  BadRequest,
  Conflict,
  Forbidden,
  InternalError,
  ModelNotFound,
  NoCapacity,
  NotFound,
  RateLimited,
  TimedOut,
  Unavailable,
  UpstreamFailed
} from "@infernet/contract/ApiError"
import type { JobId } from "@infernet/contract/Id"
import type { JobResult } from "@infernet/contract/Job"
import { Context, type DateTime, Effect, FiberSet, Layer } from "effect"
import { HttpServerResponse } from "effect/http"
import { type Dialect, eventStream } from "../http/eventStream.ts"
import { firstWords, wholeAnswer } from "../http/wait.ts"
import type { JobLog } from "../job/JobLog.ts"
import { Jobs } from "../job/Jobs.ts"
import type { StoredJob } from "../job/JobStore.ts"
import type { LiveJob, Submission } from "../job/LiveJob.ts"
import { resultOf } from "../job/result.ts"
import { resultAgain, streamAgain } from "./replay.ts"

/** What every door may tell of a job. */
export interface JobFacts {
  readonly id: JobId
  /** As every client sees it. */
  readonly model: string
  readonly createdAt: DateTime.Utc
}

export interface Asked {
  readonly submission: Submission
  /** How the stream is written, which knows its place in it and so is made for each; none where it is wanted whole. */
  readonly stream: ((job: JobFacts) => Dialect) | undefined
  /** The body of a whole answer, as JSON. */
  readonly whole: (job: JobFacts, result: JobResult) => unknown
}

export type Refused =
  | BadRequest
  | Conflict
  | Forbidden
  | InternalError
  | ModelNotFound
  | NoCapacity
  | NotFound
  | RateLimited
  | TimedOut
  | Unavailable
  | UpstreamFailed

export class Exchange extends Context.Service<
  Exchange,
  {
    /**
     * Submits and answers. A client without an idempotency key has no way back into its answer, so that its hang-up
     * cancels the job, at whatever moment it comes; with a key the job goes on, and a repeat of the request gets the
     * same answer.
     */
    readonly answer: (asked: Asked) => Effect.Effect<HttpServerResponse.HttpServerResponse, Refused>
  }
>()("@infernet/control-plane/door/Exchange") {
  static readonly layer = Layer.effect(
    Exchange,
    Effect.suspend(() => make)
  )
}

const headersOf = ({ id }: JobFacts) => ({ "x-infernet-job": id })

const streamOf = (job: JobFacts, log: JobLog, dialect: Dialect, onGone?: () => void) =>
  HttpServerResponse.raw(
    eventStream(log, { dialect, after: 0, headers: headersOf(job), ...(onGone === undefined ? {} : { onGone }) })
  )

const jsonOf = (job: JobFacts, body: unknown) => HttpServerResponse.jsonUnsafe(body, { headers: headersOf(job) })

const make = Effect.gen(function* () {
  const jobs = yield* Jobs
  const fork = yield* FiberSet.makeRuntime<never>()

  /** Stops the job of a client that hung up; nobody waits for it to end. */
  const leave = (job: LiveJob): void => void fork(jobs.cancel(job))

  const live = Effect.fnUntraced(function* (job: LiveJob, { stream, submission, whole }: Asked) {
    if (stream === undefined) {
      const end = yield* wholeAnswer(job)
      return jsonOf(job, whole(job, resultOf(job.log, end)))
    }
    yield* firstWords(job)
    const mayReturn = submission.idempotencyKey !== undefined
    return streamOf(job, job.log, stream(job), mayReturn ? undefined : () => leave(job))
  })

  /** A repeat of what was answered before: piece by piece while its stream is kept, then as a whole. */
  const stored = Effect.fnUntraced(function* (job: StoredJob, { stream, submission, whole }: Asked) {
    if (stream === undefined) return jsonOf(job, whole(job, yield* resultAgain(job)))
    const kept = yield* jobs.log(submission.account, job.id)
    return streamOf(job, yield* streamAgain(job, kept), stream(job))
  })

  return Exchange.of({
    answer: (asked) =>
      Effect.uninterruptibleMask(
        Effect.fnUntraced(function* (restore) {
          const submitted = yield* jobs.submit(asked.submission)
          if (submitted._tag === "Stored") return yield* restore(stored(submitted.job, asked))
          const { job } = submitted
          const gone = Effect.sync(() => asked.submission.idempotencyKey === undefined && leave(job))
          return yield* Effect.onInterrupt(restore(live(job, asked)), () => gone)
        })
      ).pipe(Effect.withSpan("Exchange.answer"))
  })
})
