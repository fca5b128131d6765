import { describe, expect } from "bun:test"
import { JobStore } from "@infernet/control-plane/job/JobStore"
import { Ledger } from "@infernet/control-plane/ledger/Ledger"
import { it } from "@infernet/testing/harness"
import { Cause, Context, Effect, Exit, Layer, Option, type Scope } from "effect"
import { bill, charged, paid, stopped, stores } from "./chargedJobs.ts"
import { alice, attempt, bob, failed, failedOver, finished, jobId, newJob, node } from "./storedJobs.ts"

interface World {
  readonly store: JobStore["Service"]
  readonly ledger: Ledger["Service"]
}

const none = { available: 0n, held: 0n, credit: 0n, credit_held: 0n }

for (const [name, layer] of stores) {
  const test = (title: string, body: (world: World) => Effect.Effect<void, unknown, Scope.Scope>) =>
    it.live(
      title,
      () =>
        Effect.gen(function* () {
          const context = yield* Layer.build(Layer.fresh(layer))
          const world = { store: Context.get(context, JobStore), ledger: Context.get(context, Ledger) }
          yield* body(world)
          // Whatever was done: nothing came from nowhere, and every balance is what its postings make it.
          expect(yield* world.ledger.rebuilt).toEqual({ sum: 0n, differing: [] })
        }),
      { timeout: 30_000 }
    )

  describe(`charged jobs ${name}`, () => {
    test("hold their ceiling, pay what they cost, and give the rest back", ({ ledger, store }) =>
      Effect.gen(function* () {
        yield* ledger.deposit({ account: alice, amount: 1_000n, reference: "d1" })
        expect(yield* store.submit(charged(1, 700n))).toEqual({ _tag: "Stored", source: "money" })
        expect(yield* ledger.balance(alice)).toEqual({ ...none, available: 300n, held: 700n })
        expect(yield* store.end(paid(1, 207n))).toBe(true)
        expect(yield* ledger.balance(alice)).toEqual({ ...none, available: 793n })
        // 15 % of 207 is 31.05.
        expect(yield* ledger.nodeBalance(node)).toEqual({ earned: 176n, credit_earned: 0n })
        expect(Option.getOrThrow(yield* store.find(jobId(1)))).toMatchObject({
          costMicros: 207n,
          source: "money",
          quote: { ceiling: 700n, price: { input_micros_per_1k: 250n, output_micros_per_1k: 1_000n } }
        })
        const entries = yield* ledger.entries(alice, { limit: 10, before: undefined })
        expect(entries.map(({ job, kind, moved }) => ({ kind, moved, job }))).toEqual([
          { kind: "release", moved: { held: -493n, available: 493n }, job: jobId(1) },
          { kind: "settle", moved: { held: -207n }, job: jobId(1) },
          { kind: "hold", moved: { available: -700n, held: 700n }, job: jobId(1) },
          { kind: "deposit", moved: { available: 1_000n }, job: null }
        ])
        const older = yield* ledger.entries(alice, { limit: 1, before: entries[2]?.id })
        expect(older.map(({ kind }) => kind)).toEqual(["deposit"])
        expect((yield* ledger.entries(node, { limit: 10, before: undefined })).map(({ moved }) => moved)).toEqual([
          { earned: 176n }
        ])
      }))

    test("are refused where neither credit nor money covers all of them, and leave nothing behind", ({
      ledger,
      store
    }) =>
      Effect.gen(function* () {
        yield* ledger.deposit({ account: alice, amount: 60n, reference: "d1" })
        yield* ledger.credit({ account: alice, amount: 50n, reference: "c1" })
        // Together there would be enough: a job is paid from one of them.
        const refused = { _tag: "Unfunded", available: 60n, needed: 100n } as const
        expect(yield* store.submit(charged(1, 100n, { idempotencyKey: "k" }))).toEqual(refused)
        expect(yield* store.submit(charged(2, 1n, { account: bob }))).toMatchObject({ _tag: "Unfunded", available: 0n })
        expect(yield* store.find(jobId(1))).toEqual(Option.none())
        expect(yield* ledger.balance(alice)).toEqual({ ...none, available: 60n, credit: 50n })
        // The key was not used up.
        yield* ledger.deposit({ account: alice, amount: 40n, reference: "d2" })
        expect(yield* store.submit(charged(1, 100n, { idempotencyKey: "k" }))).toMatchObject({ _tag: "Stored" })
      }))

    test("that come together take in their order what is there, each from credit if that covers it", ({
      ledger,
      store
    }) =>
      Effect.gen(function* () {
        yield* ledger.deposit({ account: alice, amount: 10n, reference: "d1" })
        yield* ledger.credit({ account: alice, amount: 10n, reference: "c1" })
        yield* ledger.deposit({ account: bob, amount: 5n, reference: "d2" })
        const results = yield* Effect.all(
          [
            store.submit(charged(1, 8n)),
            store.submit(charged(2, 5n)),
            store.submit(charged(3, 2n)),
            store.submit(charged(4, 6n)),
            store.submit(charged(5, 5n, { account: bob })),
            store.submit(newJob(6)),
            store.submit(charged(7, 5n))
          ],
          { concurrency: "unbounded" }
        )
        expect(results.map((result) => (result._tag === "Stored" ? result.source : result))).toEqual([
          "credit",
          "money",
          "credit",
          { _tag: "Unfunded", available: 5n, needed: 6n },
          "money",
          null,
          "money"
        ])
        expect(yield* ledger.balance(alice)).toEqual({ available: 0n, held: 10n, credit: 0n, credit_held: 10n })
      }))

    test("are held once for a key, however often they come", ({ ledger, store }) =>
      Effect.gen(function* () {
        yield* ledger.deposit({ account: alice, amount: 100n, reference: "d1" })
        const together = yield* Effect.all(
          [1, 2, 3].map((n) => store.submit(charged(n, 60n, { idempotencyKey: "k" }))),
          { concurrency: "unbounded" }
        )
        expect(together.map(({ _tag }) => _tag).toSorted()).toEqual(["Repeated", "Repeated", "Stored"])
        expect(yield* store.submit(charged(4, 60n, { idempotencyKey: "k" }))).toEqual({ _tag: "Repeated" })
        expect(yield* ledger.balance(alice)).toEqual({ ...none, available: 40n, held: 60n })
      }))

    test("paid from credit earn what can never be redeemed", ({ ledger, store }) =>
      Effect.gen(function* () {
        yield* ledger.credit({ account: alice, amount: 100n, reference: "c1" })
        yield* store.submit(charged(1, 100n))
        yield* store.end(paid(1, 40n))
        expect(yield* ledger.balance(alice)).toEqual({ ...none, credit: 60n })
        expect(yield* ledger.nodeBalance(node)).toEqual({ earned: 0n, credit_earned: 34n })
      }))

    test("that fail give all of it back, and one that was cancelled all but what was done", ({ ledger, store }) =>
      Effect.gen(function* () {
        yield* ledger.deposit({ account: alice, amount: 100n, reference: "d1" })
        yield* store.submit(charged(1, 50n))
        yield* store.submit(charged(2, 50n))
        yield* store.end(failed(1))
        yield* store.end(stopped(2, 20n))
        expect(yield* ledger.balance(alice)).toEqual({ ...none, available: 80n })
        expect(yield* ledger.nodeBalance(node)).toMatchObject({ earned: 17n })
      }))

    test("settle once, whoever ends them and however often", ({ ledger, store }) =>
      Effect.gen(function* () {
        yield* ledger.deposit({ account: alice, amount: 100n, reference: "d1" })
        yield* store.submit(charged(1, 100n))
        const won = yield* Effect.all([store.end(paid(1, 30n)), store.end(failed(1)), store.end(paid(1, 30n))], {
          concurrency: "unbounded"
        })
        expect(won.filter(Boolean)).toHaveLength(1)
        expect(yield* store.end(paid(1, 30n))).toBe(false)
        const { available } = yield* ledger.balance(alice)
        expect([70n, 100n]).toContain(available)
      }))

    test("keep their hold over a failover, and pay each part that is billed from it", ({ ledger, store }) =>
      Effect.gen(function* () {
        yield* ledger.deposit({ account: alice, amount: 100n, reference: "d1" })
        yield* store.submit(charged(1, 100n))
        yield* store.end({ ...failedOver(1), bill: bill(1, 30n) })
        expect(yield* ledger.balance(alice)).toEqual({ ...none, held: 70n })
        yield* store.startAttempt(attempt(1, 2))
        const [open] = yield* store.open
        expect(open).toMatchObject({ source: "money", costMicros: 30n, quote: { ceiling: 100n } })
        yield* store.end(paid(1, 50n, 2))
        expect(yield* ledger.balance(alice)).toEqual({ ...none, available: 20n })
        // By the sum of both: 15 % of 80.
        expect(yield* ledger.nodeBalance(node)).toMatchObject({ earned: 68n })
      }))

    test("never pay more than they hold: such a bill is our own mistake and harms no other", ({ ledger, store }) =>
      Effect.gen(function* () {
        yield* ledger.deposit({ account: alice, amount: 100n, reference: "d1" })
        yield* store.submit(charged(1, 50n))
        yield* store.submit(charged(2, 50n))
        yield* store.submit(newJob(3))
        const [over, free, fine] = yield* Effect.all(
          [store.end(paid(1, 51n)), store.end(paid(3, 1n)), store.end(paid(2, 50n))].map(Effect.exit),
          { concurrency: "unbounded" }
        )
        for (const exit of [over, free]) {
          expect(exit !== undefined && Exit.isFailure(exit) && Cause.hasDies(exit.cause)).toBe(true)
        }
        expect(fine).toEqual(Exit.succeed(true))
        expect(Option.getOrThrow(yield* store.find(jobId(1)))).toMatchObject({ status: "processing", costMicros: 0n })
        expect(yield* ledger.balance(alice)).toEqual({ ...none, held: 50n })
        // It can still end otherwise.
        expect(yield* store.end(failed(1))).toBe(true)
        expect(yield* ledger.balance(alice)).toEqual({ ...none, available: 50n })
      }))

    test("that are free leave bills of nothing, and no trace in the ledger", ({ ledger, store }) =>
      Effect.gen(function* () {
        yield* store.submit(newJob(1))
        yield* store.submit(charged(2, 0n))
        yield* store.submit(newJob(3))
        for (const ending of [paid(1, 0n), paid(2, 0n), finished(3)]) expect(yield* store.end(ending)).toBe(true)
        expect(yield* ledger.entries(alice, { limit: 10, before: undefined })).toEqual([])
      }))
  })
}
