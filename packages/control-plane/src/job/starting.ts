/** Jobs begin to run here: new ones, and those that an earlier process left open. */
import type { JobId } from "@infernet/contract/Id"
import { Router } from "@infernet/routing/Router"
import { Deferred, Effect, FiberSet } from "effect"
import { unavailable } from "../database/away.ts"
import { type Charge, Limits, type Who } from "../limits/Limits.ts"
import { JobStore, type OpenJob } from "./JobStore.ts"
import { LiveJob, type Submission } from "./LiveJob.ts"
import type { LiveJobs } from "./LiveJobs.ts"
import * as runJob from "./runJob.ts"
import { submissionOf } from "./submission.ts"
import { tokensUsed } from "./tokens.ts"

export const whoOf = ({ account, apiKey }: Submission): Who => ({ account, key: apiKey?.id })

/**
 * Whether readers may have seen a part of another answer than the one given now: by the last attempt, or, where that
 * has ended, by one to come. Most second attempts begin before anybody saw anything, but one that an earlier process
 * began after a restart does not, and the rows do not tell them apart: a reader must rather be told to begin again than
 * be given halves of two answers.
 */
export const mayBeAnew = (attempts: number, isLastGiven: boolean) => attempts > (isLastGiven ? 1 : 0)

/** Takes up at once all that an earlier process left open. */
export const make = Effect.fnUntraced(function* (live: LiveJobs) {
  const limits = yield* Limits
  const router = yield* Router
  const store = yield* JobStore
  const run = yield* runJob.make
  const fork = yield* FiberSet.makeRuntime<never>()

  /** Runs a job to its end; `charge` is what it took of its owner's limits. */
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
    const job = new LiveJob(open.id, submission, open.model, open.createdAt, open.quote)
    job.source = open.source
    job.billed = { ...job.billed, micros: open.costMicros }
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

  /** Runs a stray of ours: stored, though nobody was told so. */
  const takeUp = Effect.fnUntraced(function* (id: JobId) {
    const row = (yield* Effect.mapError(store.open, unavailable)).find((open) => open.id === id)
    // Its first attempt never went out.
    if (row !== undefined && live.get(id) === undefined) yield* resume({ ...row, attempt: null })
    return live.get(id)
  })

  return { start, takeUp }
})
