/**
 * One job from its first dispatch to its end, as one fiber.
 *
 *   dispatch ─▶ outcome ─▶ decide ─┬─ Complete, Fail ─▶ stored ─▶ last event ─▶ ack
 *      ▲                           └─ Retry ─▶ another node ─┐
 *      └─────────────────────────────────────────────────────┘
 */
import { makeAttemptId, type NodeId } from "@infernet/contract/Id"
import type { JobRequest } from "@infernet/contract/JobRequest"
import type { Price } from "@infernet/contract/Price"
import type { Voucher } from "@infernet/contract/Receipt"
import { fullForMillis } from "@infernet/routing/Ceilings"
import type { Place } from "@infernet/routing/Bookings"
import { type Booking, Router, type Want } from "@infernet/routing/Router"
import { Clock, DateTime, Deferred, Duration, Effect, Option } from "effect"
import { Billing } from "../bill/Billing.ts"
import * as vouchFor from "../gateway/vouchFor.ts"
import { exceeded, Vouchers } from "../gateway/Vouchers.ts"
import { Quotes } from "../price/Quotes.ts"
import { type Dispatch, Relay } from "../relay/Relay.ts"
import { type Outcome, RelayAttempt } from "../relay/RelayAttempt.ts"
import { Settings } from "../Settings.ts"
import { type Decision, decide, type Final, isFull, noNodeCame, type Retry, type Stop, stopped } from "./decide.ts"
import { endingOf, endingWithoutAttempt, endOf } from "./ending.ts"
import type { NewAttempt } from "./JobStore.ts"
import type { LiveJob, Submission } from "./LiveJob.ts"
import * as outcomes from "./outcomes.ts"
import { reportAttempt, reportJob } from "./report.ts"
import { attemptLog, taken } from "./vectors.ts"
import { wantOf } from "./want.ts"

/** An attempt and its place: to be sent to the node, or, where an earlier process has sent it, expected from there. */
export type Chosen = { readonly attempt: NewAttempt } & (
  | { readonly adopted: false; readonly booking: Booking }
  | { readonly adopted: true; readonly booking: Place }
)

/** Where a job's run begins: at an attempt, or waiting for a place after `fence` attempts. */
export interface Start {
  readonly chosen: Chosen | undefined
  readonly fence: number
}

/** How long a job whose nodes are gone waits for one to come back. */
const waitForNode = Duration.seconds(30)
/** How long a stopped attempt may take to say what it did. */
const waitForCancel = "1 second"

