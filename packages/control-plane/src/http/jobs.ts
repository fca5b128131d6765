/** Handlers of the job API. */
import { Api } from "@infernet/contract/api/Api"
import { Caller } from "@infernet/contract/api/Authorization"
import { BadRequest, NotFound } from "@infernet/contract/ApiError"
import type { AccountId, JobId } from "@infernet/contract/Id"
import { SubmitJob } from "@infernet/contract/Job"
import { DateTime, Deferred, Effect, FiberSet, Option } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import type { JobLog } from "../job/JobLog.ts"
import { BillStore } from "../bill/BillStore.ts"
import { unavailable } from "../database/away.ts"
import { fingerprint } from "../door/fingerprint.ts"
import { streamAgain } from "../door/replay.ts"
import { Jobs } from "../job/Jobs.ts"
import { JobStore, type StoredJob } from "../job/JobStore.ts"
import type { LiveJob, Submission } from "../job/LiveJob.ts"
import { jobView } from "../job/view.ts"
import { readJson } from "./body.ts"
import { eventStream } from "./eventStream.ts"
import { nativeDialect } from "./nativeDialect.ts"
import { firstWords } from "./wait.ts"

/** The documented defaults of this door. */
export const requestOf = (body: SubmitJob): Submission["request"] => {
  const {
    max_price_micros_per_1k: _price,
    metadata: _metadata,
    node_id: _node,
    stream: _stream,
    timeout_s: _timeout,
    ...chat
  } = body
  return { temperature: 0.7, top_p: 1, ...chat, max_tokens: body.max_tokens ?? 512 }
}

/** A sequence number from `Last-Event-ID` or `?after=`; the header wins, as it is the newer of the two. */
const afterOf = (header: string | undefined, query: string | undefined) => {
  const field = header === undefined ? "after" : "last-event-id"
  const text = header ?? query ?? "0"
  return /^\d{1,9}$/.test(text)
    ? Effect.succeed(Number(text))
    : Effect.fail(
        new BadRequest({ field, error_message: `${field}: expected a sequence number, got ${text.slice(0, 40)}` })
      )
}

const forgotten = new NotFound({
  error_message: "the job's stream is kept for 10 minutes after its end: read the result with GET /api/v1/jobs/:id"
})

const streamOf = (id: JobId, log: JobLog, after: number, onGone?: () => void) =>
  HttpServerResponse.raw(
    eventStream(log, {
      dialect: nativeDialect,
      after,
      headers: { "x-infernet-job": id },
      ...(onGone === undefined ? {} : { onGone })
    })
  )

export const layer = HttpApiBuilder.group(
  Api,
  "jobs",
  Effect.fn(function* (handlers) {
    const jobs = yield* Jobs
    const store = yield* JobStore
    const bills = yield* BillStore
    const fork = yield* FiberSet.makeRuntime<never>()

    const views = Effect.fnUntraced(function* (found: ReadonlyArray<StoredJob>) {
      const own = Map.groupBy(yield* bills.ofJobs(found.map(({ id }) => id)), ({ job }) => job)
      return found.map((job) => jobView(job, own.get(job.id) ?? []))
    })
    const view = (job: StoredJob) => Effect.map(bills.ofJobs([job.id]), (own) => jobView(job, own))

    /** Stops the job of a client that hung up; nobody waits for it to end. */
    const leave = (job: LiveJob): void => void fork(jobs.cancel(job))

    const stream = (job: LiveJob, after: number, cancelWhenGone: boolean) =>
      streamOf(job.id, job.log, after, cancelWhenGone ? () => leave(job) : undefined)

    /** The stream of a job that ended before this process began. */
    const recall = Effect.fnUntraced(function* (account: AccountId, id: JobId, after: number) {
      const log = yield* jobs.log(account, id)
      return Option.isNone(log) ? yield* forgotten : streamOf(id, log.value, after)
    })

    /** The answer to a submission that came before, for as long as its key is known. */
    const again = Effect.fnUntraced(function* (job: StoredJob) {
      return streamOf(job.id, yield* streamAgain(job, yield* jobs.log(job.accountId, job.id)), 0)
    })

    /** Streams a submission's job; a hang-up is goodbye, unless who submitted it has a key to come back with. */
    const submitAndStream = (submission: Submission) =>
      Effect.uninterruptibleMask(
        Effect.fnUntraced(function* (restore) {
          const submitted = yield* jobs.submit(submission)
          if (submitted._tag === "Stored") return yield* restore(again(submitted.job))
          const { job } = submitted
          const mayReturn = submission.idempotencyKey !== undefined
          yield* Effect.onInterrupt(restore(firstWords(job)), () => Effect.sync(() => mayReturn || leave(job)))
          return stream(job, 0, !mayReturn)
        })
      )

    const submit = Effect.fnUntraced(function* (submission: Submission) {
      const submitted = yield* jobs.submit(submission)
      const { createdAt, id, model } = submitted.job
      if (submitted._tag === "Live") yield* Effect.mapError(Deferred.await(submitted.job.stored), unavailable)
      const status = submitted._tag === "Live" ? "pending" : submitted.job.status
      return HttpServerResponse.jsonUnsafe(
        { id, status, model, created_at: DateTime.formatIso(createdAt) },
        { status: 202, headers: { "x-infernet-job": id } }
      )
    })

    return handlers
      .handleRaw("submit", ({ headers, request }) =>
        Effect.gen(function* () {
          const { account, key: apiKey } = yield* Caller
          const body = yield* readJson(request, SubmitJob, "error")
          const key = headers["idempotency-key"]
          const { stream, ...same } = body
          const submission: Submission = {
            account,
            apiKey,
            idempotencyKey: key,
            requestHash: fingerprint("jobs", key, same),
            request: requestOf(body),
            pin: body.node_id,
            timeoutSeconds: body.timeout_s,
            maxPrice: body.max_price_micros_per_1k,
            metadata: body.metadata
          }
          return yield* stream === true ? submitAndStream(submission) : submit(submission)
        })
      )
      .handle("list", ({ query }) =>
        Effect.gen(function* () {
          const { account } = yield* Caller
          const limit = query.limit ?? 20
          const found = yield* Effect.mapError(
            store.list({ account, limit, status: query.status, since: query.since, before: query.cursor }),
            unavailable
          )
          return {
            jobs: yield* views(found),
            next_cursor: found.length < limit ? null : (found.at(-1)?.id ?? null)
          }
        })
      )
      .handle("get", ({ params }) =>
        Effect.gen(function* () {
          const { account } = yield* Caller
          return yield* view(yield* jobs.find(account, params.id))
        })
      )
      .handleRaw("stream", ({ headers, params, query }) =>
        Effect.gen(function* () {
          const { account } = yield* Caller
          const after = yield* afterOf(headers["last-event-id"], query.after)
          const job = jobs.live(account, params.id)
          if (job === undefined) return yield* recall(account, params.id, after)
          yield* firstWords(job)
          // The job was submitted by itself and goes on without this reader, who may come back.
          return stream(job, after, false)
        })
      )
      .handle("cancel", ({ params }) =>
        Effect.gen(function* () {
          const { account } = yield* Caller
          const job = jobs.live(account, params.id)
          if (job !== undefined) yield* jobs.cancel(job)
          return yield* view(yield* jobs.find(account, params.id))
        })
      )
  })
)
