/** The way of a submission to a running job: limits, choice, price, row. */
import {
  type BadRequest,
  Conflict,
  type Forbidden,
  type InsufficientFunds,
  type ModelNotFound,
  type NoCapacity,
  type RateLimited,
  type Unavailable
} from "@infernet/contract/ApiError"
import { makeAttemptId, makeJobId } from "@infernet/contract/Id"
import { Router } from "@infernet/routing/Router"
import { DateTime, Deferred, Effect, FiberSet, Option } from "effect"
import { unavailable } from "../database/away.ts"
import { isFor, notFor } from "../limits/allowedModels.ts"
import { Limits } from "../limits/Limits.ts"
import { Quotes } from "../price/Quotes.ts"
import { notStored } from "./decide.ts"
import { endOf } from "./ending.ts"
import { JobStore, type NewJob, StoreUnavailable, type StoredJob } from "./JobStore.ts"
import { LiveJob, type Submission } from "./LiveJob.ts"
import type { LiveJobs } from "./LiveJobs.ts"
import { type make as starting, whoOf } from "./starting.ts"
import { full, newJob, refuse, spentToday, unfunded } from "./submission.ts"
import { mostTokens } from "./tokens.ts"
import { wantOf } from "./want.ts"

/** A submission's job: running or remembered here, or, for a repeat of an old one, only stored. */
export type Submitted =
  | { readonly _tag: "Live"; readonly job: LiveJob }
  | { readonly _tag: "Stored"; readonly job: StoredJob }

/** Why a submission makes no job. */
export type Refused =
  | BadRequest
  | Forbidden
  | InsufficientFunds
  | ModelNotFound
  | NoCapacity
  | Conflict
  | RateLimited
  | Unavailable

/** Jobs that run or wait here at once; past it clients are asked to come back. */
const runningLimit = 5_000

const inUse = new Conflict({ error_message: "this Idempotency-Key is in use: try again" })

const saved = (job: LiveJob) => {
  job.log.showToReaders()
  return Deferred.succeed(job.stored, undefined)
}

/** Gives the function that submits. */
export const make = Effect.fnUntraced(function* (
  live: LiveJobs,
  { start, takeUp }: Effect.Success<ReturnType<typeof starting>>
) {
  const limits = yield* Limits
  const quotes = yield* Quotes
  const router = yield* Router
  const store = yield* JobStore
  const fork = yield* FiberSet.makeRuntime<never>()

  /** Writes the row of a job that runs already. */
  const saveMeanwhile = (job: LiveJob, row: NewJob) =>
    store.submit(row).pipe(
      // Without a key and a charge nothing but another job's id could be in its way.
      Effect.filterOrFail(
        ({ _tag }) => _tag === "Stored",
        () => new StoreUnavailable({ cause: "its id is another job's" })
      ),
      Effect.matchEffect({
        onSuccess: () => saved(job),
        // The client must not see what a restart would deny, and need not wait for the attempt to stop.
        onFailure: (error) =>
          Deferred.fail(job.stored, error).pipe(
            Effect.andThen(Deferred.succeed(job.stop, "cancelled")),
            Effect.andThen(Effect.sync(() => job.log.finish(endOf(notStored))))
          )
      })
    )

  const repeated = Effect.fnUntraced(function* (submission: Submission, key: string) {
    const found = yield* Effect.mapError(store.findByKey(submission.account, key), unavailable)
    if (Option.isNone(found)) return undefined
    if (found.value.requestHash !== submission.requestHash) {
      return yield* new Conflict({ error_message: "this Idempotency-Key was used before with another request" })
    }
    const { id, status } = found.value
    const isOpen = status === "pending" || status === "processing"
    const job = live.get(id) ?? (isOpen ? yield* takeUp(id) : undefined)
    const submitted: Submitted = job === undefined ? { _tag: "Stored", job: found.value } : { _tag: "Live", job }
    return submitted
  })

  return Effect.fn("Jobs.submit")(function* (submission: Submission): Effect.fn.Return<Submitted, Refused> {
    const { apiKey, idempotencyKey: key } = submission
    const { model } = submission.request
    if (apiKey !== undefined && !isFor(apiKey, model, router)) return yield* notFor(apiKey, model)
    const before = key === undefined ? undefined : yield* repeated(submission, key)
    if (before !== undefined) return before

    if (live.running() >= runningLimit) return yield* full
    const now = yield* DateTime.now
    const [id, attemptId] = [yield* makeJobId, yield* makeAttemptId]
    const answer = router.choose(wantOf(submission, quotes.terms(submission)))
    if ("_tag" in answer && answer._tag !== "Busy") return yield* refuse(model, answer)
    // Where every node is full the job waits for a place.
    const chosen =
      "_tag" in answer
        ? undefined
        : {
            booking: answer,
            adopted: false as const,
            attempt: { id: attemptId, job: id, fence: 1, node: answer.node, startedAt: now }
          }
    // Together with the choice: what waits in between could find both taken.
    const charge = limits.job(whoOf(submission), mostTokens(submission))
    if ("_tag" in charge) {
      chosen?.booking.release()
      return yield* charge
    }
    const job = new LiveJob(id, submission, router.advertised(model), now, quotes.quote(submission))
    const row = newJob(job, submission, chosen?.attempt ?? null, limits.perDay(whoOf(submission)))
    const submitted: Submitted = { _tag: "Live", job }
    // Before its row: whoever repeats the request finds the job as soon as the row.
    live.add(job)

    if (key === undefined && job.quote === null) {
      start(job, submission, { chosen, fence: chosen?.attempt.fence ?? 0 }, charge)
      fork(saveMeanwhile(job, row))
      return submitted
    }
    // With a key another request may have been first, and a charge may not be covered: the row comes before the dispatch.
    const result = yield* Effect.onExit(Effect.mapError(store.submit(row), unavailable), (exit) =>
      Effect.sync(() => {
        if (exit._tag === "Success" && exit.value._tag === "Stored") return
        chosen?.booking.release()
        charge.end(0)
        live.drop(job)
      })
    )
    if (result._tag !== "Stored") {
      // Another request with the key may also have taken the money.
      const other = key === undefined ? undefined : yield* repeated(submission, key)
      if (other !== undefined) return other
      if (result._tag === "Spent") return yield* spentToday(result, job)
      return yield* result._tag === "Unfunded" ? unfunded(submission, result) : inUse
    }
    job.source = result.source
    yield* saved(job)
    start(job, submission, { chosen, fence: chosen?.attempt.fence ?? 0 }, charge)
    return submitted
  }, Effect.uninterruptible)
})