/** Gives the function that runs one job to its end; it takes over the booking. */
export const make = Effect.gen(function* () {
  const billing = yield* Billing
  const router = yield* Router
  const quotes = yield* Quotes
  const relay = yield* Relay
  const settings = yield* Settings
  const vouchers = yield* Vouchers
  const vouch = yield* vouchFor.make
  const clock = yield* Clock.Clock
  const { begin, save } = yield* outcomes.make

  const deadline = Effect.fnUntraced(function* (job: LiveJob) {
    const age = clock.currentTimeMillisUnsafe() - DateTime.toEpochMillis(job.createdAt)
    const own = job.timeoutSeconds === undefined ? undefined : Duration.seconds(job.timeoutSeconds)
    const until = (limit: Duration.Duration) => Math.max(0, Duration.toMillis(own ?? limit) - age)
    yield* Effect.sleep(until(settings.firstContentWithin))
    // Vectors come all at once, when the last one is made.
    if (job.log.length === 0 && job.kind !== "embedding") yield* Deferred.succeed(job.stop, "timeout")
    yield* Effect.sleep(until(settings.jobWithin) - until(settings.firstContentWithin))
    yield* Deferred.succeed(job.stop, "timeout")
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

  /** A node knows the model by its own name for it; an earlier process has chosen it among those that it offers. */
  const asSent = (request: JobRequest, { adopted, booking }: Chosen): JobRequest => {
    const offered = router.entries(request.model).find(({ host }) => host.node === booking.node)?.offer.id
    return { ...request, model: adopted ? (offered ?? request.model) : booking.model }
  }

  const send = (expected: Dispatch, { adopted }: Chosen, voucher: Voucher | typeof exceeded | undefined) => {
    if (adopted) return relay.adopt(expected)
    if (voucher !== exceeded) return relay.dispatch({ ...expected, voucher })
    const attempt = new RelayAttempt(expected)
    attempt.end(vouchFor.overdrawn)
    return Effect.succeed(attempt)
  }

  /** Sends the job to the node and waits for what comes of it. Its place there is free again afterwards. */
  const dispatch = Effect.fnUntraced(
    function* (job: LiveJob, request: JobRequest, chosen: Chosen) {
      const { attempt, booking } = chosen
      const log = attemptLog(job)
      const before = log.length
      const expected = {
        attempt: attempt.id,
        job: job.id,
        node: booking.node,
        log,
        request: asSent(request, chosen),
        onFirstContent: () => {
          booking.firstContent()
          job.firstTokenAt ??= DateTime.makeUnsafe(clock.currentTimeMillisUnsafe())
        }
      }
      // Of one that an earlier process has sent it counts as well what it may cost.
      const running = yield* send(expected, chosen, yield* vouch(job, attempt))
      // Not cancelled when this process ends: the next one goes on with it.
      const { outcome: said, stop } = yield* watch(job, running)
      const outcome = taken(job, request, log, said)
      // Before its place is free again: whoever waits must not be sent there.
      if (isFull(outcome)) booking.tooMuch()
      return { running, outcome, stop, request: asSent(request, chosen), entries: [...log].slice(before) }
    },
    (effect, _job, _request, { booking }) => Effect.ensuring(effect, Effect.sync(booking.release))
  )

  const attemptOnce = Effect.fnUntraced(function* (
    job: LiveJob,
    request: JobRequest,
    chosen: Chosen,
    attempts: number
  ) {
    const { attempt } = chosen
    const price: Price = billing.priceOf(job, attempt)
    const { entries, outcome, request: sent, running, stop } = yield* dispatch(job, request, chosen)
    const decision = decide(outcome, { attempts, hasContent: job.log.length > 0, stop })
    yield* reportAttempt(job, attempt, outcome)
    const at = yield* DateTime.now
    const bill = yield* billing.billOf({ job, attempt, request: sent, price, entries, outcome, decision, at })
    const ending = endingOf(job, attempt, outcome, decision, at, bill)
    const instead = yield* save(job, ending, () => relay.settle(running))
    vouchers.settle(attempt.id, bill?.amount ?? 0n)
    if (bill !== null) job.billed = { last: bill.usageHash, micros: job.billed.micros + bill.amount }
    return instead ?? decision
  })

  /** A place at a node; waits for a chance of one if there is none, unless the job is stopped meanwhile. */
  const place = Effect.fnUntraced(function* (job: LiveJob, want: Want, patience: Duration.Duration) {
    const until = clock.currentTimeMillisUnsafe() + Duration.toMillis(patience)
    for (;;) {
      if (yield* Deferred.isDone(job.stop)) return undefined
      const answer = router.choose(want)
      if (!("_tag" in answer)) return answer
      const left = until - clock.currentTimeMillisUnsafe()
      if (left <= 0) return undefined
      // A full node's word expires without anybody telling.
      yield* Effect.raceFirst(router.chance(want), Effect.asVoid(job.stopRequested)).pipe(
        Effect.timeoutOption(Math.min(left, fullForMillis))
      )
    }
  })

  /** The next attempt; none when no node takes it, or the job was stopped or ended. */
  const chooseAgain = Effect.fnUntraced(function* (
    job: LiveJob,
    want: Want,
    fence: number,
    patience: Duration.Duration
  ) {
    const booking = yield* place(job, want, patience)
    if (booking === undefined) return undefined
    return yield* Effect.gen(function* () {
      // The submission's own write may still be under way: an attempt belongs to a row.
      if (yield* Effect.isFailure(Deferred.await(job.stored))) return undefined
      const id = yield* makeAttemptId
      const attempt = { id, job: job.id, fence, node: booking.node, startedAt: yield* DateTime.now }
      return (yield* begin(attempt)) ? { attempt, booking, adopted: false as const } : undefined
    }).pipe(
      Effect.onExit((exit) =>
        Effect.sync(() => {
          if (exit._tag === "Failure" || exit.value === undefined) booking.release()
        })
      )
    )
  })

  const giveUp = Effect.fnUntraced(function* (job: LiveJob, fence: number, otherwise: Final) {
    const stop = yield* Deferred.poll(job.stop)
    const final = Option.isSome(stop) ? stopped(yield* stop.value) : otherwise
    const ending = endingWithoutAttempt(job, fence, final, yield* DateTime.now)
    return (yield* save(job, ending, () => undefined)) ?? final
  })

  const attemptUntilFinal = Effect.fnUntraced(function* (job: LiveJob, submission: Submission, start: Start) {
    const avoided = new Set<NodeId>()
    const want = { ...wantOf(submission, quotes.terms(submission)), exclude: avoided }
    let attempts = 0
    let { chosen, fence } = start
    let next: Retry = { _tag: "Retry", avoid: false, full: true, otherwise: noNodeCame }
    for (;;) {
      if (chosen !== undefined) {
        const decision: Decision = yield* attemptOnce(job, submission.request, chosen, attempts + 1)
        if (decision._tag !== "Retry") return decision
        next = decision
        fence = chosen.attempt.fence
        if (!next.full) attempts += 1
        if (next.avoid) avoided.add(chosen.booking.node)
        if (chosen.adopted) job.log.beginAnew()
      }
      // A full network is waited for until the job's own deadline.
      const patience = next.full ? Duration.infinity : next.avoid ? Duration.zero : waitForNode
      chosen = yield* chooseAgain(job, want, fence + 1, patience)
      if (chosen === undefined) return yield* giveUp(job, fence, next.otherwise)
    }
  })

  return Effect.fn("Jobs.run")(function* (job: LiveJob, submission: Submission, start: Start) {
    yield* Effect.forkChild(deadline(job))
    const final: Final = yield* attemptUntilFinal(job, submission, start)
    job.log.finish(endOf(final))
    yield* reportJob(job, final)
  })
})
