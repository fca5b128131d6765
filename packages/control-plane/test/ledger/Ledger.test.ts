import { describe, expect } from "bun:test"
import { Accounts } from "@infernet/control-plane/account/Accounts"
import { Callers } from "@infernet/control-plane/account/Callers"
import { Ledger } from "@infernet/control-plane/ledger/Ledger"
import * as LedgerSql from "@infernet/control-plane/ledger/LedgerSql"
import { paymentsOff } from "@infernet/control-plane/Payments"
import { Settings } from "@infernet/control-plane/Settings"
import { it } from "@infernet/testing/harness"
import * as TestDatabase from "@infernet/testing/TestDatabase"
import { Context, Effect, Layer, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { channelId, stores } from "../job/chargedJobs.ts"
import { alice, attemptId, bob, node } from "../job/storedJobs.ts"
import { settings } from "../world.ts"

const none = { available: 0n, held: 0n, credit: 0n, credit_held: 0n }

for (const [name, layer] of stores) {
  const test = (title: string, body: (ledger: Ledger["Service"]) => Effect.Effect<void, unknown, Scope.Scope>) =>
    it.live(
      title,
      () =>
        Effect.gen(function* () {
          const ledger = Context.get(yield* Layer.build(Layer.fresh(layer)), Ledger)
          yield* body(ledger)
          expect(yield* ledger.rebuilt).toEqual({ sum: 0n, differing: [] })
        }),
      { timeout: 30_000 }
    )

  describe(`the ledger ${name}`, () => {
    test("takes each reference once, and nothing else under its name", (ledger) =>
      Effect.gen(function* () {
        const asked = { account: alice, amount: 5n, reference: "r" }
        const together = yield* Effect.all([ledger.deposit(asked), ledger.deposit(asked), ledger.deposit(asked)], {
          concurrency: "unbounded"
        })
        expect(together.filter(Boolean)).toHaveLength(1)
        expect(yield* Effect.flip(ledger.deposit({ ...asked, amount: 6n }))).toMatchObject({ _tag: "Conflict" })
        expect(yield* Effect.flip(ledger.deposit({ ...asked, account: bob }))).toMatchObject({ _tag: "Conflict" })
        // A reference is one of its kind.
        expect(yield* ledger.credit(asked)).toBe(true)
        expect(yield* ledger.balance(alice)).toEqual({ ...none, available: 5n, credit: 5n })
        expect(yield* ledger.balance(bob)).toEqual(none)
      }))

    test("gives back no more than was bought, and no credit", (ledger) =>
      Effect.gen(function* () {
        yield* ledger.deposit({ account: alice, amount: 5n, reference: "d", note: "by wire" })
        yield* ledger.credit({ account: alice, amount: 50n, reference: "c" })
        const refused = yield* Effect.flip(ledger.withdraw({ account: alice, amount: 6n, reference: "w" }))
        expect(refused).toMatchObject({ _tag: "InsufficientFunds", error_message: expect.stringContaining("0.000005") })
        // What was refused has not used its reference up.
        expect(yield* ledger.withdraw({ account: alice, amount: 5n, reference: "w" })).toBe(true)
        expect(yield* ledger.balance(alice)).toEqual({ ...none, credit: 50n })
        const entries = yield* ledger.entries(alice, { limit: 9, before: undefined })
        expect(entries.map(({ kind, moved, note }) => [kind, moved, note])).toEqual([
          ["withdraw", { available: -5n }, null],
          ["credit", { credit: 50n }, null],
          ["deposit", { available: 5n }, "by wire"]
        ])
      }))

    test("pays nodes for what the platform caused, and books what the escrow paid them", (ledger) =>
      Effect.gen(function* () {
        const expense = { attempt: attemptId(1), node, amount: 100n, fee: 15n, note: "canary" }
        expect([yield* ledger.expense(expense), yield* ledger.expense(expense)]).toEqual([true, false])
        expect(yield* ledger.nodeBalance(node)).toEqual({ earned: 85n, credit_earned: 0n })
        const paid = { node, channel: channelId(1), amount: 100n, fee: 15n, reference: "0xab:3" }
        expect([yield* ledger.redeemed(paid), yield* ledger.redeemed(paid)]).toEqual([true, false])
        expect(yield* ledger.nodeBalance(node)).toEqual({ earned: 0n, credit_earned: 0n })
        const more = yield* Effect.flip(ledger.redeemed({ ...paid, reference: "0xab:4" }))
        expect(more).toMatchObject({ _tag: "InsufficientFunds" })
      }))
  })
}

describe("the ledger in PostgreSQL", () => {
  const payments = { ...paymentsOff, mode: "ledger", startingCredit: 1_000_000n } as const
  const layer = Layer.merge(Accounts.layer, LedgerSql.layer).pipe(
    Layer.provide(Callers.layer),
    Layer.provideMerge(TestDatabase.layer),
    Layer.provide(Layer.succeed(Settings, { ...settings, payments })),
    Layer.fresh
  )

  it.live(
    "gives new accounts their credit, and knows no others",
    () =>
      Effect.gen(function* () {
        const accounts = yield* Accounts
        const ledger = yield* Ledger
        const { id } = yield* accounts.create({ name: "new", role: "client" })
        expect(yield* ledger.balance(id)).toEqual({ ...none, credit: 1_000_000n })
        const unknown = yield* Effect.flip(ledger.deposit({ account: alice, amount: 1n, reference: "d" }))
        expect(unknown).toMatchObject({ _tag: "NotFound" })
      }).pipe(Effect.provide(layer)),
    { timeout: 30_000 }
  )

  it.live(
    "keeps its entries and postings as they are, and postings at zero",
    () =>
      Effect.gen(function* () {
        const { id } = yield* (yield* Accounts).create({ name: "new", role: "client" })
        const sql = yield* SqlClient.SqlClient
        const refused = [
          sql`update posting set amount = 1`,
          sql`delete from posting`,
          sql`delete from ledger_entry`,
          sql`insert into posting (entry_id, account_id, amount) select id, 'fee', 5 from ledger_entry`,
          sql`update ledger_account set balance = -1 where id = ${`available:${id}`}`
        ]
        for (const statement of refused) expect((yield* Effect.flip(statement))._tag).toBe("SqlError")
      }).pipe(Effect.provide(layer)),
    { timeout: 30_000 }
  )
})
