/** Jobs: taken, run, watched, cancelled. */
import {
  type BadRequest,
  Conflict,
  type Forbidden,
  type ModelNotFound,
  type NoCapacity,
  NotFound,
  type RateLimited,
  type Unavailable
} from "@infernet/contract/ApiError"
import type { AccountId, JobId } from "@infernet/contract/Id"
import { makeAttemptId, makeJobId } from "@infernet/contract/Id"
import { Router } from "@infernet/routing/Router"
import { Context, DateTime, Deferred, Duration, Effect, FiberSet, Layer, Option, Schedule } from "effect"
import { unavailable } from "../database/away.ts"
import { isFor, notFor } from "../limits/allowedModels.ts"
import { type Charge, Limits } from "../limits/Limits.ts"
import { Settings } from "../Settings.ts"
import { notStored } from "./decide.ts"
import { JobLog } from "./JobLog.ts"
import { endOf } from "./ending.ts"
import { JobStore, type NewJob, type OpenJob, type StoredJob } from "./JobStore.ts"
import { LiveJob, type Submission } from "./LiveJob.ts"
import * as LiveJobs from "./LiveJobs.ts"
import * as runJob from "./runJob.ts"
import { mostTokens, tokensUsed } from "./tokens.ts"
import { wantOf } from "./want.ts"
import { endings } from "./strays.ts"
import { full, newJob, refuse, storedEnd, submissionOf } from "./submission.ts"

/** A submission's job: running or remembered here, or, for a repeat of an old one, only stored. */
export type Submitted =
  | { readonly _tag: "Live"; readonly job: LiveJob }
  | { readonly _tag: "Stored"; readonly job: StoredJob }

export class Jobs extends Context.Service<
  Jobs,
  {
    /** Chooses a node and sends the job there. Not stored yet when this returns: see `LiveJob.stored`. */
    readonly submit: (
      submission: Submission
    ) => Effect.Effect<
      Submitted,
      BadRequest | Forbidden | ModelNotFound | NoCapacity | Conflict | RateLimited | Unavailable
    >
    /** The account's own job, with its log; none when it is somebody else's or its log was forgotten. */
    readonly live: (account: AccountId, id: JobId) => LiveJob | undefined
    /** What the account's own job said: kept here, or, after a restart, in the store; none once it was forgotten. */
    readonly log: (account: AccountId, id: JobId) => Effect.Effect<Option.Option<JobLog>, NotFound | Unavailable>
    readonly find: (account: AccountId, id: JobId) => Effect.Effect<StoredJob, NotFound | Unavailable>
    /** Stops the job and waits until it has ended: about a second. An ended job stays as it is. */
    readonly cancel: (job: LiveJob) => Effect.Effect<void>
    /** Jobs that have not ended, those that wait for a place included. */
    readonly running: () => number
  }
>()("@infernet/control-plane/job/Jobs") {
  static readonly layer = Layer.effect(
    Jobs,
    Effect.suspend(() => make)
  )
}

/** How long a repeat of a submission with the same key is the same job. */
const keyKeptFor = Duration.hours(24)

/** Jobs that run or wait here at once; past it clients are asked to come back. */
const runningLimit = 5_000

/**
 * Whether readers may have seen a part of another answer than the one given now: by the last attempt, or, where that
 * has ended, by one to come. Most second attempts begin before anybody saw anything, but one that an earlier process
 * began after a restart does not, and the rows do not tell them apart: a reader must rather be told to begin again than
 * be given halves of two answers.
 */
const mayBeAnew = (attempts: number, isLastGiven: boolean) => attempts > (isLastGiven ? 1 : 0)

const whoOf = ({ account, apiKey }: Submission) => ({ account, key: apiKey?.id })

