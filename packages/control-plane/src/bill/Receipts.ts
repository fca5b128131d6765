/**
 * Takes what nodes answer to their bills, and makes receipts of those that are signed.
 *
 * ```
 *   offered ──signed by a key of the node──▶ signed (countersigned in the same statement: a receipt)
 *      │ ▲                                     │ any answer again: the same receipt
 *      │ └──issued anew, with another sum      └──▶ redeemed
 *      └──disputed──▶ disputed
 * ```
 *
 * If this process dies before the statement, the bill waits and is offered again; after it, whoever answers again gets the
 * receipt that is stored.
 */
import { Verifier } from "@infernet/auth/verifier/Verifier"
import type { Unavailable } from "@infernet/contract/ApiError"
import type { NodeId, ReceiptId } from "@infernet/contract/Id"
import type {
  BillOffer,
  CountersignedBills,
  Dispute,
  Receipt,
  SignedBill,
  SignedBills
} from "@infernet/contract/Receipt"
import { sentence } from "@infernet/platform/sentence"
import { Context, DateTime, Effect, Layer, Queue } from "effect"
import { NodeKeys, type Signer } from "../node/NodeKeys.ts"
import { Nodes } from "../node/Nodes.ts"
import { Relay } from "../relay/Relay.ts"
import { BillStore, type Signing, type StoredBill } from "./BillStore.ts"
import { judge, receiptOf } from "./judge.ts"
import { Offers } from "./Offers.ts"
import { PlaneKey } from "./PlaneKey.ts"
import * as report from "./report.ts"

export class Receipts extends Context.Service<
  Receipts,
  {
    /** What a node says of its bills; may be repeated. */
    readonly take: (
      node: NodeId,
      answers: typeof SignedBills.Type
    ) => Effect.Effect<typeof CountersignedBills.Type, Unavailable>
  }
>()("@infernet/control-plane/bill/Receipts") {
  static readonly layer = Layer.effect(
    Receipts,
    Effect.suspend(() => make)
  )
}

interface Answer {
  readonly node: NodeId
  readonly signed?: SignedBill
  readonly dispute?: Dispute
}

/** What came of one. */
type Result = { readonly node: NodeId; readonly bill: ReceiptId } & (
  | { readonly _tag: "Receipt"; readonly receipt: Receipt }
  | { readonly _tag: "Anew"; readonly offer: BillOffer }
  | { readonly _tag: "Disputed" }
  | { readonly _tag: "Refused"; readonly reason: string }
)

/** Answers that wait to be taken; past it they are dropped, and their bills offered again. */
const mostWaiting = 10_000
/** Answers that are taken together. */
const atOnce = 200

