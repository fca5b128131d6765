/**
 * Bills of this node's work, from their offer to the receipt: judged, written down, signed, and told; then the control
 * plane's countersignature.
 *
 *   offered ──judged, on the disk──▶ signed ──told, again each minute──▶ countersigned
 *      └──on the disk──▶ disputed
 *
 * Nothing here is waited for: what is lost on its way is offered again, and what was signed is told again.
 */
import { Verifier } from "@infernet/auth/verifier/Verifier"
import type { ControlPlaneId, ReceiptId } from "@infernet/contract/Id"
import { type BillOffer, billsAtOnce, type Domain, type SignedBills } from "@infernet/contract/Receipt"
import { Clock, Context, Effect, Layer, Queue } from "effect"
import { DaemonEvents } from "../DaemonEvents.ts"
import { Jobs } from "../job/Jobs.ts"
import { ControlPlane } from "../node/ControlPlane.ts"
import { Keyring } from "../node/Keyring.ts"
import { type Answer, answer, distinct, type Said } from "./answers.ts"
import { check, type Countersigned, type Countersignature } from "./countersign.ts"
import { open, waiting } from "./exposure.ts"
import { ReceiptBooks } from "./ReceiptBooks.ts"

export class Bills extends Context.Service<
  Bills,
  {
    readonly offer: (offer: BillOffer) => void
    readonly countersigned: (countersignature: Countersignature) => void
    /** Tells answers over this link from now on, until what it gives is called; without one they go by HTTP. */
    readonly attach: (say: (message: Said) => void) => () => void
    /** Answers bills of this control plane for as long as it runs. */
    readonly run: (controlPlane: ControlPlaneId) => Effect.Effect<never>
  }
>()("@infernet/daemon/receipt/Bills") {
  /** `domains`: the escrows in which this node wants to be paid; any, where none are named. */
  static readonly layer = (domains?: ReadonlyArray<Domain>) =>
    Layer.effect(
      Bills,
      Effect.suspend(() => make(domains))
    )
}

/** Bills and countersignatures that have come and wait; more than these come again by themselves. */
const mostWaiting = 1_024
/** Signed without a countersignature: a control plane that answers none of these is given no more. */
const mostOpen = 2_000
const remindMillis = 60_000

type Arrived =
  | { readonly _tag: "Offer"; readonly offer: BillOffer }
  | { readonly _tag: "Countersignature"; readonly countersignature: Countersignature }

const warned =
  (message: string) =>
  ({ message: reason }: { readonly message: string }) =>
    Effect.logWarning(message, { reason })

/** As they go by HTTP. */
const bodyOf = (said: ReadonlyArray<Said>): typeof SignedBills.Type => ({
  signed: said.flatMap((one) => {
    if (one.type !== "receipt") return []
    const { bill, cumulative, node_key, signature } = one
    return [{ bill, cumulative, node_key, signature }]
  }),
  disputes: said.flatMap((one) => (one.type === "dispute" ? [{ bill: one.bill, reason: one.reason }] : []))
})

