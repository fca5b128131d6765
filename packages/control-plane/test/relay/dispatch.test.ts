import { describe, expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect, Option } from "effect"
import { TestClock } from "effect/testing"
import { type FakeLink, settle, stateOf, textOf, usage, world } from "../world.ts"

const idle = [0, 0, 0, 0]

describe("a job", () => {
  it("reaches the node at once and goes through: stored, then its last event, then the ack", () =>
    Effect.gen(function* () {
      const { connect, credits, database, store, submit } = yield* world()
      const node = connect(1).hello()
      const job = yield* submit()
      expect(node.said("job")).toMatchObject([{ job: job.id, request: { model: "m", max_tokens: 64 } }])
      expect(credits()).toEqual([1, 0, 0, 0])
      node.accept()
      node.produce(["Hel", "lo"])
      expect(textOf(job)).toBe("Hello")
      database.away = true
      node.done(2)
      yield* settle
      expect(credits()).toEqual(idle)
      expect([job.log.end, node.said("ack")]).toEqual([undefined, []])
      database.away = false
      yield* TestClock.adjust("1 second")
      expect(job.log.end).toEqual({ _tag: "Completed", finishReason: "stop", usage })
      expect(node.said("ack")).toEqual([{ type: "ack", attempt: node.attempt }])
      const stored = Option.getOrThrow(yield* store.find(job.id))
      expect(stored).toMatchObject({ status: "completed", result: { content: "Hello", usage } })
    }))

  it("goes to no node that drains, which finishes what it has", () =>
    Effect.gen(function* () {
      const { connect, submit } = yield* world()
      const draining = connect(1).hello()
      const job = yield* submit()
      draining.accept()
      draining.say({ type: "state", state: { ...stateOf(), draining: true } })
      const node = connect(2).hello()
      for (let i = 0; i < 4; i++) yield* submit()
      expect([draining.said("job").length, node.said("job").length]).toEqual([1, 4])
      draining.produce(["all"])
      draining.done(1)
      yield* settle
      expect(textOf(job)).toBe("all")
      expect(job.log.end?._tag).toBe("Completed")
    }))

  it("shows its readers nothing before its submission is stored, and nothing at all if it never is", () =>
    Effect.gen(function* () {
      const { connect, credits, database, submit } = yield* world()
      const node = connect(1).hello()
      database.away = true
      const job = yield* submit()
      expect(job.log.end).toMatchObject({ _tag: "Failed", error: "internal_error" })
      expect(node.said("cancel")).toHaveLength(1)
      node.accept()
      node.produce(["secret"])
      node.fail(1)
      yield* settle
      expect(job.log.readable).toBe(0)
      expect(credits()).toEqual(idle)
    }))

  for (const [name, fail] of [
    ["refused", (node) => node.say({ type: "refused", attempt: node.attempt, error: "overloaded", reason: "full" })],
    ["failed before its first token", (node) => node.fail()],
    ["lost before its first token", (node) => node.drop()]
  ] as ReadonlyArray<readonly [string, (node: FakeLink) => void]>) {
    it(`that is ${name} goes to another node, and its client sees nothing of it`, () =>
      Effect.gen(function* () {
        const { connect, credits, store, submit } = yield* world()
        const first = connect(1).hello()
        const job = yield* submit()
        const second = connect(2).hello()
        fail(first)
        yield* settle
        second.accept()
        second.produce(["ok"])
        second.done(1)
        yield* settle
        expect(job.log.end?._tag).toBe("Completed")
        expect(textOf(job)).toBe("ok")
        const { attempts } = Option.getOrThrow(yield* store.find(job.id))
        expect(attempts).toHaveLength(2)
        expect(attempts[1]?.outcome).toBe("done")
        expect(credits()).toEqual(idle)
      }))
  }

  it("that is not accepted within a second goes to another node", () =>
    Effect.gen(function* () {
      const { connect, credits, submit } = yield* world()
      const silent = connect(1).hello()
      yield* submit()
      const second = connect(2).hello()
      yield* TestClock.adjust(999)
      expect(second.said("job")).toEqual([])
      yield* TestClock.adjust(1)
      expect(second.said("job")).toHaveLength(1)
      expect(silent.said("cancel")).toHaveLength(1)
      expect(credits()).toEqual([0, 1, 0, 0])
    }))

  it("is tried at three nodes, then fails with what the last one said", () =>
    Effect.gen(function* () {
      const { connect, credits, submit } = yield* world()
      const nodes = [1, 2, 3, 4].map((n) => connect(n).hello())
      const job = yield* submit()
      for (let round = 0; round < 4; round++) {
        for (const node of nodes) if (node.said("job").length === 1 && node.said("ack").length === 0) node.fail()
        yield* settle
      }
      expect(nodes.flatMap((node) => node.said("job"))).toHaveLength(3)
      expect(job.log.end).toEqual({ _tag: "Failed", error: "backend_error", message: "the backend hiccuped" })
      expect(credits()).toEqual(idle)
    }))

  it("that the only node fails tells why at once", () =>
    Effect.gen(function* () {
      const { connect, credits, store, submit } = yield* world()
      const node = connect(1).hello()
      const job = yield* submit()
      node.fail()
      yield* settle
      expect(job.log.end).toMatchObject({ error: "backend_error", message: "the backend hiccuped" })
      expect(Option.getOrThrow(yield* store.find(job.id))).toMatchObject({ status: "failed", error: "backend_error" })
      expect(credits()).toEqual(idle)
    }))

  it("whose only node is gone waits for it half a minute", () =>
    Effect.gen(function* () {
      const { connect, credits, submit } = yield* world()
      const node = connect(1).hello()
      const [lost, found] = [yield* submit(), yield* submit()]
      node.drop()
      yield* TestClock.adjust("29 seconds")
      expect([lost.log.end, found.log.end]).toEqual([undefined, undefined])
      const back = connect(1).hello({ instance: "b".repeat(32) })
      yield* settle
      expect(back.said("job")).toHaveLength(2)
      back.drop()
      yield* TestClock.adjust("31 seconds")
      expect(lost.log.end).toMatchObject({ error: "no_capacity" })
      expect(credits()).toEqual(idle)
    }))

  it("that finds its only node full waits for a place there, and so do those that come after it", () =>
    Effect.gen(function* () {
      const { connect, credits, submit } = yield* world()
      const node = connect(1).hello()
      yield* submit()
      const running = node.attempt
      node.accept()
      const job = yield* submit()
      node.say({ type: "refused", attempt: node.attempt, error: "overloaded", reason: "full" })
      const later = yield* submit()
      yield* TestClock.adjust("5 seconds")
      expect(node.said("job")).toHaveLength(2)
      node.fail(0, running)
      yield* settle
      expect(
        node
          .said("job")
          .map((sent) => sent.job)
          .slice(2)
      ).toEqual([job.id])
      for (const waiting of [job, later]) {
        node.produce(["ok"])
        node.done(1)
        yield* settle
        expect(waiting.log.end?._tag).toBe("Completed")
      }
      expect(credits()).toEqual(idle)
    }))

  it("that is at fault itself is not tried elsewhere", () =>
    Effect.gen(function* () {
      const { connect, submit } = yield* world()
      const nodes = [1, 2].map((n) => connect(n).hello())
      const job = yield* submit()
      const node = nodes.find((node) => node.said("job").length > 0)
      node?.say({ type: "failed", attempt: node.attempt, seq: 0, error: "context_exceeded", message: "too long" })
      yield* settle
      expect(job.log.end).toEqual({ _tag: "Failed", error: "bad_request", message: "too long" })
      expect(nodes.flatMap((node) => node.said("job"))).toHaveLength(1)
    }))
})