const make = Effect.gen(function* () {
  const key = yield* PlaneKey
  const keys = yield* NodeKeys
  const nodes = yield* Nodes
  const offers = yield* Offers
  const relay = yield* Relay
  const store = yield* BillStore
  const { verify } = yield* Verifier
  const complain = report.refusals()
  const waiting = yield* Queue.dropping<Answer>(mostWaiting)

  /** Mostly it is the current key; only for another one the database is asked. */
  const signersOf = Effect.fnUntraced(function* (node: NodeId, nodeKey: string) {
    const current = nodes.publicKey(node)
    const known: ReadonlyArray<Signer> = current === nodeKey ? [{ publicKey: current, retiredAt: null }] : []
    return known.length > 0 ? known : yield* keys.signers(node, "receipts")
  })

  const read = (answers: ReadonlyArray<{ readonly bill: ReceiptId }>) =>
    Effect.map(
      store.byIds([...new Set(answers.map(({ bill }) => bill))]),
      (bills) => new Map(bills.map((stored) => [stored.offer.bill.id, stored]))
    )

  const dispute = Effect.fnUntraced(function* (node: NodeId, { bill, reason }: Dispute) {
    const words = sentence(reason)
    if (yield* store.dispute({ node, bill, reason: words, at: yield* DateTime.now })) {
      yield* report.disputed(node, bill, words)
      // Those after it have other sums now.
      offers.again(node)
      return { _tag: "Disputed", node, bill } satisfies Result
    }
    const stored = (yield* read([{ bill }])).get(bill)
    if (stored?.node === node && stored.status === "disputed") return { _tag: "Disputed", node, bill } satisfies Result
    const isReceipt = stored?.node === node && stored.signatures !== null
    const reasonWhy = isReceipt ? `this node has signed ${bill}` : `no bill of this node has the id ${bill}`
    return { _tag: "Refused", node, bill, reason: reasonWhy } satisfies Result
  })

  const signing = (stored: StoredBill, { node_key: nodeKey, signature }: SignedBill, digest: Uint8Array) =>
    Effect.map(DateTime.now, (at): Signing => ({
      bill: stored.offer.bill.id,
      cumulative: BigInt(stored.offer.bill.cumulative),
      signatures: {
        nodeKey,
        nodeSignature: signature,
        planeKey: key.publicKey,
        planeSignature: key.sign(digest)
      },
      at
    }))

  const sign = Effect.fnUntraced(function* (answers: ReadonlyArray<{ node: NodeId; signed: SignedBill }>) {
    const results: Array<Result> = []
    const signings = new Map<ReceiptId, { readonly node: NodeId; readonly signing: Signing }>()
    const bills = yield* read(answers.map(({ signed }) => signed))
    for (const { node, signed } of answers) {
      const { bill } = signed
      const stored = bills.get(bill)
      const verdict = judge(node, signed, stored, yield* signersOf(node, signed.node_key), verify)
      if (verdict._tag === "Sign" && stored !== undefined) {
        signings.set(bill, { node, signing: yield* signing(stored, signed, verdict.digest) })
        // Signatures take a millisecond: tokens pass in between.
        yield* Effect.yieldNow
      } else if (verdict._tag === "Receipt") results.push({ _tag: "Receipt", node, bill, receipt: verdict.receipt })
      else if (verdict._tag === "Anew" && stored !== undefined) {
        results.push({ _tag: "Anew", node, bill, offer: stored.offer })
      } else if (verdict._tag === "Refused") {
        yield* complain(node, { bill, reason: verdict.reason })
        results.push({ _tag: "Refused", node, bill, reason: verdict.reason })
      }
    }
    if (signings.size === 0) return results
    const winners = yield* store.sign([...signings.values()].map(({ signing }) => signing))
    yield* report.signed(winners.size)
    const now = yield* read([...signings.keys()].map((bill) => ({ bill })))
    for (const [bill, { node }] of signings) {
      const stored = now.get(bill)
      const receipt = stored && receiptOf(stored)
      if (receipt !== undefined) results.push({ _tag: "Receipt", node, bill, receipt })
      else if (stored !== undefined && stored.status === "offered") {
        results.push({ _tag: "Anew", node, bill, offer: stored.offer })
      } else results.push({ _tag: "Refused", node, bill, reason: `this node has disputed ${bill}` })
    }
    return results
  })

  /** Disputes first: they change the sums of what was offered after them, and what was signed of it with the old ones. */
  const answer = Effect.fnUntraced(function* (answers: ReadonlyArray<Answer>) {
    const disputes = answers.flatMap(({ dispute, node }) => (dispute === undefined ? [] : [{ node, dispute }]))
    const signed = answers.flatMap(({ node, signed }) => (signed === undefined ? [] : [{ node, signed }]))
    const disputed = yield* Effect.forEach(disputes, ({ dispute: one, node }) => dispute(node, one))
    return [...disputed, ...(signed.length === 0 ? [] : yield* sign(signed))]
  })

  const done = (results: ReadonlyArray<Result>) => {
    for (const [node, own] of Map.groupBy(results, ({ node }) => node)) {
      offers.answered(
        node,
        own.flatMap(({ _tag, bill }) => (_tag === "Anew" ? [] : [bill]))
      )
    }
  }

  const tell = (result: Result) => {
    if (result._tag === "Anew") relay.send(result.node, { type: "bill", ...result.offer })
    if (result._tag !== "Receipt") return
    const { plane_key, plane_signature: signature } = result.receipt
    relay.send(result.node, { type: "countersigned", bill: result.bill, plane_key, signature })
  }

  yield* Queue.takeBetween(waiting, 1, atOnce).pipe(
    Effect.flatMap(answer),
    Effect.map((results) => {
      results.forEach(tell)
      done(results)
    }),
    Effect.ignoreCause({ log: "Warn", message: "answers to bills could not be taken: they are offered again" }),
    Effect.forever,
    Effect.forkScoped
  )

  relay.attend({
    billed: (node, message) => {
      const { type: _type, ...said } = message
      Queue.offerUnsafe(waiting, "signature" in said ? { node, signed: said } : { node, dispute: said })
    }
  })

  const take: Receipts["Service"]["take"] = Effect.fn("Receipts.take")(function* (node, { disputes, signed }) {
    const results = yield* answer([
      ...disputes.map((dispute) => ({ node, dispute })),
      ...signed.map((one) => ({ node, signed: one }))
    ])
    done(results)
    return {
      receipts: results.flatMap((result) => (result._tag === "Receipt" ? [result.receipt] : [])),
      refused: results.flatMap((result) =>
        result._tag === "Refused" ? [{ bill: result.bill, reason: result.reason }] : []
      ),
      bills: yield* offers.open(node)
    }
  })

  return Receipts.of({ take })
})
