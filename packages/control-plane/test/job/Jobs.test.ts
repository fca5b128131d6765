import { describe, expect } from "bun:test"
import { AccountId } from "@infernet/contract/Id"
import { it } from "@infernet/testing/harness"
import { Effect, Exit, Fiber, Option } from "effect"
import { TestClock } from "effect/testing"
import { settle, submission, usage, world } from "../world.ts"

const idle = [0, 0, 0, 0]

describe("cancelling a job", () => {
  it("reaches its node at once and keeps what the node says it did", () =>
    Effect.gen(function* () {
      const { connect, credits, jobs, store, submit } = yield* world()
      const node = connect(1).hello()
      const job = yield* submit()
      node.produce(["a"])
      const cancelled = yield* Effect.forkChild(jobs.cancel(job), { startImmediately: true })
      expect(node.said("cancel")).toEqual([{ type: "cancel", attempt: node.attempt }])
      node.say({ type: "failed", attempt: node.attempt, seq: 1, error: "cancelled", message: "cancelled", usage })
      yield* Fiber.join(cancelled)
      expect(job.log.end).toMatchObject({ _tag: "Failed", error: "cancelled" })
      expect(Option.getOrThrow(yield* store.find(job.id))).toMatchObject({ status: "cancelled", error: "cancelled" })
      expect(credits()).toEqual(idle)
    }))

  it("ends it within a second even if its node never answers", () =>
    Effect.gen(function* () {
      const { connect, credits, jobs, submit } = yield* world()
      const node = connect(1).hello()
      const job = yield* submit()
      node.accept()
      const cancelled = yield* Effect.forkChild(jobs.cancel(job), { startImmediately: true })
      yield* TestClock.adjust(999)
      expect(job.log.end).toBeUndefined()
      yield* TestClock.adjust(1)
      yield* Fiber.join(cancelled)
      expect(job.log.end).toMatchObject({ error: "cancelled" })
      expect(credits()).toEqual(idle)
    }))

  it("comes too late for an answer that is whole", () =>
    Effect.gen(function* () {
      const { connect, jobs, submit } = yield* world()
      const node = connect(1).hello()
      const job = yield* submit()
      node.produce(["a"])
      const cancelled = yield* Effect.forkChild(jobs.cancel(job), { startImmediately: true })
      node.done(1)
      yield* Fiber.join(cancelled)
      expect(job.log.end?._tag).toBe("Completed")
      yield* jobs.cancel(job)
      expect(job.log.end?._tag).toBe("Completed")
    }))

  it("ends one that waits for a node", () =>
    Effect.gen(function* () {
      const { connect, credits, jobs, store, submit } = yield* world()
      const node = connect(1).hello()
      const job = yield* submit()
      node.drop()
      yield* TestClock.adjust("5 seconds")
      yield* jobs.cancel(job)
      expect(Option.getOrThrow(yield* store.find(job.id)).status).toBe("cancelled")
      const back = connect(1).hello()
      yield* settle
      expect(back.said("job")).toEqual([])
      expect(credits()).toEqual(idle)
    }))
})

describe("a job's time", () => {
  it("is 5 minutes without content", () =>
    Effect.gen(function* () {
      const { connect, credits, submit } = yield* world()
      const node = connect(1).hello()
      const job = yield* submit()
      node.accept()
      for (let i = 0; i < 30; i++) {
        expect(job.log.end).toBeUndefined()
        yield* TestClock.adjust("10 seconds")
        node.say({ type: "pong" })
      }
      yield* TestClock.adjust("1 second")
      expect(job.log.end).toMatchObject({ error: "timeout" })
      expect(node.said("cancel")).toHaveLength(1)
      expect(credits()).toEqual(idle)
    }))

  it("is 30 minutes in all", () =>
    Effect.gen(function* () {
      const { connect, credits, submit } = yield* world()
      const node = connect(1).hello()
      const job = yield* submit()
      node.produce(["a"])
      for (let i = 0; i < 180; i++) {
        expect(job.log.end).toBeUndefined()
        yield* TestClock.adjust("10 seconds")
        node.say({ type: "pong" })
      }
      yield* TestClock.adjust("1 second")
      expect(job.log.end).toMatchObject({ error: "timeout" })
      expect(credits()).toEqual(idle)
    }))
})

describe("a client's own time limit", () => {
  for (const [name, seconds, texts] of [
    ["shorter than ours, ends a job that has said something", 3, ["a"]],
    ["longer than ours, keeps a job that has not", 400, []]
  ] as const) {
    it(name, () =>
      Effect.gen(function* () {
        const { connect, credits, submit } = yield* world()
        const node = connect(1).hello()
        const job = yield* submit({ timeoutSeconds: seconds })
        node.accept()
        node.produce(texts)
        for (let passed = 0; passed + 1 < seconds; passed++) {
          yield* TestClock.adjust("1 second")
          node.say({ type: "ping" })
        }
        expect(job.log.end).toBeUndefined()
        yield* TestClock.adjust("2 seconds")
        expect(job.log.end).toMatchObject({ error: "timeout" })
        expect(node.said("cancel")).toHaveLength(1)
        expect(credits()).toEqual(idle)
      })
    )
  }
})