const make = Effect.gen(function* () {
  const limits = yield* Limits
  const router = yield* Router
  const store = yield* JobStore
  const settings = yield* Settings
  const live = yield* LiveJobs.make(settings.logKeptFor)
  const run = yield* runJob.make
  const fork = yield* FiberSet.makeRuntime<never>()

  const start = (job: LiveJob, submission: Submission, from: runJob.Start, charge: Charge) =>
    fork(
      run(job, submission, from).pipe(
        Effect.ensuring(
          Effect.sync(() => {
            // Only where the run was interrupted or died: no reader may wait for an end that never comes.
            job.log.finish({ _tag: "Failed", error: "internal_error", message: "the control plane is stopping" })
            // What nobody may ask for again needs no memory: whoever waits for it has it in hand.
            if (job.logToStore === null) live.drop(job)
            else live.ended(job)
            charge.end(tokensUsed(job.log, submission))
          })
        ),
        Effect.ignoreCause({ log: "Error", message: "running a job died" })
      )
    )

  /** Goes on with what an earlier process left open: its node may still be at work on it, and will say so. */
  const resume = Effect.fnUntraced(function* (open: OpenJob) {
    const { attempt, fence } = open
    const submission = submissionOf(open)
    const job = new LiveJob(open.id, submission, open.model, open.createdAt)
    job.log.showToReaders()
    if (mayBeAnew(fence, attempt !== null)) job.log.beginAnew()
    live.add(job)
    yield* Deferred.succeed(job.stored, undefined)
    const chosen =
      attempt === null ? undefined : { attempt, booking: router.adopt(attempt.node), adopted: true as const }
    start(job, submission, { chosen, fence }, limits.adopt(whoOf(submission)))
  })

  const open = yield* Effect.orDie(store.open)
  yield* Effect.forEach(open, resume, { discard: true })
  if (open.length > 0) yield* Effect.logInfo("going on with jobs of an earlier process", { jobs: open.length })

  const saveSubmission = (job: LiveJob, row: NewJob) =>
    store.submit(row).pipe(
      Effect.matchEffect({
        onSuccess: () => {
          job.log.showToReaders()
          return Deferred.succeed(job.stored, undefined)
        },
        // The client must not see what a restart would deny, and need not wait for the attempt to stop.
        onFailure: (error) =>
          Deferred.fail(job.stored, error).pipe(
            Effect.andThen(Deferred.succeed(job.stop, "cancelled")),
            Effect.andThen(Effect.sync(() => job.log.finish(endOf(notStored))))
          )
      })
    )

  /** Runs a stray of ours. */
  const takeUp = Effect.fnUntraced(function* (id: JobId) {
    const row = (yield* Effect.mapError(store.open, unavailable)).find((open) => open.id === id)
    // Its first attempt never went out.
    if (row !== undefined && live.get(id) === undefined) yield* resume({ ...row, attempt: null })
    return live.get(id)
  })

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

  const submit = Effect.fn("Jobs.submit")(function* (submission: Submission) {
    const { apiKey, idempotencyKey: key } = submission
    const { model } = submission.request
    if (apiKey !== undefined && !isFor(apiKey, model, router)) return yield* notFor(apiKey, model)
    const before = key === undefined ? undefined : yield* repeated(submission, key)
    if (before !== undefined) return before

    if (live.running() >= runningLimit) return yield* full
    const now = yield* DateTime.now
    const job = new LiveJob(yield* makeJobId, submission, router.advertised(submission.request.model), now)
    const attemptId = yield* makeAttemptId
    const answer = router.choose(wantOf(submission))
    if ("_tag" in answer && answer._tag !== "Busy") return yield* refuse(submission.request.model, answer)
    // Where every node is full the job waits for a place.
    const chosen =
      "_tag" in answer
        ? undefined
        : {
            booking: answer,
            adopted: false as const,
            attempt: { id: attemptId, job: job.id, fence: 1, node: answer.node, startedAt: now }
          }
    // Together with the choice: what waits in between could find both taken.
    const charge = limits.job(whoOf(submission), mostTokens(submission))
    if ("_tag" in charge) {
      chosen?.booking.release()
      return yield* charge
    }
    const row = newJob(job, submission, chosen?.attempt ?? null)
    const submitted: Submitted = { _tag: "Live", job }
    // Before its row: whoever repeats the request finds the job as soon as the row.
    live.add(job)

    if (key === undefined) {
      start(job, submission, { chosen, fence: chosen?.attempt.fence ?? 0 }, charge)
      fork(saveSubmission(job, row))
      return submitted
    }
    // With a key another request may have been first, so the row comes before the dispatch.
    const first = yield* Effect.onExit(Effect.mapError(store.submit(row), unavailable), (exit) =>
      Effect.sync(() => {
        if (exit._tag === "Success" && exit.value) return
        chosen?.booking.release()
        charge.end(0)
        live.drop(job)
      })
    )
    if (!first) {
      const other = yield* repeated(submission, key)
      if (other !== undefined) return other
      return yield* new Conflict({ error_message: "this Idempotency-Key is in use: try again" })
    }
    job.log.showToReaders()
    yield* Deferred.succeed(job.stored, undefined)
    start(job, submission, { chosen, fence: chosen?.attempt.fence ?? 0 }, charge)
    return submitted
  }, Effect.uninterruptible)

  const forget = Effect.gen(function* () {
    const now = yield* DateTime.now
    const ended = DateTime.subtractDuration(now, settings.logKeptFor)
    yield* store.forget({ ended, submitted: DateTime.subtractDuration(now, keyKeptFor) })
    yield* Effect.forEach(endings(yield* store.open, live.has, now, settings.firstContentWithin), store.end)
  })
  yield* forget.pipe(
    Effect.ignoreCause({ log: "Warn", message: "old streams and keys could not be forgotten" }),
    Effect.repeat(Schedule.spaced("1 minute")),
    Effect.forkScoped
  )

  const own = (account: AccountId, id: JobId) => {
    const job = live.get(id)
    return job?.account === account ? job : undefined
  }

  const find = Effect.fn("Jobs.find")(function* (account: AccountId, id: JobId) {
    const job = own(account, id)
    // Just submitted: its row may be a moment away.
    if (job !== undefined) yield* Effect.mapError(Deferred.await(job.stored), unavailable)
    const found = yield* Effect.mapError(store.find(id), unavailable)
    if (Option.isSome(found) && found.value.accountId === account) return found.value
    return yield* new NotFound({ error_message: `you have no job with the id ${id}` })
  })

  const log = Effect.fn("Jobs.log")(function* (account: AccountId, id: JobId) {
    const job = own(account, id)
    if (job !== undefined) return Option.some(job.log)
    const stored = yield* find(account, id)
    const end = storedEnd(stored)
    const entries = yield* Effect.mapError(store.log(id), unavailable)
    if (end === undefined || Option.isNone(entries)) return Option.none()
    const log = JobLog.ended(entries.value, end)
    if (mayBeAnew(stored.attempts.length, true)) log.beginAnew()
    return Option.some(log)
  })

  return Jobs.of({
    submit,
    live: own,
    running: live.running,
    log,
    find,
    cancel: Effect.fn("Jobs.cancel")(function* (job: LiveJob) {
      yield* Deferred.succeed(job.stop, "cancelled")
      while (job.log.end === undefined) yield* Effect.promise(() => job.log.changed())
    })
  })
})