const make = Effect.fnUntraced(function* (domains: ReadonlyArray<Domain> | undefined) {
  const books = yield* ReceiptBooks
  const controlPlanes = yield* ControlPlane
  const events = yield* DaemonEvents
  const jobs = yield* Jobs
  const keyring = yield* Keyring
  const verifier = yield* Verifier
  const arrived = yield* Queue.dropping<Arrived>(mostWaiting)
  const links = new Set<(message: Said) => void>()
  /** Signed, and never taken by the control plane, whatever is tried: once told, they are left alone until a restart. */
  const refusals = new Set<ReceiptId>()
  let isWarned = false
  let isUnwritten = false

  const finished = ({ bill }: BillOffer) => jobs.finished(bill.usage.attempt_id)
  const answering = { books, keyring, domains, finished }

  const noted = Effect.fnUntraced(function* ({ offer: { bill }, said, writing }: Answer) {
    const { attempt_id: attempt, job_id: job } = bill.usage
    jobs.billed(attempt)
    if (said.type !== "dispute" || writing === undefined) return
    events.publish({ type: "bill_disputed", receipt: bill.id, job, attempt, reason: said.reason })
    yield* Effect.logWarning("bill disputed", { bill: bill.id, job, attempt, reason: said.reason })
  })

  const completed = ({ bill: { cumulative, id, usage } }: Countersigned) =>
    events.publish({
      type: "receipt",
      receipt: id,
      job: usage.job_id,
      attempt: usage.attempt_id,
      amount: BigInt(usage.amount),
      tokens: usage.completion_tokens,
      cumulative: BigInt(cumulative)
    })

  const take = Effect.fnUntraced(function* (countersignatures: ReadonlyArray<Countersignature>, from: ControlPlaneId) {
    const at = yield* Clock.currentTimeMillis
    const genuine: Array<Countersigned> = []
    for (const one of countersignatures) {
      const result = check(one, from, books.channels(), verifier, at)
      if (result === undefined) continue
      if (typeof result !== "string") genuine.push(result)
      else
        yield* Effect.logError("the control plane's countersignature is not genuine", {
          bill: one.bill,
          reason: result
        })
    }
    yield* books.put(genuine.map(({ writing }) => writing))
    for (const one of genuine) completed(one)
  })

  /** By HTTP; what comes back with it is taken at once. */
  const post = Effect.fnUntraced(function* (said: ReadonlyArray<Said>, to: ControlPlaneId) {
    const { bills, receipts, refused } = yield* controlPlanes.receipts(to, bodyOf(said))
    yield* take(
      receipts.map(({ id, plane_key, plane_signature: signature }) => ({ bill: id, plane_key, signature })),
      to
    )
    for (const { bill, reason } of refused) {
      refusals.add(bill)
      yield* Effect.logWarning("signed bill refused", { bill, reason })
    }
    for (const offer of bills) Queue.offerUnsafe(arrived, { _tag: "Offer", offer })
  })

  const say = (said: ReadonlyArray<Said>, to: ControlPlaneId) => {
    const link = [...links].at(-1)
    if (link === undefined) return said.length === 0 ? Effect.void : post(said, to)
    return Effect.sync(() => said.forEach(link))
  }

  const obey = Effect.fnUntraced(function* (all: ReadonlyArray<Arrived>, from: ControlPlaneId) {
    const countersignatures = all.flatMap((one) => (one._tag === "Countersignature" ? [one.countersignature] : []))
    yield* take(countersignatures, from)
    const offers = distinct(all.flatMap((one) => (one._tag === "Offer" ? [one.offer] : [])))
    const at = yield* Clock.currentTimeMillis
    const left = mostOpen - open(books.channels()).length
    const answers = yield* Effect.forEach(offers.slice(0, Math.max(0, left)), (offer) => answer(offer, at, answering))
    // On the disk before anybody hears of it.
    yield* books.put(answers.flatMap(({ writing }) => (writing === undefined ? [] : [writing])))
    if (answers.length > 0) isUnwritten = false
    yield* Effect.forEach(answers, noted, { discard: true })
    yield* say(
      answers.map(({ said }) => said),
      from
    )
  })

  const listen = (from: ControlPlaneId) =>
    Effect.flatMap(Queue.takeBetween(arrived, 1, billsAtOnce), (all) =>
      obey(all, from).pipe(
        Effect.catchTags({
          // No room, no signature: the bills come again with the next heartbeat.
          ReceiptFilesError: (error) => {
            if (!isUnwritten) events.publish({ type: "receipts_unwritten", reason: error.message })
            isUnwritten = true
            return Effect.logError("bills are not signed, as they cannot be written down", { reason: error.message })
          },
          ControlPlaneAway: warned("signed bills could not be told; they are told again"),
          ControlPlaneRefused: warned("signed bills were refused; they are told again")
        })
      )
    ).pipe(Effect.forever)

  /** What was signed and never countersigned is told again: its answer may have been lost. */
  const remind = Effect.fnUntraced(function* (to: ControlPlaneId) {
    const now = yield* Clock.currentTimeMillis
    const late = open(books.channels()).filter(({ at, bill }) => now - at >= remindMillis && !refusals.has(bill.id))
    const said = late.slice(0, billsAtOnce).map(({ bill, node_key, signature }): Said => {
      return { type: "receipt", bill: bill.id, cumulative: bill.cumulative, node_key, signature }
    })
    if (said.length > 0) yield* post(said, to)
    const { amount, bills } = waiting(books.channels(), now)
    // Told when it begins and when it ends.
    if (bills > 0 !== isWarned) events.publish({ type: "countersignatures", bills, amount })
    isWarned = bills > 0
  })

  const reminding = (to: ControlPlaneId) =>
    remind(to).pipe(
      Effect.ignoreCause({ log: "Warn", message: "signed bills could not be told again" }),
      Effect.andThen(Effect.sleep(remindMillis)),
      Effect.forever
    )

  return Bills.of({
    offer: (offer) => void Queue.offerUnsafe(arrived, { _tag: "Offer", offer }),
    countersigned: (countersignature) =>
      void Queue.offerUnsafe(arrived, { _tag: "Countersignature", countersignature }),
    attach: (say) => {
      links.add(say)
      return () => void links.delete(say)
    },
    run: (controlPlane) => Effect.raceFirst(listen(controlPlane), reminding(controlPlane))
  })
})
