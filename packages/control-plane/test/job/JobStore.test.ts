import { describe, expect } from "bun:test"
import { AccountId, AttemptId, JobId, NodeId } from "@infernet/contract/Id"
import {
  type Ending,
  JobStore,
  type NewAttempt,
  type NewJob,
  StoreUnavailable
} from "@infernet/control-plane/job/JobStore"
import * as JobStoreMemory from "@infernet/control-plane/job/JobStoreMemory"
import * as JobStoreSql from "@infernet/control-plane/job/JobStoreSql"
import * as Database from "@infernet/platform/database/Database"
import * as TestDatabase from "@infernet/testing/TestDatabase"
import { it } from "@infernet/testing/harness"
import { Cause, Context, DateTime, Deferred, Effect, Exit, Fiber, Layer, Option, Scope } from "effect"
import { SqlClient } from "effect/sql"

const [alice, bob] = ["a", "b"].map((letter) => AccountId.make(`acc_${letter.repeat(20)}`)) as [AccountId, AccountId]
const jobId = (n: number) => JobId.make(`job_${String(n).padStart(20, "0")}`)
const attemptId = (n: number) => AttemptId.make(`att_${String(n).padStart(20, "0")}`)
const node = NodeId.make(`0x${"1".repeat(40)}`)
const start = DateTime.makeUnsafe(1_700_000_000_000)
const later = (seconds: number) => DateTime.add(start, { seconds })
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, cached_tokens: 1 }

const attempt = (n: number, fence = 1): NewAttempt => ({
  id: attemptId(n * 10 + fence),
  job: jobId(n),
  fence,
  node,
  startedAt: start
})

const newJob = (n: number, part: Partial<NewJob> = {}): NewJob => ({
  id: jobId(n),
  account: alice,
  idempotencyKey: null,
  requestHash: "hash",
  model: "m",
  request: "{}",
  metadata: null,
  createdAt: start,
  attempt: attempt(n),
  ...part
})

const base = (n: number, fence: number) => ({
  attempt: { id: attemptId(n * 10 + fence), outcome: "done", message: null },
  job: jobId(n),
  fence,
  usage: null,
  firstTokenAt: later(1),
  at: later(3)
})
const finished = (n: number, fence = 1, content = "hi"): Ending => ({
  ...base(n, fence),
  usage,
  final: { status: "completed", result: { content, finish_reason: "stop", usage } }
})
const failed = (n: number, fence = 1, message = "why"): Ending => ({
  ...base(n, fence),
  attempt: { id: attemptId(n * 10 + fence), outcome: "backend_error", message },
  final: { status: "failed", error: "backend_error", message }
})
const cancelled = (n: number, fence = 1): Ending => ({
  ...base(n, fence),
  final: { status: "cancelled", error: "cancelled", message: "the job was cancelled" }
})
const failedOver = (n: number, fence = 1): Ending => ({
  ...base(n, fence),
  attempt: { id: attemptId(n * 10 + fence), outcome: "lost", message: null },
  final: null
})

const accounts = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const id of [alice, bob]) {
    yield* sql`insert into account (id, name, role, created_at) values (${id}, 'n', 'client', now())`
  }
})

const sqlLayer = JobStoreSql.layer("r1").pipe(
  Layer.provideMerge(Layer.effectDiscard(accounts)),
  Layer.provideMerge(TestDatabase.layer)
)

type Store = JobStore["Service"]

