import { describe, expect } from "bun:test"
import { ApiKeyId, encode, JobId } from "@infernet/contract/Id"
import { JobStore, type NewJob } from "@infernet/control-plane/job/JobStore"
import * as JobStoreSql from "@infernet/control-plane/job/JobStoreSql"
import { Ledger } from "@infernet/control-plane/ledger/Ledger"
import { it } from "@infernet/testing/harness"
import { Context, DateTime, Effect, Layer, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { charged, paid, stores } from "./chargedJobs.ts"
import { alice, later, start } from "./storedJobs.ts"

const [keyId, otherKey] = [ApiKeyId.make(`key_${"1".repeat(20)}`), ApiKeyId.make(`key_${"2".repeat(20)}`)]

const job = (n: number, ceiling: bigint, limits: NewJob["dayLimits"], part: Partial<NewJob> = {}) =>
  charged(n, ceiling, { keyId, dayLimits: limits, ...part })

const ofKey = (key: bigint) => ({ account: null, key })
/** Hours of the first day. */
const at = (hours: number) => DateTime.add(DateTime.startOf(start, "day"), { hours })

/** A job of that hour, by its id as well. */
const timed = (n: number, hours: number, limits: NewJob["dayLimits"]) =>
  job(n, 300n, limits, {
    id: JobId.make(`job_${encode(DateTime.toEpochMillis(at(hours)), BigInt(n))}`),
    createdAt: at(hours),
    attempt: null
  })

const stored = { _tag: "Stored", source: "money" } as const

interface World {
  readonly store: JobStore["Service"]
  readonly context: Context.Context<JobStore | Ledger>
}

/** A store in which alice has money enough. */
const world = Effect.fnUntraced(function* (layer: (typeof stores)[number][1]) {
  const context = yield* Layer.build(Layer.fresh(layer))
  yield* Context.get(context, Ledger).deposit({ account: alice, amount: 1_000_000n, reference: "d1" })
  const found: World = { store: Context.get(context, JobStore), context }
  return found
})

for (const [name, layer] of stores) {
  const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Scope.Scope>) =>
    it.live(title, () => Effect.flatMap(world(layer), body), { timeout: 30_000 })

  describe(`limits a day ${name}`, () => {
    test("count what is held, then what was charged", ({ store }) =>
      Effect.gen(function* () {
        expect(yield* store.submit(job(1, 400n, ofKey(1_000n)))).toEqual(stored)
        expect(yield* store.submit(job(2, 400n, ofKey(1_000n)))).toEqual(stored)
        const refused = { _tag: "Spent", whose: "key", spent: 800n, most: 1_000n } as const
        expect(yield* store.submit(job(3, 400n, ofKey(1_000n)))).toEqual(refused)
        yield* store.end(paid(1, 150n))
        expect(yield* store.submit(job(3, 400n, ofKey(1_000n)))).toEqual(stored)
        expect(yield* store.submit(job(4, 51n, ofKey(1_000n)))).toEqual({ ...refused, spent: 950n })
        expect(yield* store.submit(job(5, 50n, ofKey(1_000n)))).toEqual(stored)
      }))

    test("are each key's own, and an account's for all of its keys, both or neither", ({ store }) =>
      Effect.gen(function* () {
        const both = { account: 1_000n, key: 600n }
        expect(yield* store.submit(job(1, 500n, both))).toEqual(stored)
        expect(yield* store.submit(job(2, 500n, both))).toMatchObject({ whose: "key", spent: 500n })
        expect(yield* store.submit(job(3, 500n, both, { keyId: otherKey }))).toEqual(stored)
        // What the account refuses is not taken from the key.
        expect(yield* store.submit(job(4, 50n, both, { keyId: otherKey }))).toMatchObject({ whose: "account" })
        yield* store.end(paid(1, 0n))
        expect(yield* store.submit(job(4, 100n, both, { keyId: otherKey }))).toEqual(stored)
      }))

    test("begin anew on the next day of UTC", ({ store }) =>
      Effect.gen(function* () {
        const limits = ofKey(500n)
        const day = 86_400
        expect(yield* store.submit(job(1, 500n, limits))).toEqual(stored)
        // The first of them is submitted at 22:13 o'clock.
        expect(yield* store.submit(job(2, 1n, limits, { createdAt: later(6_399) }))).toMatchObject({ _tag: "Spent" })
        expect(yield* store.submit(job(3, 500n, limits, { createdAt: later(6_400) }))).toEqual(stored)
        yield* store.end(paid(1, 500n))
        expect(yield* store.submit(job(4, 500n, limits, { createdAt: later(day + 6_400) }))).toEqual(stored)
      }))

    test("take nothing for a job that is not stored", ({ store }) =>
      Effect.gen(function* () {
        const limits = ofKey(5_000_000n)
        expect(yield* store.submit(job(1, 2_000_000n, limits))).toMatchObject({ _tag: "Unfunded" })
        const keyed = { idempotencyKey: "k" }
        expect(yield* store.submit(job(2, 500_000n, limits, keyed))).toEqual(stored)
        expect(yield* store.submit(job(3, 500_000n, limits, keyed))).toEqual({ _tag: "Repeated" })
        expect(yield* store.submit(job(4, 500_000n, ofKey(1_000_000n)))).toEqual(stored)
      }))
  })
}

const [, inPostgres] = stores
if (inPostgres === undefined) throw new Error("there is no store in PostgreSQL")

describe("limits a day of several replicas", () => {
  it.live(
    "let no more through together than one would, and lose nothing on the way back",
    () =>
      Effect.gen(function* () {
        const { context, store } = yield* world(inPostgres[1])
        const over = context as Context.Context<JobStore | Ledger | SqlClient.SqlClient>
        const other = Context.get(
          yield* Effect.provideContext(Layer.build(Layer.fresh(JobStoreSql.layer("r2"))), over),
          JobStore
        )
        const limits = { account: 1_000n, key: 700n }
        const submit = (n: number) =>
          Effect.map((n % 2 === 0 ? store : other).submit(job(n, 100n, limits)), ({ _tag }) => ({ n, _tag }))
        const ns = Array.from({ length: 40 }, (_, i) => i + 1)
        const answers = yield* Effect.forEach(ns, submit, { concurrency: "unbounded" })
        const through = answers.filter(({ _tag }) => _tag === "Stored")
        expect(through.length).toBe(7)
        yield* Effect.forEach(through, ({ n }) => store.end(paid(n, 30n)), { concurrency: "unbounded" })
        const sql = Context.get(over, SqlClient.SqlClient)
        const rows = yield* sql<{ micros: bigint }>`select micros from day_spending order by owner`
        expect(rows.map(({ micros }) => micros)).toEqual([210n, 210n])
      }),
    { timeout: 30_000 }
  )

  it.live(
    "count what was spent that day before there was a limit",
    () =>
      Effect.gen(function* () {
        const { store } = yield* world(inPostgres[1])
        expect(yield* store.submit(timed(1, -1, null))).toEqual(stored)
        expect(yield* store.submit(timed(2, 1, null))).toEqual(stored)
        expect(yield* store.submit(timed(3, 2, ofKey(500n)))).toMatchObject({ _tag: "Spent", spent: 300n })
        expect(yield* store.submit(timed(4, 3, ofKey(600n)))).toEqual(stored)
      }),
    { timeout: 30_000 }
  )
})
