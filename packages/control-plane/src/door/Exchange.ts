/** A client's request and its answer, streamed or whole, of one job or of several, through whichever door it came. */
import type {
  BadRequest,
  Conflict,
  Forbidden,
  InsufficientFunds,
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
import { Context, type DateTime, Effect, FiberSet, Layer, Result } from "effect"
import { HttpServerResponse } from "effect/http"
import { type Dialect, eventStream, streamed } from "../http/eventStream.ts"
import { firstWords, wholeAnswer } from "../http/wait.ts"
import type { Entry, JobLog } from "../job/JobLog.ts"
import { Jobs, type Submitted } from "../job/Jobs.ts"
import type { StoredJob } from "../job/JobStore.ts"
import type { LiveJob, Submission } from "../job/LiveJob.ts"
import { resultOf } from "../job/result.ts"
import { Choices, type ChoicesDialect } from "./Choices.ts"
import { logAgain, resultAgain, streamAgain } from "./replay.ts"

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
  /** The body of a whole answer, as JSON. The log is what the result was put together from; vectors are only there. */
  readonly whole: (job: JobFacts, result: JobResult, log: Iterable<Entry>) => unknown
}

/** One request that several jobs answer, one choice each. There is at least one. */
export interface AskedAll {
  /** With a key, each has its own. */
  readonly submissions: ReadonlyArray<Submission>
  readonly stream: ((jobs: ReadonlyArray<JobFacts>) => ChoicesDialect) | undefined
  readonly whole: (jobs: ReadonlyArray<JobFacts>, results: ReadonlyArray<JobResult>) => unknown
}

export type Refused =
  | BadRequest
  | Conflict
  | Forbidden
  | InsufficientFunds
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
    /** The same for several jobs side by side: where one of them cannot be, or fails, the others are let go. */
    readonly answerAll: (asked: AskedAll) => Effect.Effect<HttpServerResponse.HttpServerResponse, Refused>
  }
>()("@infernet/control-plane/door/Exchange") {
  static readonly layer = Layer.effect(
    Exchange,
    Effect.suspend(() => make)
  )
}

const headersOf = (...jobs: ReadonlyArray<JobFacts>) => ({ "x-infernet-job": jobs.map(({ id }) => id).join(", ") })

const streamOf = (job: JobFacts, log: JobLog, dialect: Dialect, onGone?: () => void) =>
  HttpServerResponse.raw(
    eventStream(log, { dialect, after: 0, headers: headersOf(job), ...(onGone === undefined ? {} : { onGone }) })
  )

const jsonOf = (job: JobFacts, body: unknown) => HttpServerResponse.jsonUnsafe(body, { headers: headersOf(job) })

/** Until one of them has something to say; a failure of one is the answer's while none has said anything. */
const firstWordsOf = (all: ReadonlyArray<Submitted>) =>
  Effect.raceAllFirst(all.map((one) => (one._tag === "Live" ? firstWords(one.job) : Effect.void)))

const make = Effect.gen(function* () {
  const jobs = yield* Jobs
  const fork = yield* FiberSet.makeRuntime<never>()

  /** Stops the job of a client that hung up; nobody waits for it to end. */
  const leave = (job: LiveJob): void => void fork(jobs.cancel(job))

  const live = Effect.fnUntraced(function* (job: LiveJob, { stream, submission, whole }: Asked) {
    if (stream === undefined) {
      const end = yield* wholeAnswer(job)
      return jsonOf(job, whole(job, resultOf(job.log, end), job.log))
    }
    yield* firstWords(job)
    const mayReturn = submission.idempotencyKey !== undefined
    return streamOf(job, job.log, stream(job), mayReturn ? undefined : () => leave(job))
  })

  /** A repeat of what was answered before: piece by piece while its stream is kept, then as a whole. */
  const stored = Effect.fnUntraced(function* (job: StoredJob, { stream, submission, whole }: Asked) {
    const kept = jobs.log(submission.account, job.id)
    if (stream !== undefined) return streamOf(job, yield* streamAgain(job, yield* kept), stream(job))
    const result = yield* resultAgain(job)
    return jsonOf(job, whole(job, result, yield* logAgain(job, result, kept)))
  })

  const resultOfOne = Effect.fnUntraced(function* (submitted: Submitted) {
    if (submitted._tag === "Stored") return yield* resultAgain(submitted.job)
    const { job } = submitted
    return resultOf(job.log, yield* wholeAnswer(job))
  })

  const logOfOne = Effect.fnUntraced(function* (submitted: Submitted) {
    const { job } = submitted
    if (submitted._tag === "Live") return submitted.job.log
    return yield* streamAgain(submitted.job, yield* jobs.log(submitted.job.accountId, job.id))
  })

  const together = Effect.fnUntraced(function* (
    all: ReadonlyArray<Submitted>,
    { stream, whole }: AskedAll,
    leaveAll: () => void
  ) {
    const facts = all.map(({ job }) => job)
    const headers = headersOf(...facts)
    if (stream === undefined) {
      const results = yield* Effect.forEach(all, resultOfOne, { concurrency: "unbounded" })
      return HttpServerResponse.jsonUnsafe(whole(facts, results), { headers })
    }
    yield* firstWordsOf(all)
    const logs = yield* Effect.forEach(all, logOfOne, { concurrency: "unbounded" })
    const source = new Choices(logs, stream(facts), leaveAll)
    return HttpServerResponse.raw(streamed(source, { headers, onGone: leaveAll }))
  })

  const submit = (submission: Submission) => Effect.result(jobs.submit(submission))

  /** The first one's key is the client's own: where that is refused, the others must not be tried. */
  const submitAll = Effect.fnUntraced(function* (submissions: ReadonlyArray<Submission>) {
    const first = yield* Effect.forEach(submissions.slice(0, 1), submit)
    if (first.some(Result.isFailure)) return first
    const others = yield* Effect.forEach(submissions.slice(1), submit, { concurrency: "unbounded" })
    return [...first, ...others]
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
      ).pipe(Effect.withSpan("Exchange.answer")),
    answerAll: (asked) =>
      Effect.uninterruptibleMask(
        Effect.fnUntraced(function* (restore) {
          const { submissions } = asked
          const submitted = yield* submitAll(submissions)
          const all = submitted.flatMap((one) => (Result.isSuccess(one) ? [one.success] : []))
          const mayReturn = submissions.some(({ idempotencyKey }) => idempotencyKey !== undefined)
          const leaveAll = () => {
            for (const one of all) if (one._tag === "Live" && !mayReturn) leave(one.job)
          }
          const refusal = submitted.find(Result.isFailure)
          if (refusal !== undefined) {
            leaveAll()
            return yield* Effect.fail(refusal.failure)
          }
          return yield* Effect.onError(restore(together(all, asked, leaveAll)), () => Effect.sync(leaveAll))
        })
      ).pipe(Effect.withSpan("Exchange.answerAll"))
  })
})