for (const [name, layer] of [
  ["in memory", JobStoreMemory.layer],
  ["in PostgreSQL", sqlLayer]
] as const) {
  const test = (title: string, body: (store: Store) => Effect.Effect<void, unknown, Scope.Scope>) =>
    it.live(
      title,
      () =>
        Effect.gen(function* () {
          const context = yield* Layer.build(Layer.fresh<JobStore, unknown, never>(layer))
          return yield* body(Context.get(context, JobStore))
        }),
      { timeout: 30_000 }
    )
  const found = (store: Store, n: number) => Effect.map(store.find(jobId(n)), Option.getOrThrow)

  describe(`jobs ${name}`, () => {
    test("are found as they were submitted, or not at all", (store) =>
      Effect.gen(function* () {
        expect(yield* store.submit(newJob(1, { metadata: `{"k":"v"}` }))).toBe(true)
        expect(yield* store.submit(newJob(2, { attempt: null }))).toBe(true)
        expect(yield* found(store, 1)).toMatchObject({
          accountId: alice,
          status: "processing",
          metadata: { k: "v" },
          nodeId: node,
          createdAt: start,
          costMicros: 0,
          attempts: [{ id: attemptId(11), nodeId: node, outcome: null }]
        })
        expect(yield* found(store, 2)).toMatchObject({ status: "pending", nodeId: null, attempts: [] })
        expect(yield* store.find(jobId(9))).toEqual(Option.none())
      }))

    test("with a key are one a key and account, whether they come together or one after the other", (store) =>
      Effect.gen(function* () {
        const keyed = (n: number, account = alice) => newJob(n, { idempotencyKey: "k", account })
        const together = yield* Effect.all(
          [1, 2, 3].map((n) => store.submit(keyed(n))),
          { concurrency: "unbounded" }
        )
        expect(together.filter(Boolean)).toHaveLength(1)
        expect(yield* store.submit(keyed(4))).toBe(false)
        expect(yield* store.submit(keyed(5, bob))).toBe(true)
        const winner = Option.getOrThrow(yield* store.findByKey(alice, "k"))
        expect(winner.id).toBe(jobId(together.indexOf(true) + 1))
        expect(winner.attempts).toHaveLength(1)
        const losers = [1, 2, 3, 4].filter((n) => jobId(n) !== winner.id)
        for (const n of losers) expect(yield* store.find(jobId(n))).toEqual(Option.none())
        expect(yield* store.findByKey(bob, "other")).toEqual(Option.none())
      }))

    test("have one attempt after the other, none skipped and none twice", (store) =>
      Effect.gen(function* () {
        yield* store.submit(newJob(1))
        expect(yield* store.startAttempt(attempt(1, 3))).toBe(false)
        const raced = yield* Effect.all(
          [2, 3, 4].map((i) => store.startAttempt({ ...attempt(1, 2), id: attemptId(i) })),
          { concurrency: "unbounded" }
        )
        expect(raced.filter(Boolean)).toHaveLength(1)
        expect(yield* store.end(finished(1, 1))).toBe(false)
        expect((yield* found(store, 1)).attempts).toHaveLength(2)
        expect(yield* store.startAttempt(attempt(9, 2))).toBe(false)
      }))

    test("end once: with result, times and the attempt's outcome", (store) =>
      Effect.gen(function* () {
        yield* store.submit(newJob(1))
        yield* store.submit(newJob(2))
        expect(yield* store.end(finished(1))).toBe(true)
        expect(yield* store.end(failed(1))).toBe(false)
        expect(yield* store.startAttempt(attempt(1, 2))).toBe(false)
        expect(yield* store.end(failed(2))).toBe(true)
        expect(yield* found(store, 1)).toMatchObject({
          status: "completed",
          result: { content: "hi", finish_reason: "stop", usage },
          firstTokenAt: later(1),
          completedAt: later(3),
          error: null,
          attempts: [{ outcome: "done" }]
        })
        expect(yield* found(store, 2)).toMatchObject({
          status: "failed",
          error: "backend_error",
          errorMessage: "why",
          result: null,
          attempts: [{ outcome: "backend_error" }]
        })
      }))

    test("go on at another node when an attempt ends and the job does not", (store) =>
      Effect.gen(function* () {
        yield* store.submit(newJob(1))
        expect(yield* store.end(failedOver(1))).toBe(true)
        expect(yield* found(store, 1)).toMatchObject({ status: "processing", completedAt: null })
        expect(yield* store.startAttempt(attempt(1, 2))).toBe(true)
        expect(yield* store.end(finished(1, 2))).toBe(true)
        expect((yield* found(store, 1)).attempts).toMatchObject([{ outcome: "lost" }, { outcome: "done" }])
      }))

    test("are ended by exactly one of finish, failover and cancel, a thousand times", (store) =>
      Effect.gen(function* () {
        const races = Array.from({ length: 1_000 }, (_, n) => n)
        yield* Effect.forEach(races, (n) => store.submit(newJob(n)), { concurrency: "unbounded", discard: true })
        const race = Effect.fnUntraced(function* (n: number) {
          // The failover's second half; it and the two ends exclude each other.
          const contenders = [store.end(finished(n)), store.startAttempt(attempt(n, 2)), store.end(cancelled(n))]
          const order = contenders.map((_, i) => (i + n) % 3)
          const won = yield* Effect.all(
            order.map((i) => contenders[i] ?? Effect.succeed(false)),
            { concurrency: "unbounded" }
          )
          const winner = order[won.indexOf(true)] ?? -1
          return { winners: won.filter(Boolean).length, status: ["completed", "processing", "cancelled"][winner], n }
        })
        const outcomes = yield* Effect.forEach(races, race, { concurrency: "unbounded" })
        expect(outcomes.filter(({ winners }) => winners !== 1)).toEqual([])
        const all = yield* Effect.forEach(outcomes, ({ n, status }) =>
          Effect.map(found(store, n), (job) => job.status === status)
        )
        expect(all.every(Boolean)).toBe(true)
      }))

    test("are listed newest first, by account, status and time, page by page", (store) =>
      Effect.gen(function* () {
        for (let n = 1; n <= 5; n++) yield* store.submit(newJob(n, { createdAt: later(n) }))
        yield* store.submit(newJob(6, { account: bob }))
        yield* store.end(finished(2))
        const none = { account: alice, limit: 10, status: undefined, since: undefined, before: undefined }
        const list = (query: Partial<Parameters<Store["list"]>[0]>) =>
          Effect.map(store.list({ ...none, ...query }), (jobs) => jobs.map(({ id }) => Number(id.slice(-2))))
        expect(yield* list({})).toEqual([5, 4, 3, 2, 1])
        expect(yield* list({ limit: 2 })).toEqual([5, 4])
        expect(yield* list({ limit: 2, before: jobId(4) })).toEqual([3, 2])
        expect(yield* list({ status: "completed" })).toEqual([2])
        expect(yield* list({ since: later(4) })).toEqual([5, 4])
        expect(yield* list({ account: bob })).toEqual([6])
      }))

    test("that were left open are ended, and only they", (store) =>
      Effect.gen(function* () {
        for (const n of [1, 2]) yield* store.submit(newJob(n))
        yield* store.end(finished(2))
        expect(yield* store.abandonOpen).toBe(1)
        expect(yield* store.abandonOpen).toBe(0)
        expect(yield* found(store, 1)).toMatchObject({
          status: "failed",
          error: "internal_error",
          attempts: [{ outcome: "lost" }]
        })
        expect((yield* found(store, 2)).status).toBe("completed")
        expect(yield* store.end(finished(1))).toBe(false)
      }))

    test("keep whatever a node says, and messages as far as text goes", (store) =>
      Effect.gen(function* () {
        const hostile = `a\u0000b\ud800c\udc00d\u2028e'"\\f😀`
        yield* store.submit(newJob(1))
        yield* store.submit(newJob(2))
        yield* store.submit(newJob(3))
        const ends = yield* Effect.all(
          [
            store.end(finished(1, 1, hostile)),
            // Cut at 2,000 characters, in the middle of one.
            store.end(failed(2, 1, `${hostile}${"x".repeat(1_999 - hostile.length + 1)}😀`)),
            store.end({ ...finished(3), usage: { ...usage, completion_tokens: 2 ** 40 } })
          ],
          { concurrency: "unbounded" }
        )
        expect(ends).toEqual([true, true, true])
        expect((yield* found(store, 1)).result?.content).toBe(hostile)
        expect((yield* found(store, 2)).errorMessage).toStartWith("a")
      }))

    test("are counted, and their speed is measured", (store) =>
      Effect.gen(function* () {
        const now = yield* DateTime.now
        const ago = (seconds: number) => DateTime.subtract(now, { seconds })
        for (const [n, first, tokens] of [
          [1, 1, 40],
          [2, 2, 20],
          [3, 6, 1]
        ] as const) {
          yield* store.submit(newJob(n, { createdAt: ago(10) }))
          const count = { ...usage, completion_tokens: tokens }
          const result = { content: "", finish_reason: "stop", usage: count } as const
          const times = { firstTokenAt: ago(10 - first), at: ago(6 - first), usage: count }
          yield* store.end({ ...finished(n), ...times, final: { status: "completed", result } })
        }
        yield* store.submit(newJob(4))
        yield* store.end(failed(4))
        yield* store.submit(newJob(5))
        expect(yield* store.counts).toEqual({ completed: 3, failed: 1, pending: 1 })
        // 60 tokens in 4 + 4 seconds; one token has no speed. The median of 1, 2 and 6 s.
        expect(yield* store.speeds).toEqual([{ model: "m", tokensPerSecond: 7.5, firstTokenMillis: 2_000 }])
        yield* store.ready
      }))
  })
}

