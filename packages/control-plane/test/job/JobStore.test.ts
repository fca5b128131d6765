import { describe, expect } from "bun:test"
import { ApiKeyId } from "@infernet/contract/Id"
import { JobStore, type Submit } from "@infernet/control-plane/job/JobStore"
import * as JobStoreMemory from "@infernet/control-plane/job/JobStoreMemory"
import { it } from "@infernet/testing/harness"
import { Context, DateTime, Effect, Layer, Option, type Scope } from "effect"
import {
  alice,
  attempt,
  attemptId,
  bob,
  cancelled,
  failed,
  failedOver,
  finished,
  jobId,
  later,
  newJob,
  node,
  sqlLayer,
  start,
  usage,
  type Store
} from "./storedJobs.ts"

const found = (store: Store, n: number) => Effect.map(store.find(jobId(n)), Option.getOrThrow)
const keyId = ApiKeyId.make(`key_${"0".repeat(20)}`)
const stored: Submit = { _tag: "Stored", source: null }
const repeated: Submit = { _tag: "Repeated" }
const keyed = (n: number, account = alice) => newJob(n, { idempotencyKey: "k", account })

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
  describe(`jobs ${name}`, () => {
    test("are found as they were submitted, or not at all", (store) =>
      Effect.gen(function* () {
        expect(yield* store.submit(newJob(1, { metadata: `{"k":"v"}` }))).toEqual(stored)
        expect(yield* store.submit(newJob(2, { attempt: null }))).toEqual(stored)
        expect(yield* found(store, 1)).toMatchObject({
          accountId: alice,
          status: "processing",
          metadata: { k: "v" },
          nodeId: node,
          createdAt: start,
          costMicros: 0n,
          attempts: [{ id: attemptId(11), nodeId: node, outcome: null }]
        })
        expect(yield* found(store, 2)).toMatchObject({ status: "pending", nodeId: null, attempts: [] })
        expect(yield* store.find(jobId(9))).toEqual(Option.none())
      }))

    test("with a key are one a key and account, whether they come together or one after the other", (store) =>
      Effect.gen(function* () {
        const together = yield* Effect.all(
          [1, 2, 3].map((n) => store.submit(keyed(n))),
          { concurrency: "unbounded" }
        )
        expect(together.filter(({ _tag }) => _tag === "Stored")).toHaveLength(1)
        expect(yield* store.submit(keyed(4))).toEqual(repeated)
        expect(yield* store.submit(keyed(5, bob))).toEqual(stored)
        const winner = Option.getOrThrow(yield* store.findByKey(alice, "k"))
        expect(winner.id).toBe(jobId(together.findIndex(({ _tag }) => _tag === "Stored") + 1))
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

    test("keep what was done of them, though they have no result", (store) =>
      Effect.gen(function* () {
        yield* store.submit(newJob(1))
        yield* store.end({ ...failedOver(1), usage: { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 } })
        yield* store.startAttempt({ ...attempt(1, 2), startedAt: later(3.5) })
        const running = yield* found(store, 1)
        expect(running.attempts[1]).toMatchObject({ startedAt: later(3.5), finishedAt: null, usage: null })
        yield* store.end({ ...cancelled(1, 2), usage, at: later(5) })
        const { cached_tokens: _, ...ofAttempt } = usage
        expect(yield* found(store, 1)).toMatchObject({
          status: "cancelled",
          usage,
          attempts: [
            { startedAt: start, finishedAt: later(3), usage: { total_tokens: 9 } },
            { startedAt: later(3.5), finishedAt: later(5), usage: ofAttempt }
          ]
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

    test("are ended by exactly one of finish, failover and cancel, ten thousand times", (store) =>
      Effect.gen(function* () {
        const races = Array.from({ length: 10_000 }, (_, n) => n)
        yield* Effect.forEach(races, (n) => store.submit(newJob(n)), { concurrency: 2_000, discard: true })
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
        const outcomes = yield* Effect.forEach(races, race, { concurrency: 2_000 })
        expect(outcomes.filter(({ winners }) => winners !== 1)).toEqual([])
        const agrees = ({ n, status }: (typeof outcomes)[number]) =>
          Effect.map(found(store, n), (job) => job.status === status)
        const all = yield* Effect.forEach(outcomes, agrees, { concurrency: 10 })
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

    test("that were left open can be gone on with, and only they", (store) =>
      Effect.gen(function* () {
        yield* store.submit(
          newJob(1, { pin: node, timeoutSeconds: 7, keyId, idempotencyKey: "k", metadata: '{"a":"b"}' })
        )
        yield* store.submit(newJob(2))
        yield* store.end(finished(2))
        yield* store.submit(newJob(3, { attempt: null }))
        yield* store.submit(newJob(4))
        yield* store.end(failedOver(4))
        const open = yield* store.open
        expect(open.map(({ id }) => id)).toEqual([jobId(1), jobId(3), jobId(4)])
        expect(open[0]).toMatchObject({
          pin: node,
          timeoutSeconds: 7,
          keyId,
          idempotencyKey: "k",
          metadata: { a: "b" },
          fence: 1
        })
        expect(open[0]?.request).toMatchObject({ messages: [{ role: "user", content: "hi" }] })
        // One may still run at its node, the others wait for a place.
        expect(open.map(({ attempt }) => attempt?.fence)).toEqual([1, undefined, undefined])
      }))

    test("keep their stream for as long as it may be resumed", (store) =>
      Effect.gen(function* () {
        yield* store.submit(newJob(1))
        expect(yield* store.log(jobId(1))).toEqual(Option.none())
        const log = [
          { kind: "reasoning" as const, text: "hm\u0000" },
          { kind: "text" as const, text: "a\ud800" },
          { kind: "text" as const, text: "b" }
        ]
        const final = {
          status: "completed" as const,
          result: { content: "ab", finish_reason: "stop" as const, usage },
          log
        }
        yield* store.end({ ...finished(1), final })
        expect(yield* store.log(jobId(1))).toEqual(Option.some(log))
        yield* store.forget({ ended: later(3), submitted: start })
        expect(yield* store.log(jobId(1))).toEqual(Option.some(log))
        yield* store.forget({ ended: later(4), submitted: start })
        expect(yield* store.log(jobId(1))).toEqual(Option.none())
        expect((yield* found(store, 1)).result?.content).toBe("ab")
      }))

    test("of embeddings keep their vectors for as long as a key may ask for them again", (store) =>
      Effect.gen(function* () {
        const log = [{ kind: "embedding" as const, text: "AACAPw==" }]
        const result = { content: "", finish_reason: "stop" as const, usage }
        const final = { status: "completed" as const, result, log }
        yield* store.submit(newJob(1, { kind: "embedding", idempotencyKey: "k" }))
        yield* store.end({ ...finished(1), final })
        yield* store.submit(newJob(2, { kind: "embedding" }))
        yield* store.end({ ...finished(2), final: { ...final, log: null } })
        expect((yield* found(store, 1)).kind).toBe("embedding")
        expect(yield* store.log(jobId(2))).toEqual(Option.none())
        yield* store.forget({ ended: later(4), submitted: start })
        expect(yield* store.log(jobId(1))).toEqual(Option.some(log))
        // The key first, then what only it could ask for.
        yield* store.forget({ ended: later(4), submitted: later(1) })
        yield* store.forget({ ended: later(4), submitted: later(1) })
        expect(yield* store.log(jobId(1))).toEqual(Option.none())
      }))

    test("have their idempotency key until it expires", (store) =>
      Effect.gen(function* () {
        expect(yield* store.submit(newJob(1, { idempotencyKey: "k" }))).toEqual(stored)
        yield* store.forget({ ended: start, submitted: start })
        expect(yield* store.submit(newJob(2, { idempotencyKey: "k" }))).toEqual(repeated)
        yield* store.forget({ ended: start, submitted: later(1) })
        expect(yield* store.submit(newJob(2, { idempotencyKey: "k" }))).toEqual(stored)
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
          yield* store.end({ ...finished(n), ...times, final: { status: "completed", result, log: [] } })
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
