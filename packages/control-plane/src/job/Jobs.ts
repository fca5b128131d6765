/** Jobs: taken, run, watched, cancelled. */
import { NotFound, type Unavailable } from "@infernet/contract/ApiError"
import type { AccountId, JobId } from "@infernet/contract/Id"
import { Context, Deferred, Effect, Layer, Option } from "effect"
import { unavailable } from "../database/away.ts"
import { Settings } from "../Settings.ts"
import * as housekeeping from "./housekeeping.ts"
import { JobLog } from "./JobLog.ts"
import { JobStore, type StoredJob } from "./JobStore.ts"
import type { LiveJob, Submission } from "./LiveJob.ts"
import * as LiveJobs from "./LiveJobs.ts"
import { make as starting, mayBeAnew } from "./starting.ts"
import { storedEnd } from "./submission.ts"
import { make as submitting, type Refused, type Submitted } from "./submit.ts"

export type { Submitted } from "./submit.ts"

export class Jobs extends Context.Service<
  Jobs,
  {
    /**
     * Chooses a node and sends the job there. With a key or a charge it is stored before that; else it may not be when this
     * returns: see `LiveJob.stored`.
     */
    readonly submit: (submission: Submission) => Effect.Effect<Submitted, Refused>
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

const make = Effect.gen(function* () {
  const store = yield* JobStore
  const settings = yield* Settings
  const live = yield* LiveJobs.make(settings.logKeptFor)
  const submit = yield* submitting(live, yield* starting(live))
  yield* housekeeping.make(live.has)

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