describe("while the database is away", () => {
  it("an outcome waits 30 s, then the client is told; it is stored when the database is back", () =>
    Effect.gen(function* () {
      const { connect, credits, database, store, submit } = yield* world()
      const node = connect(1).hello()
      const job = yield* submit()
      node.produce(["a"])
      database.away = true
      node.done(1)
      for (let i = 0; i < 29; i++) {
        yield* TestClock.adjust("1 second")
        node.say({ type: "pong" })
      }
      expect(job.log.end).toBeUndefined()
      expect(credits()).toEqual(idle)
      yield* TestClock.adjust("2 seconds")
      expect(job.log.end).toMatchObject({ error: "internal_error" })
      expect(node.said("ack")).toEqual([])
      database.away = false
      yield* TestClock.adjust("5 seconds")
      const stored = Option.getOrThrow(yield* store.find(job.id))
      expect(stored).toMatchObject({ status: "completed", result: { content: "a" } })
      expect(node.said("ack")).toHaveLength(1)
    }))

  it("an answer lost after the deed makes no difference", () =>
    Effect.gen(function* () {
      const { connect, credits, database, submit } = yield* world()
      const first = connect(1).hello()
      const job = yield* submit()
      const second = connect(2).hello()
      database.loses = true
      first.fail()
      yield* TestClock.adjust("1 second")
      expect(second.said("job")).toHaveLength(1)
      second.produce(["a"])
      database.loses = true
      second.done(1)
      yield* TestClock.adjust("1 second")
      expect(job.log.end?._tag).toBe("Completed")
      expect(second.said("ack")).toHaveLength(1)
      expect(credits()).toEqual(idle)
    }))

  it("a submission with a key is refused before it is dispatched", () =>
    Effect.gen(function* () {
      const { connect, credits, database, jobs } = yield* world()
      const node = connect(1).hello()
      database.away = true
      const refused = yield* Effect.flip(jobs.submit(submission({ idempotencyKey: "k" })))
      expect(refused._tag).toBe("Unavailable")
      expect(node.said("job")).toEqual([])
      expect(credits()).toEqual(idle)
    }))
})

describe("an idempotency key", () => {
  it("makes one job of any number of equal submissions, also of those at the same moment", () =>
    Effect.gen(function* () {
      const { connect, credits, jobs } = yield* world()
      const node = connect(1).hello()
      const part = { idempotencyKey: "k" }
      const all = yield* Effect.all(
        Array.from({ length: 50 }, () => jobs.submit(submission(part))),
        { concurrency: "unbounded" }
      )
      expect(new Set(all.map(({ job }) => job.id)).size).toBe(1)
      expect(all.every(({ _tag }) => _tag === "Live")).toBe(true)
      expect(node.said("job")).toHaveLength(1)
      expect(credits()).toEqual([1, 0, 0, 0])
      const other = yield* Effect.exit(jobs.submit(submission({ ...part, requestHash: "other" })))
      expect(Exit.isFailure(other)).toBe(true)
      const stranger = AccountId.make(`acc_${"1".repeat(20)}`)
      yield* jobs.submit(submission({ ...part, account: stranger, requestHash: "other" }))
      expect(node.said("job")).toHaveLength(2)
    }))

  it("gets the job that was stored though its client was told otherwise", () =>
    Effect.gen(function* () {
      const { connect, credits, database, jobs } = yield* world()
      const node = connect(1).hello()
      const again = submission({ idempotencyKey: "k" })
      database.loses = "submit"
      expect((yield* Effect.flip(jobs.submit(again)))._tag).toBe("Unavailable")
      expect([node.said("job"), credits()]).toEqual([[], idle])
      const both = yield* Effect.all([jobs.submit(again), jobs.submit(again)], { concurrency: "unbounded" })
      const [first, second] = both.map((submitted) => (submitted._tag === "Live" ? submitted.job : undefined))
      expect(first).toBe(second)
      yield* settle
      expect(node.said("job")).toHaveLength(1)
      node.produce(["a"])
      node.done(1)
      yield* settle
      expect(first?.log.end?._tag).toBe("Completed")
    }))

  it("or not: what was stored and nobody asks for ends with the time for its first word", () =>
    Effect.gen(function* () {
      const { connect, database, jobs, store } = yield* world()
      const node = connect(1).hello()
      database.loses = "submit"
      yield* Effect.flip(jobs.submit(submission({ idempotencyKey: "k" })))
      const found = Effect.map(store.findByKey(submission().account, "k"), Option.getOrThrow)
      expect((yield* found).status).toBe("processing")
      for (let i = 0; i < 37; i++) {
        yield* TestClock.adjust("10 seconds")
        node.say({ type: "pong" })
      }
      expect(yield* found).toMatchObject({ status: "failed", error: "timeout" })
    }))

  it("finds the stored job when its log is forgotten", () =>
    Effect.gen(function* () {
      const { connect, jobs, submit } = yield* world()
      const node = connect(1).hello()
      const job = yield* submit({ idempotencyKey: "k" })
      node.produce(["a"])
      node.done(1)
      yield* settle
      for (let i = 0; i < 61; i++) {
        yield* TestClock.adjust("10 seconds")
        node.say({ type: "pong" })
      }
      expect(jobs.live(job.account, job.id)).toBeUndefined()
      const again = yield* jobs.submit(submission({ idempotencyKey: "k" }))
      expect(again).toMatchObject({ _tag: "Stored", job: { id: job.id, result: { content: "a" } } })
    }))
})

it("another account's job is not to be found", () =>
  Effect.gen(function* () {
    const { connect, jobs, submit } = yield* world()
    connect(1).hello()
    const job = yield* submit()
    const stranger = AccountId.make(`acc_${"1".repeat(20)}`)
    expect(jobs.live(stranger, job.id)).toBeUndefined()
    expect((yield* Effect.flip(jobs.find(stranger, job.id)))._tag).toBe("NotFound")
    expect((yield* jobs.find(job.account, job.id)).status).toBe("processing")
  }))
