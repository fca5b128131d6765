/**
 * Writes an attempt's beginning and end, whatever the database does meanwhile.
 *
 * An answer of the database can be lost after it did what it was told. So a write that comes second looks whether it
 * was its own earlier try that came first.
 */
import { DateTime, Deferred, Effect, FiberSet, Option, Result, Schedule } from "effect"
import { Channels } from "../bill/Channels.ts"
import { Offers } from "../bill/Offers.ts"
import { endedElsewhere, type Final, notStored } from "./decide.ts"
import { type Ending, JobStore, type NewAttempt } from "./JobStore.ts"
import type { LiveJob } from "./LiveJob.ts"

/** While the database is away, an outcome is offered to it again for half a minute before the client is told. */
const patience = Schedule.min([Schedule.exponential("50 millis"), Schedule.spaced("1 second")]).pipe(
  Schedule.upTo({ duration: "30 seconds" })
)
/** Afterwards it is offered for as long as clients are told that they can read the job again. */
const persistence = Schedule.spaced("5 seconds").pipe(Schedule.upTo({ duration: "10 minutes" }))

const isOwn = (ending: Ending) => (stored: { readonly status: string; readonly completedAt: DateTime.Utc | null }) =>
  stored.status === ending.final?.status &&
  stored.completedAt !== null &&
  DateTime.toEpochMillis(stored.completedAt) === DateTime.toEpochMillis(ending.at)

export const make = Effect.gen(function* () {
  const channels = yield* Channels
  const offers = yield* Offers
  const store = yield* JobStore
  const fork = yield* FiberSet.makeRuntime<never>()

  const end = Effect.fnUntraced(function* (ending: Ending) {
    const { bill } = ending
    if (bill !== null) yield* channels.stored(bill.channel)
    const written = (yield* store.end(ending)) || Option.exists(yield* store.find(ending.job), isOwn(ending))
    if (written && bill !== null) offers.made(bill.id)
    return written
  })

  const start = (attempt: NewAttempt) =>
    Effect.flatMap(store.startAttempt(attempt), (written) =>
      written
        ? Effect.succeed(true)
        : Effect.map(
            store.find(attempt.job),
            Option.exists(({ attempts }) => attempts.some(({ id }) => id === attempt.id))
          )
    )

  /** Makes this the job's current attempt; false when it cannot be. */
  const begin = (attempt: NewAttempt) => Effect.orElseSucceed(Effect.retry(start(attempt), patience), () => false)

  /** Goes on in the background: the client was told already. */
  const saveLater = (job: LiveJob, ending: Ending, saved: () => void) => {
    const { error, message } = notStored
    const final = ending.final ?? { status: "failed" as const, error, message, log: job.logToStore }
    fork(
      Effect.retry(end({ ...ending, final }), persistence).pipe(
        Effect.andThen(Effect.logInfo("an outcome was stored late", { job: job.id })),
        Effect.ignoreCause({ log: "Error", message: "an outcome was never stored" }),
        Effect.ensuring(Effect.sync(saved))
      )
    )
  }

  /**
   * Stores an ending; answers what the client is to be told in its place if that could not be done.
   *
   * `saved` is called once the ending is stored, or nobody tries any more.
   */
  const save = Effect.fnUntraced(function* (job: LiveJob, ending: Ending, saved: () => void) {
    // The submission's own write may still be under way: nothing can end before it has begun.
    const submitted = yield* Effect.isSuccess(Deferred.await(job.stored))
    // A submission that failed was most likely never written: then there is nothing to end.
    const written = yield* Effect.result(submitted ? Effect.retry(end(ending), patience) : end(ending))
    if (Result.isSuccess(written) || !submitted) {
      saved()
      return Result.isFailure(written) ? notStored : written.success ? undefined : endedElsewhere
    }
    yield* Effect.logError("an outcome could not be stored yet", { job: job.id, error: written.failure })
    saveLater(job, ending, saved)
    const instead: Final = notStored
    return instead
  })

  return { begin, save }
})
