/** A control plane or a daemon killed at each step of a bill's way: no bill is lost, none is there twice, no money either. */
import { describe, expect } from "bun:test"
import { paymentsOff } from "@infernet/control-plane/Payments"
import { feeOf } from "@infernet/payment/price/amount"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { account, Database, type FakeLink, nodeId, settle, world } from "../world.ts"
import { billsOf, countersigned, keyOf, register, signedBy, type World } from "./signing.ts"

const payments = { ...paymentsOff, mode: "ledger" } as const
const deposit = 1_000_000n
/** Of three tokens read and two written, by a model whose size nobody tells. */
const cost = 3n

const start = Effect.fnUntraced(function* (database: Database) {
  const plane = yield* world({ database, settings: { payments } })
  yield* register(plane, 1)
  return plane
})

const sign = (link: FakeLink) =>
  Effect.gen(function* () {
    for (const bill of billsOf(link)) link.say({ type: "receipt", ...signedBy(keyOf(1), bill) })
    yield* settle
    yield* settle
  })

interface Step {
  readonly name: string
  /** When the process of the control plane is killed. */
  readonly dies: Database["goesAway"] | "unanswered" | "answered"
  /** Whether the node hears that its attempt is stored. */
  readonly isAcked: boolean
}

const steps: ReadonlyArray<Step> = [
  { name: "before the job's end is stored", dies: { at: "end", done: false }, isAcked: false },
  { name: "when the end is stored, before the bill is sent", dies: { at: "end", done: true }, isAcked: false },
  { name: "when the end is stored, before the bill is read back", dies: { at: "byIds", done: false }, isAcked: true },
  { name: "when the bill is sent, before it is signed", dies: "unanswered", isAcked: true },
  { name: "when the signature came, before it is stored", dies: { at: "sign", done: false }, isAcked: true },
  { name: "when it is stored, before the node hears of it", dies: { at: "sign", done: true }, isAcked: true },
  { name: "when the node has the receipt", dies: "answered", isAcked: true }
]

/** What is so at the end of every way. */
const audit = Effect.fnUntraced(function* ({ bills, ledger }: World, link: FakeLink) {
  const all = yield* bills.list({
    of: account,
    job: undefined,
    node: undefined,
    status: undefined,
    limit: 10,
    before: undefined
  })
  expect(all.map(({ amount, status }) => ({ amount, status }))).toEqual([{ amount: cost, status: "signed" }])
  const [bill] = all
  expect(bill?.offer.bill).toMatchObject({ seq: 1, cumulative: String(cost) })
  expect(countersigned(link).at(-1)).toMatchObject({
    bill: bill?.offer.bill.id ?? "",
    signature: bill?.signatures?.planeSignature ?? ""
  })
  expect(yield* ledger.rebuilt).toEqual({ sum: 0n, differing: [] })
  expect(yield* ledger.balance(account)).toMatchObject({ available: deposit - cost, held: 0n })
  expect(yield* ledger.nodeBalance(nodeId(1))).toMatchObject({ earned: cost - feeOf(cost, payments.feeBps) })
})

describe("the control plane, killed", () => {
  for (const { dies, isAcked, name } of steps) {
    it(name, () =>
      Effect.gen(function* () {
        const database = new Database()
        const first = yield* start(database)
        yield* first.ledger.deposit({ account, amount: deposit, reference: "test" })
        const before = first.connect(1).hello()
        yield* first.submit()
        before.produce(["hello"])
        const { attempt } = before
        if (typeof dies === "object") database.goesAway = dies
        before.done(1)
        yield* settle
        if (dies !== "unanswered") yield* sign(before)

        const second = yield* start(database.successor())
        expect(before.said("ack").length).toBe(isAcked ? 1 : 0)
        const after = second.connect(1).hello(isAcked ? {} : { inflight: { [attempt]: 1 } })
        yield* settle
        if (after.said("welcome")[0]?.resume.length === 1) {
          after.produce(["hello"], 1, attempt)
          after.done(1, attempt)
          yield* settle
        }
        // What it has signed and not got back it says again.
        const unanswered = billsOf(before).filter(({ id }) => !countersigned(before).some(({ bill }) => bill === id))
        for (const bill of unanswered) after.say({ type: "receipt", ...signedBy(keyOf(1), bill) })
        yield* settle
        yield* sign(after)
        yield* audit(second, countersigned(after).length > 0 ? after : before)
      })
    )
  }
})

describe("a daemon, killed", () => {
  for (const signs of [false, true]) {
    it(signs ? "before it has the countersignature" : "before it has signed", () =>
      Effect.gen(function* () {
        const plane = yield* start(new Database())
        yield* plane.ledger.deposit({ account, amount: deposit, reference: "test" })
        const before = plane.connect(1).hello()
        yield* plane.submit()
        before.produce(["hello"])
        before.done(1)
        yield* settle
        const [bill] = billsOf(before)
        if (bill === undefined) throw new Error("no bill came")
        if (signs) before.say({ type: "receipt", ...signedBy(keyOf(1), bill) })
        before.drop()
        yield* settle
        const after = plane.connect(1).hello({ instance: "b".repeat(32) })
        yield* settle
        // As one that has no file of it, and as one that has.
        expect(billsOf(after)).toEqual(signs ? [] : [bill])
        after.say({ type: "receipt", ...signedBy(keyOf(1), bill) })
        yield* settle
        yield* settle
        yield* audit(plane, after)
      })
    )
  }
})
