/** Offers nodes their bills, again and again until they have signed or disputed each. */
import type { Unavailable } from "@infernet/contract/ApiError"
import type { NodeId, ReceiptId } from "@infernet/contract/Id"
import { type BillOffer, billsAtOnce } from "@infernet/contract/Receipt"
import { Context, Effect, FiberSet, Layer, Queue } from "effect"
import { Relay } from "../relay/Relay.ts"
import { BillStore, type StoredBill } from "./BillStore.ts"
import * as report from "./report.ts"

export class Offers extends Context.Service<
  Offers,
  {
    /** The bill was stored just now. Its node is told soon, out of the way of whoever waits for the job. */
    readonly made: (bill: ReceiptId) => void
    /** What the node has not answered yet: the oldest. */
    readonly open: (node: NodeId) => Effect.Effect<ReadonlyArray<BillOffer>, Unavailable>
    /** Tells the node of what it has not answered yet. */
    readonly again: (node: NodeId) => void
    /** It has answered these; if more waits than was told at once, that comes now. */
    readonly answered: (node: NodeId, bills: ReadonlyArray<ReceiptId>) => void
  }
>()("@infernet/control-plane/bill/Offers") {
  static readonly layer = Layer.effect(
    Offers,
    Effect.suspend(() => make)
  )
}

/** Bills just made that wait to be read back; past it they come with the next welcome or heartbeat. */
const mostWaiting = 10_000

const make = Effect.gen(function* () {
  const relay = yield* Relay
  const store = yield* BillStore
  const fork = yield* FiberSet.makeRuntime<never>()
  const fresh = yield* Queue.dropping<ReceiptId>(mostWaiting)
  /** What a node has not answered of as much as goes at once: then more may wait. */
  const full = new Map<NodeId, Set<ReceiptId>>()

  const send = ({ node, offer }: StoredBill) => relay.send(node, { type: "bill", ...offer })

  const again = (node: NodeId) => {
    const repeat = Effect.map(store.offered(node, billsAtOnce), (bills) => {
      if (bills.length < billsAtOnce) full.delete(node)
      else full.set(node, new Set(bills.map(({ offer }) => offer.bill.id)))
      bills.forEach(send)
    })
    fork(Effect.ignoreCause(repeat, { log: "Warn", message: "bills wait for the node's next heartbeat" }))
  }

  const answered = (node: NodeId, bills: ReadonlyArray<ReceiptId>) => {
    const left = full.get(node)
    if (left === undefined) return
    for (const bill of bills) left.delete(bill)
    if (left.size === 0) again(node)
  }

  yield* Queue.takeBetween(fresh, 1, billsAtOnce).pipe(
    Effect.tap((ids) => report.made(ids.length)),
    Effect.flatMap((ids) => store.byIds(ids)),
    Effect.map((bills) => bills.forEach(send)),
    Effect.ignoreCause({ log: "Warn", message: "bills wait for their nodes' next heartbeats" }),
    Effect.forever,
    Effect.forkScoped
  )
  relay.attend({ linked: again })

  return Offers.of({
    made: (bill) => void Queue.offerUnsafe(fresh, bill),
    open: (node) => Effect.map(store.offered(node, billsAtOnce), (bills) => bills.map(({ offer }) => offer)),
    again,
    answered
  })
})
