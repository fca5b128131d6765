/**
 * One job from its first dispatch to its end, as one fiber.
 *
 *   dispatch ─▶ outcome ─▶ decide ─┬─ Complete, Fail ─▶ stored ─▶ last event ─▶ ack
 *      ▲                           └─ Retry ─▶ another node ─┐
 *      └─────────────────────────────────────────────────────┘
 */
import { makeAttemptId, type NodeId } from "@infernet/contract/Id"
import { expectedTokens } from "@infernet/routing/cost"
import { type Booking, Router, type Want } from "@infernet/routing/Router"
import { Clock, DateTime, Deferred, Effect, Option, Result, Schedule } from "effect"
import { Relay } from "../relay/Relay.ts"
import type { Outcome, RelayAttempt } from "../relay/RelayAttempt.ts"
import { Settings } from "../Settings.ts"
import {
  type Decision,
  decide,
  endedElsewhere,
  type Final,
  noNodeCame,
  notStored,
  type Stop,
  stopped
} from "./decide.ts"
import { endingOf, endingWithoutAttempt, endOf } from "./ending.ts"
import { type Ending, JobStore, type NewAttempt } from "./JobStore.ts"
import type { LiveJob } from "./LiveJob.ts"
import { reportAttempt, reportJob } from "./report.ts"

/** A dispatch that is chosen but not sent. */
export interface Chosen {
  readonly attempt: NewAttempt
  readonly booking: Booking
}

/** While the database is away, an outcome is offered to it again for half a minute before the client is told. */
const patience = Schedule.min([Schedule.exponential("50 millis"), Schedule.spaced("1 second")]).pipe(
  Schedule.upTo({ duration: "30 seconds" })
)
/** How long a job whose nodes are gone waits for another one. */
const waitForNode = "30 seconds"
/** How long a stopped attempt may take to say what it did. */
const waitForCancel = "1 second"

export const wantOf = (job: LiveJob, exclude: ReadonlySet<NodeId>): Want => ({
  model: job.request.model,
  promptTokens: job.promptTokens,
  expectedTokens: expectedTokens(job.request.max_tokens),
  pin: job.pin,
  exclude
})

/** Gives the function that runs one job to its end; it takes over the booking. */
export const make = Effect.gen(function* () {
  const router = yield* Router
  const relay = yield* Relay
  const store = yield* JobStore
  const settings = yield* Settings
  const clock = yield* Clock.Clock

  const deadline = Effect.fnUntraced(function* (job: LiveJob) {
    yield* Effect.sleep(settings.firstContentWithin)
    if (job.log.length === 0) yield* Deferred.succeed(job.stop, "timeout")
    yield* Effect.sleep(settings.jobWithin)
    yield* Deferred.succeed(job.stop, "timeout")
  })

  const dispatch = (job: LiveJob, { attempt, booking }: Chosen) =>
    relay.dispatch({
      attempt: attempt.id,
      job: job.id,
      node: booking.node,
      request: job.request,
      log: job.log,
      onFirstContent: () => {
        booking.firstContent()
        job.firstTokenAt ??= DateTime.makeUnsafe(clock.currentTimeMillisUnsafe())
      }
    })

  /** The attempt's own outcome, or, within a second of the job's stop, what it says of the part it did. */
  const watch = Effect.fnUntraced(function* (job: LiveJob, attempt: RelayAttempt) {
    const undisturbed = yield* Effect.raceFirst(
      Effect.asSome(attempt.outcome),
      Effect.as(job.stopRequested, Option.none<Outcome>())
    )
    if (Option.isSome(undisturbed)) return { outcome: undisturbed.value, stop: undefined }
    relay.cancel(attempt)
    const answer = yield* Effect.timeoutOption(attempt.outcome, waitForCancel)
    const stop: Stop = yield* job.stopRequested
    return { outcome: Option.getOrElse(answer, (): Outcome => ({ _tag: "Lost" })), stop }
  })

  /** Another place for the job; none when it was stopped, or has ended, or nobody came. */
  const chooseAgain = Effect.fnUntraced(function* (job: LiveJob, fence: number, exclude: ReadonlySet<NodeId>) {
    const answer = yield* router
      .wait(wantOf(job, exclude))
      .pipe(Effect.timeoutOption(waitForNode), Effect.raceFirst(Effect.as(job.stopRequested, Option.none<Booking>())))
    if (Option.isNone(answer)) return undefined
    const booking = answer.value
    const id = yield* makeAttemptId
    const attempt = { id, job: job.id, fence, node: booking.node, startedAt: yield* DateTime.now }
    const isCurrent = yield* Effect.retry(store.startAttempt(attempt), patience).pipe(
      Effect.catchTag("StoreUnavailable", () => Effect.succeed(false)),
      Effect.onInterrupt(() => Effect.sync(booking.release))
    )
    if (isCurrent) return { attempt, booking }
    booking.release()
    return undefined
  })

  /** Stores an ending; answers what the client is to be told in its place if that could not be done. */
  const save = Effect.fnUntraced(function* (job: LiveJob, ending: Ending) {
    // The submission's own write may still be under way: nothing can end before it has begun.
    const written = Effect.andThen(Deferred.await(job.stored), Effect.retry(store.end(ending), patience))
    const isCurrent = yield* Effect.result(written)
    if (Result.isSuccess(isCurrent)) return isCurrent.success ? undefined : endedElsewhere
    yield* Effect.logError("an outcome could not be stored", { job: job.id, error: isCurrent.failure })
    return notStored
  })

  /** One dispatch and what follows from it. Its place at the node is free again afterwards. */
  const attemptOnce = Effect.fnUntraced(
    function* (job: LiveJob, chosen: Chosen) {
      const running = yield* dispatch(job, chosen)
      const { outcome, stop } = yield* Effect.onInterrupt(watch(job, running), () =>
        Effect.sync(() => relay.cancel(running))
      )
      const { attempt } = chosen
      const decision = decide(outcome, { attempts: attempt.fence, hasContent: job.log.length > 0, stop })
      yield* reportAttempt(job, attempt, outcome)
      const instead = yield* save(job, endingOf(job, attempt, outcome, decision, yield* DateTime.now))
      relay.settle(running)
      return instead ?? decision
    },
    (effect, _job, { booking }) => Effect.ensuring(effect, Effect.sync(booking.release))
  )

  const giveUp = Effect.fnUntraced(function* (job: LiveJob, fence: number) {
    const stop = yield* Deferred.poll(job.stop)
    const final = Option.isSome(stop) ? stopped(yield* stop.value) : noNodeCame
    return (yield* save(job, endingWithoutAttempt(job, fence, final, yield* DateTime.now))) ?? final
  })

  const attemptUntilFinal = Effect.fnUntraced(function* (job: LiveJob, first: Chosen) {
    const avoided = new Set<NodeId>()
    let chosen = first
    for (;;) {
      const decision: Decision = yield* attemptOnce(job, chosen)
      if (decision._tag !== "Retry") return decision
      if (decision.avoid) avoided.add(chosen.booking.node)
      const { fence } = chosen.attempt
      const next: Chosen | undefined = yield* chooseAgain(job, fence + 1, avoided)
      if (next === undefined) return yield* giveUp(job, fence)
      chosen = next
    }
  })

  return Effect.fn("Jobs.run")(function* (job: LiveJob, first: Chosen) {
    yield* Effect.forkChild(deadline(job))
    const final: Final = yield* attemptUntilFinal(job, first)
    job.log.finish(endOf(final))
    yield* reportJob(job, final)
  })
})
