/**
 * Turns receipts into money: what is owed by the chain's word, sent once, looked after until it is certain, and booked.
 *
 * ```
 *   lock ─▶ what is on its way: wait for it ─▶ booked, but undone since: forget it ─▶ ask the chain what is paid
 *        ─▶ weigh ─▶ [tell the escrow of the node's key] ─▶ for each batch: keep, send, wait, book
 * ```
 *
 * Cumulative receipts make it safe: whatever is sent twice pays the difference, which is nothing. A process that is killed
 * anywhere in between leaves a book that says what to look for.
 */
import type { ChannelId, Domain } from "@infernet/contract/Receipt"
import * as Lock from "@infernet/platform/Lock"
import { Clock, Context, Effect, FileSystem, Layer, type Scope } from "effect"
import { calls } from "../calls.ts"
import type { ChannelClaim } from "../ChannelClaim.ts"
import { type ChannelState, Escrow, type Mined } from "../Escrow.ts"
import { signRotation } from "../registration/signatures.ts"
import type { RpcUnavailable, SendError } from "../SettlementError.ts"
import { skipSentences } from "../skips.ts"
import { senderOf } from "../transaction.ts"
import { Book, type Done } from "./Book.ts"
import * as booking from "./booking.ts"
import { type Keys, payerOf } from "./keys.ts"
import { BookUnusable, type KeyOutdated, type NodeUnregistered, PayoutRunning } from "./PayoutError.ts"
import { type Batch, type Plan, plan } from "./plan.ts"
import { gasOfBatch, gasOfClaim, type Mode } from "./policy.ts"

/** What is going on, for whoever waits. */
export type Step =
  | { readonly _tag: "Resuming"; readonly hash: string }
  | { readonly _tag: "Rotating" }
  | { readonly _tag: "Sending"; readonly batch: Batch }
  | { readonly _tag: "Waiting"; readonly hash: string; readonly confirmations: number; readonly wanted: number }

export interface Asked {
  readonly claims: ReadonlyArray<ChannelClaim>
  readonly keys: Keys
  readonly mode: Mode
}

export interface Outcome {
  readonly plan: Plan
  /** Payouts that are certain now, in their order: those of a run before that was cut short come first. */
  readonly paid: ReadonlyArray<Done>
  /** Channels that the contract passed over when the transaction was mined, with what to do. */
  readonly skipped: ReadonlyArray<{ readonly channel: ChannelId; readonly why: string }>
  /** Booked payouts that the chain has no more: their channels were weighed again. */
  readonly undone: number
}

type Told = (step: Step) => Effect.Effect<void>

const seen = (told: Told) => (hash: string, confirmations: number, wanted: number) =>
  told({ _tag: "Waiting", hash, confirmations, wanted })

type PlanError = RpcUnavailable | NodeUnregistered | KeyOutdated | BookUnusable

export class Payouts extends Context.Service<
  Payouts,
  {
    /** The escrow that it is paid by. */
    readonly domain: Domain
    /** What a payout would do; changes nothing. */
    readonly plan: (asked: Asked) => Effect.Effect<Plan, PlanError>
    /** Does it. Running it twice, in this process or two, pays nothing twice. */
    readonly run: (asked: Asked, told?: Told) => Effect.Effect<Outcome, PlanError | SendError | PayoutRunning>
    /** What the chain says of channels, in their order. */
    readonly states: (channels: ReadonlyArray<ChannelId>) => Effect.Effect<ReadonlyArray<ChannelState>, RpcUnavailable>
  }
>()("@infernet/payment/settlement/payout/Payouts") {
  /** `lock` is a file in a folder that is there. */
  static readonly layer = (lock: string) =>
    Layer.effect(
      Payouts,
      Effect.suspend(() => make(lock))
    )
}