const refusals = (store: Store) => [
  store.submit(newJob(9)),
  store.startAttempt(attempt(9, 2)),
  store.end(finished(9)),
  Effect.asVoid(store.find(jobId(1))),
  Effect.asVoid(store.findByKey(alice, "k")),
  Effect.asVoid(store.counts),
  Effect.asVoid(store.speeds),
  store.ready
]

const away = (connection: Layer.Layer<SqlClient.SqlClient, unknown>) =>
  Effect.map(Layer.build(Layer.fresh(JobStoreSql.layer("r1").pipe(Layer.provide(connection)))), (context) =>
    Context.get(context, JobStore)
  )

describe("while PostgreSQL is away", () => {
  it.live("every operation says so", () =>
    Effect.gen(function* () {
      const store = yield* away(Database.client({ host: "127.0.0.1", port: 1, username: "nobody" }))
      for (const operation of refusals(store)) {
        expect(yield* Effect.flip(Effect.asVoid<unknown, StoreUnavailable, never>(operation))).toBeInstanceOf(
          StoreUnavailable
        )
      }
    })
  )

  it.live("and so it does once its connections are closed", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const database = yield* Layer.buildWithScope(Layer.fresh(TestDatabase.layer), scope)
      const store = yield* away(Layer.succeedContext(database))
      yield* store.ready
      yield* Scope.close(scope, Exit.void)
      for (const operation of refusals(store)) {
        expect(yield* Effect.flip(Effect.asVoid<unknown, StoreUnavailable, never>(operation))).toBeInstanceOf(
          StoreUnavailable
        )
      }
    })
  )

  it.live("a connection that is cut costs at most the operation under way", () =>
    Effect.gen(function* () {
      const context = yield* Layer.build(Layer.fresh(sqlLayer))
      const [store, sql] = [Context.get(context, JobStore), Context.get(context, SqlClient.SqlClient)]
      yield* store.submit(newJob(1))
      const others = sql`
        select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()`
      const ends = Array.from({ length: 20 }, (_, n) => store.end(finished(n)))
      const [exits] = yield* Effect.all([Effect.forEach(ends, Effect.exit), Effect.exit(others)], {
        concurrency: "unbounded"
      })
      for (const exit of exits)
        if (Exit.isFailure(exit)) expect(Cause.squash(exit.cause)).toBeInstanceOf(StoreUnavailable)
      expect(yield* Effect.retry(store.ready, { times: 20 })).toBeUndefined()
    })
  )

  it.live("a database that stands still is as good as away", () =>
    Effect.gen(function* () {
      const context = yield* Layer.build(
        Layer.fresh(Layer.provideMerge(JobStoreSql.layer("r1", "300 millis"), Layer.fresh(TestDatabase.layer)))
      )
      const [store, sql] = [Context.get(context, JobStore), Context.get(context, SqlClient.SqlClient)]
      yield* accounts.pipe(Effect.provideService(SqlClient.SqlClient, sql))
      yield* store.submit(newJob(1))
      const locked = yield* Deferred.make<void>()
      const held = yield* Effect.forkChild(
        sql.withTransaction(
          sql`lock table job in access exclusive mode`.pipe(
            Effect.andThen(Deferred.succeed(locked, undefined)),
            Effect.andThen(Effect.never)
          )
        )
      )
      yield* Deferred.await(locked)
      const errors = yield* Effect.all([store.end(finished(1)), Effect.asVoid(store.find(jobId(1)))].map(Effect.flip), {
        concurrency: "unbounded"
      })
      expect(errors.every((error) => error instanceof StoreUnavailable)).toBe(true)
      yield* Fiber.interrupt(held)
      expect(yield* store.end(finished(1))).toBe(true)
    })
  )
})
