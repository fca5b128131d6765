/** A control plane that was killed: the next one goes on with what the first had begun. */
import { describe, expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect, Option } from "effect"
import { TestClock } from "effect/testing"
import { Database, graceMillis, settle, textOf, usage, world } from "../world.ts"

/** A plane that dies with one job at a node, after it has shown `texts`; then another one over the same database. */
const killed = Effect.fnUntraced(function* (texts: ReadonlyArray<string>) {
  const database = new Database()
  const before = yield* world({ database })
  const old = before.connect(1).hello()
  const shown = yield* before.submit()
  old.accept()
  old.produce(texts)
  yield* settle
  const { attempt } = old
  const after = yield* world({ database: database.successor() })
  const job = after.jobs.live(shown.account, shown.id)
  if (job === undefined) throw new Error("the new plane does not know the job")
  return { ...after, attempt, job }
})

describe("after the control plane was killed", () => {
  it("a node comes back with its attempt, and the log is what it was and goes on", () =>
    Effect.gen(function* () {
      const { attempt, connect, credits, job, store } = yield* killed(["a", "b"])
      expect([job.log.readable, job.log.end]).toEqual([0, undefined])
      expect(credits()[0]).toBe(1)
      const node = connect(1).hello({ inflight: { [attempt]: 3 } })
      expect(node.said("welcome")[0]?.resume).toMatchObject([{ attempt, after: 0 }])
      node.produce(["a", "b", "c"], 1, attempt)
      node.done(3, attempt)
      yield* settle
      expect(textOf(job)).toBe("abc")
      expect(job.log.end).toEqual({ _tag: "Completed", finishReason: "stop", usage })
      expect(node.said("ack")).toEqual([{ type: "ack", attempt }])
      expect(node.said("job")).toEqual([])
      expect(credits()[0]).toBe(0)
      expect(Option.getOrThrow(yield* store.find(job.id))).toMatchObject({
        status: "completed",
        attempts: [{ id: attempt, outcome: "done" }]
      })
    }))

  it("a node that comes back and is lost again before it has sent a record anew has its grace", () =>
    Effect.gen(function* () {
      const { attempt, connect, job } = yield* killed(["a", "b"])
      connect(1)
        .hello({ inflight: { [attempt]: 2 } })
        .drop()
      yield* TestClock.adjust(graceMillis - 1)
      const node = connect(1).hello({ inflight: { [attempt]: 2 } })
      expect(node.said("welcome")[0]?.resume).toMatchObject([{ attempt, after: 0 }])
      node.produce(["a", "b"], 1, attempt)
      node.done(2, attempt)
      yield* settle
      expect([textOf(job), job.log.isAnew, job.log.end?._tag]).toEqual(["ab", false, "Completed"])
    }))

  it("an attempt that no node claims is lost after 30 seconds and begun anew elsewhere", () =>
    Effect.gen(function* () {
      const { connect, job } = yield* killed(["a", "b"])
      const other = connect(2).hello()
      yield* TestClock.adjust("20 seconds")
      other.say({ type: "ping" })
      yield* TestClock.adjust("9999 millis")
      expect(other.said("job")).toEqual([])
      yield* TestClock.adjust("1 millis")
      expect(other.said("job").map(({ job }) => job)).toEqual([job.id])
      // Whoever has read a part of the old answer must not be given the rest of this one.
      expect(job.log.isAnew).toBe(true)
      other.accept()
      other.produce(["new"])
      other.done(1)
      yield* settle
      expect(textOf(job)).toBe("new")
      expect(job.log.end?._tag).toBe("Completed")
    }))

  it("another answer is still another one after a second restart, while it is given and once it has ended", () =>
    Effect.gen(function* () {
      const { connect, database, job } = yield* killed(["a", "b"])
      connect(1).hello({ instance: "b".repeat(32) })
      yield* settle
      const second = yield* world({ database: database.successor() })
      const again = second.jobs.live(job.account, job.id)
      if (again === undefined) throw new Error("the new plane does not know the job")
      expect(again.log.isAnew).toBe(true)
      const node = second.connect(1).hello({ instance: "c".repeat(32) })
      yield* settle
      node.accept()
      node.produce(["x", "y", "z"])
      node.done(3)
      yield* settle
      const third = yield* world({ database: second.database.successor() })
      const log = Option.getOrThrow(yield* third.jobs.log(job.account, job.id))
      expect([log.length, log.isAnew]).toEqual([3, true])
    }))

  it("so is one that was about to begin when the second plane was killed", () =>
    Effect.gen(function* () {
      const { connect, database, job, store } = yield* killed(["a", "b"])
      const gone = connect(1).hello({ instance: "b".repeat(32) })
      gone.drop()
      yield* settle
      const [attempt] = Option.getOrThrow(yield* store.find(job.id)).attempts
      expect(attempt?.outcome).toBe("lost")
      const { jobs } = yield* world({ database: database.successor() })
      expect(jobs.live(job.account, job.id)?.log.isAnew).toBe(true)
    }))

  it("a daemon that was restarted as well does not keep its job waiting", () =>
    Effect.gen(function* () {
      const { connect, job } = yield* killed(["a"])
      const node = connect(1).hello({ instance: "b".repeat(32) })
      yield* settle
      expect(node.said("job").map(({ job }) => job)).toEqual([job.id])
    }))

  it("a job that waited for a place still does", () =>
    Effect.gen(function* () {
      const database = new Database()
      const before = yield* world({ database })
      const node = before.connect(1).hello()
      yield* before.submit()
      node.accept()
      const waiting = yield* before.submit()
      node.say({ type: "refused", attempt: node.attempt, error: "overloaded", reason: "full" })
      yield* settle
      const after = yield* world({ database: database.successor() })
      const other = after.connect(2).hello()
      yield* settle
      expect(other.said("job").map(({ job }) => job)).toEqual([waiting.id])
    }))

  it("a deadline counts from the submission, not from the restart", () =>
    Effect.gen(function* () {
      const database = new Database()
      const before = yield* world({ database })
      before.connect(1).hello()
      const { account, id } = yield* before.submit()
      yield* TestClock.adjust("290 seconds")
      const { jobs } = yield* world({ database: database.successor() })
      yield* TestClock.adjust("9 seconds")
      expect(jobs.live(account, id)?.log.end).toBeUndefined()
      yield* TestClock.adjust("2 seconds")
      expect(jobs.live(account, id)?.log.end).toMatchObject({ error: "timeout" })
    }))

  it("an end that the first plane never heard of is not lost", () =>
    Effect.gen(function* () {
      const { attempt, connect, job } = yield* killed([])
      const node = connect(1).hello({ inflight: { [attempt]: 1 } })
      node.produce(["x"], 1, attempt)
      node.done(1, attempt)
      yield* settle
      expect(textOf(job)).toBe("x")
      expect(job.log.end?._tag).toBe("Completed")
    }))

  it("the stream of a job that had ended can still be read, for ten minutes", () =>
    Effect.gen(function* () {
      const database = new Database()
      const before = yield* world({ database })
      const node = before.connect(1).hello()
      const { account, id } = yield* before.submit()
      node.accept()
      node.produce(["a", "b"])
      node.done(2)
      yield* settle
      const { jobs } = yield* world({ database: database.successor() })
      expect(jobs.live(account, id)).toBeUndefined()
      const log = Option.getOrThrow(yield* jobs.log(account, id))
      expect([...log].map(({ text }) => text)).toEqual(["a", "b"])
      expect(log.isAnew).toBe(false)
      expect(log.end).toEqual({ _tag: "Completed", finishReason: "stop", usage })
      yield* TestClock.adjust("11 minutes")
      expect(yield* jobs.log(account, id)).toEqual(Option.none())
      expect((yield* jobs.find(account, id)).result?.content).toBe("ab")
    }))
})