const make = Effect.fnUntraced(function* (lockPath: string) {
  const escrow = yield* Escrow
  const book = yield* Book
  const fs = yield* FileSystem.FileSystem
  const place = escrow.domain

  const lock: Effect.Effect<void, PayoutRunning | BookUnusable, Scope.Scope> = Lock.acquire(lockPath).pipe(
    Effect.provideService(FileSystem.FileSystem, fs),
    Effect.mapError((error) =>
      error._tag === "LockHeld"
        ? new PayoutRunning({ by: error.pid === undefined ? "another process" : `process ${error.pid}` })
        : new BookUnusable({ path: lockPath, why: error.message })
    )
  )

  const booked = Effect.fnUntraced(function* (mined: Mined, sentFor: booking.SentFor) {
    const at = Math.floor((yield* Clock.currentTimeMillis) / 1000)
    const done = booking.doneOf(mined, sentFor, at)
    yield* book.change((before) => booking.finished(before, sentFor, done))
    return done
  })

  /** Payouts of a run before that are not known to be done. One that is still not known ends this run too. */
  const resume = Effect.fnUntraced(function* (keys: Keys, told: Told) {
    const { pending } = yield* book.read
    const paid: Array<Done> = []
    for (const { payout, place: at, sent } of pending.filter(({ place: at }) => booking.isSame(at, place))) {
      const [hash] = sent.hashes
      const sentFor = { place: at, payout, from: sent.from, nonce: sent.nonce }
      yield* told({ _tag: "Resuming", hash })
      const from = keys.operator !== undefined && senderOf(keys.operator) === sent.from ? keys.operator : keys.node
      const mined = yield* escrow.resume(from, sent, { keep: booking.keepIn(book, sentFor), seen: seen(told) }).pipe(
        // It is over, and has paid nothing: the chain is asked anew what is owed.
        Effect.catchTag(["TransactionReplaced", "Reverted"], (error) =>
          Effect.as(Effect.logWarning("a payout of before came to nothing", { reason: error.message }), undefined)
        )
      )
      if (mined === undefined) yield* book.change((before) => booking.dropped(before, sentFor))
      else paid.push(yield* booked(mined, sentFor))
    }
    return paid
  })

  const rotate = Effect.fnUntraced(function* (keys: Keys, { rotation }: Plan, told: Told) {
    if (rotation === undefined) return
    yield* told({ _tag: "Rotating" })
    const { id } = keys.node
    const call = calls.rotateNodeKey(id, senderOf(keys.node), signRotation(escrow.domain, id, keys.node))
    yield* escrow.send(rotation.by, call, { seen: seen(told) })
  })

  const pay = Effect.fnUntraced(function* (keys: Keys, batch: Batch, told: Told) {
    yield* told({ _tag: "Sending", batch })
    const gas = gasOfBatch + BigInt(batch.claims.length) * gasOfClaim
    const from = yield* payerOf(escrow, keys, gas)
    const sentFor = { place, payout: batch.payout, from: senderOf(from), nonce: undefined }
    const mined = yield* escrow
      .send(from, calls.redeem(batch.payout, batch.claims), { keep: booking.keepIn(book, sentFor), seen: seen(told) })
      .pipe(
        // Everything but not knowing is the end of it: there is nothing to look for.
        Effect.tapError((error) =>
          error._tag === "TransactionUnknown" || error._tag === "BookUnusable"
            ? Effect.void
            : book.change((before) => booking.dropped(before, sentFor))
        )
      )
    const skipped = mined.events.flatMap((event) =>
      event._tag === "Skipped"
        ? [
            {
              channel: event.channel,
              why: event.reason === undefined ? "the contract says no more" : skipSentences[event.reason]
            }
          ]
        : []
    )
    return { done: yield* booked(mined, sentFor), skipped }
  })

  const run = Effect.fn("Payouts.run")(function* ({ claims, keys, mode }: Asked, told: Told = () => Effect.void) {
    yield* lock
    const paid = yield* resume(keys, told)
    const undone = yield* booking.forgetUndone(book, escrow)
    const planned = yield* plan(escrow, yield* book.read, claims, keys, mode)
    if (planned.batches.length > 0) yield* rotate(keys, planned, told)
    const skipped: Array<Outcome["skipped"][number]> = []
    for (const batch of planned.batches) {
      const one = yield* pay(keys, batch, told)
      paid.push(one.done)
      skipped.push(...one.skipped)
    }
    const outcome: Outcome = { plan: planned, paid, skipped, undone }
    return outcome
  }, Effect.scoped)

  return Payouts.of({
    domain: escrow.domain,
    plan: ({ claims, keys, mode }) => Effect.flatMap(book.read, (content) => plan(escrow, content, claims, keys, mode)),
    run,
    states: escrow.channels
  })
})
