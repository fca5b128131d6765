/** Both stores of bills: what a signature and a dispute change, and who finds what. */
import { describe, expect } from "bun:test"
import { AccountId } from "@infernet/contract/Id"
import { noChain, type ReceiptStatus, zeroAddress } from "@infernet/contract/Receipt"
import { BillStore } from "@infernet/control-plane/bill/BillStore"
import * as BillStoreMemory from "@infernet/control-plane/bill/BillStoreMemory"
import * as BillStoreSql from "@infernet/control-plane/bill/BillStoreSql"
import type { Channel } from "@infernet/control-plane/bill/channel"
import { JobStore } from "@infernet/control-plane/job/JobStore"
import { Ledger } from "@infernet/control-plane/ledger/Ledger"
import * as LedgerSql from "@infernet/control-plane/ledger/LedgerSql"
import { channelIdOf } from "@infernet/payment/receipt/digest"
import { it } from "@infernet/testing/harness"
import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { bill, charged } from "../job/chargedJobs.ts"
import { alice, bob, finished, jobId, later, node, sqlLayer, start } from "../job/storedJobs.ts"

const channel = (salt: string): Channel => {
  const terms = {
    payer: zeroAddress,
    payer_signer: zeroAddress,
    node_id: node,
    fee_bps: 1_500,
    need: 2,
    withdraw_delay: 0,
    salt: `0x${salt.repeat(64)}`
  } as const
  return { id: channelIdOf(noChain, terms), node, domain: noChain, terms }
}
const [first, second] = [channel("1"), channel("2")]

