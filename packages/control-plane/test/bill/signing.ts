/** Nodes of tests that sign their bills, with keys of their own. */
import { Identity } from "@infernet/auth/Identity"
import type { PlaneMessage } from "@infernet/contract/Link"
import type { Bill, BillOffer, SignedBill } from "@infernet/contract/Receipt"
import { billDigest } from "@infernet/payment/receipt/digest"
import { Redacted } from "effect"
import type { FakeLink, world } from "../world.ts"
import { nodeId, settle } from "../world.ts"
import { Effect } from "effect"

export type World = Effect.Success<ReturnType<typeof world>>
export type Key = Identity["Service"]

export const keyOf = (n: number): Key => Identity.fromSecretKey(Redacted.make(new Uint8Array(32).fill(n)))

/** The node with the key of its number. */
export const register = ({ nodes }: World, n: number) =>
  nodes.register(nodeId(n), { public_key: keyOf(n).publicKey, name: `node ${n}`, version: "1.0.0" })

export const signedBy = (key: Key, bill: Bill): SignedBill => ({
  bill: bill.id,
  cumulative: bill.cumulative,
  node_key: key.publicKey,
  signature: key.sign(billDigest(bill))
})

/** The bills that came over the link, in order, each as it came last. */
export const billsOf = (link: FakeLink): ReadonlyArray<Bill> => [
  ...new Map(link.said("bill").map(({ bill }) => [bill.id, bill])).values()
]

export const offerOf = (link: FakeLink): BillOffer => {
  const offer = link.said("bill").at(-1)
  if (offer === undefined) throw new Error("no bill came")
  return offer
}

export const sign = (link: FakeLink, bill: Bill, key = keyOf(1)) =>
  Effect.sync(() => link.say({ type: "receipt", ...signedBy(key, bill) })).pipe(Effect.andThen(settle))

export const countersigned = (link: FakeLink) =>
  link.heard.filter(
    (message): message is Extract<PlaneMessage, { type: "countersigned" }> => message.type === "countersigned"
  )

/** One job of `text`, done by the node. */
export const work = Effect.fnUntraced(function* ({ submit }: World, link: FakeLink, text = "hello") {
  const job = yield* submit()
  link.produce([text])
  link.done(1)
  yield* settle
  return job
})

/** Signatures give way to whatever else there is to do: lets that happen until only so many bills wait. */
export const left = ({ bills }: World, waiting: number) =>
  settle.pipe(
    Effect.andThen(Effect.orDie(bills.waiting)),
    Effect.repeat({ until: (count) => count === waiting, times: 200 }),
    // What was stored is told.
    Effect.andThen(settle)
  )