const registered = Layer.effectDiscard(
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      insert into node (id, public_key, name, version, registered_at, account_id)
      values (${node}, '02', 'n', '1.0.0', now(), ${bob})`
  })
)

const stores: ReadonlyArray<readonly [string, Layer.Layer<BillStore | JobStore | Ledger, unknown>]> = [
  ["in memory", BillStoreMemory.layer],
  [
    "in PostgreSQL",
    Layer.mergeAll(BillStoreSql.layer("r1"), LedgerSql.layer).pipe(
      Layer.provideMerge(registered),
      Layer.provideMerge(sqlLayer)
    )
  ]
]

const amounts = [100n, 50n, 7n, 30n]

/** Four billed jobs of one channel. */
const open = Effect.fnUntraced(function* (layer: Layer.Layer<BillStore | JobStore | Ledger, unknown>) {
  const context = yield* Layer.build(Layer.fresh(layer))
  const [bills, jobs, ledger] = [
    Context.get(context, BillStore),
    Context.get(context, JobStore),
    Context.get(context, Ledger)
  ]
  yield* ledger.deposit({ account: alice, amount: 10_000n, reference: "test" })
  yield* bills.open(first, start, undefined)
  const work = Effect.fnUntraced(function* (n: number, amount: bigint, over = first.id) {
    yield* jobs.submit(charged(n, 1_000n))
    return yield* jobs.end({ ...finished(n), bill: bill(n, amount, 1, over) })
  })
  for (const [i, amount] of amounts.entries()) yield* work(i + 1, amount)
  /** How each bill is, and its sum. */
  const sums = Effect.map(bills.ofJobs([1, 2, 3, 4, 5].map(jobId)), (all) =>
    all.map(({ offer, status }) => [status, Number(offer.bill.cumulative)] as const)
  )
  const sign = (n: number, cumulative: bigint) =>
    Effect.map(
      bills.sign([
        {
          bill: bill(n, 0n).id,
          cumulative,
          signatures: { nodeKey: "02", nodeSignature: "a", planeKey: "03", planeSignature: "b" },
          at: later(5)
        }
      ]),
      ({ size }) => size === 1
    )
  const dispute = (n: number) => bills.dispute({ bill: bill(n, 0n).id, node, reason: "too little\u0000", at: later(5) })
  return { bills, dispute, ledger, sign, sums, work }
})

const offered = (...sums: ReadonlyArray<number>) => sums.map((sum) => ["offered" as ReceiptStatus, sum] as const)

for (const [name, layer] of stores) {
  describe(name, () => {
    it.live("a bill is signed once, and only as it is", () =>
      Effect.gen(function* () {
        const { bills, sign, sums } = yield* open(layer)
        expect(yield* sums).toEqual(offered(100, 150, 157, 187))
        expect([yield* sign(1, 101n), yield* sign(1, 100n), yield* sign(1, 100n)]).toEqual([false, true, false])
        expect((yield* sums)[0]).toEqual(["signed", 100])
        const waiting = yield* bills.offered(node, 2)
        expect(waiting.map(({ offer }) => offer.bill.seq)).toEqual([2, 3])
        expect([yield* bills.waiting, (yield* bills.byIds([bill(1, 0n).id]))[0]?.signatures?.planeSignature]).toEqual([
          3,
          "b"
        ])
      })
    )

    it.live("a disputed bill leaves the sum and those that wait after it, and what comes goes on from there", () =>
      Effect.gen(function* () {
        const { dispute, ledger, sign, sums, work } = yield* open(layer)
        const before = yield* ledger.nodeBalance(node)
        expect([yield* sign(1, 100n), yield* dispute(2), yield* dispute(2)]).toEqual([true, true, false])
        expect(yield* sums).toEqual([["signed", 100], ["disputed", 150], ...offered(107, 137)])
        expect([yield* sign(3, 157n), yield* sign(3, 107n), yield* sign(2, 150n)]).toEqual([false, true, false])
        yield* work(5, 3n)
        expect((yield* sums).at(-1)).toEqual(["offered", 140])
        // What was charged and earned stays where it is until somebody has decided.
        const earned = (yield* ledger.nodeBalance(node)).earned
        expect(earned - before.earned).toBeLessThanOrEqual(3n)
        expect(yield* ledger.rebuilt).toEqual({ sum: 0n, differing: [] })
      })
    )

    it.live("a disputed bill stays in the sum where a later one was signed with it: sums never fall", () =>
      Effect.gen(function* () {
        const { dispute, sign, sums, work } = yield* open(layer)
        expect([yield* sign(3, 157n), yield* dispute(2)]).toEqual([true, true])
        yield* work(5, 3n)
        expect(yield* sums).toEqual([["offered", 100], ["disputed", 150], ["signed", 157], ...offered(187, 190)])
      })
    )

    it.live("a channel takes another's place, whose bills stay what they were", () =>
      Effect.gen(function* () {
        const { bills, sums, work } = yield* open(layer)
        yield* bills.open(second, start, first)
        yield* bills.open(second, start, first)
        expect((yield* bills.channels).map(({ id }) => id)).toEqual([second.id])
        yield* work(5, 3n, second.id)
        expect(yield* sums).toEqual(offered(100, 150, 157, 187, 3))
        expect((yield* bills.offered(node, 10)).length).toBe(5)
      })
    )

    it.live("a bill is found by whom it concerns, page by page", () =>
      Effect.gen(function* () {
        const { bills, sign } = yield* open(layer)
        yield* sign(4, 187n)
        const all = { of: undefined, job: undefined, node: undefined, status: undefined, limit: 10, before: undefined }
        expect((yield* bills.list(all)).map(({ amount }) => amount)).toEqual([30n, 7n, 50n, 100n])
        const newest = yield* bills.list({ ...all, of: alice, limit: 2 })
        expect(newest.map(({ job }) => job)).toEqual([jobId(4), jobId(3)])
        const older = yield* bills.list({ ...all, node, before: bill(3, 0n).id })
        expect(older.map(({ amount }) => amount)).toEqual([50n, 100n])
        const signed = yield* bills.list({ ...all, job: jobId(4), status: "signed" })
        expect(signed.map(({ account, job }) => [account, job])).toEqual([[alice, jobId(4)]])
        expect(yield* bills.list({ ...all, status: "redeemed" })).toEqual([])
      })
    )
  })
}

describe("in PostgreSQL", () => {
  it.live("the operator of a node finds its bills, and nobody else does", () =>
    Effect.gen(function* () {
      const [, layer] = stores[1] ?? ["", BillStoreMemory.layer]
      const { bills } = yield* open(layer)
      const page = { job: undefined, node: undefined, status: undefined, limit: 10, before: undefined }
      expect(yield* bills.list({ ...page, of: bob })).toHaveLength(4)
      expect(yield* bills.list({ ...page, of: AccountId.make(`acc_${"c".repeat(20)}`) })).toEqual([])
    })
  )
})
