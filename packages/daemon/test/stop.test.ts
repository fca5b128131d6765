import { describe, expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { FakePlane } from "./FakePlane.ts"
import { attemptId, jobMessage, linkedNode, say } from "./world.ts"

/** Begins to stop; tells whether that is over. */
const stopping = Effect.fnUntraced(function* (stop: Effect.Effect<void>) {
  let over = false
  const whole = Effect.andThen(
    stop,
    Effect.sync(() => void (over = true))
  )
  yield* Effect.forkScoped(whole, { startImmediately: true })
  return () => over
})

describe("a stop", () => {
  it("is over as soon as what runs has ended", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { chat, jobs } = yield* linkedNode(fake)
      yield* say(fake.link, jobMessage(1))
      const over = yield* stopping(jobs.stop)
      yield* TestClock.adjust(500)
      expect(over()).toBe(false)
      chat(0).finish()
      yield* TestClock.adjust(0)
      expect(fake.link.said("done")).toHaveLength(1)
      expect(over()).toBe(true)
    }))

  it("waits 250 ms more, and no longer, for credit that holds back an end", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { chat, jobs } = yield* linkedNode(fake)
      yield* say(fake.link, jobMessage(1), jobMessage(2))
      for (const n of [0, 1]) for (let i = 0; i < 5; i++) void chat(n).emit("tool_call", "x".repeat(60 << 10))
      const over = yield* stopping(jobs.stop)
      yield* TestClock.adjust(700)
      expect([chat(0).interrupted, chat(1).interrupted]).toEqual([true, true])
      expect(fake.link.said("failed")).toEqual([])
      yield* TestClock.adjust(100)
      yield* say(fake.link, { type: "credit", attempt: attemptId(1), seq: 4 })
      expect(fake.link.said("failed")).toMatchObject([
        { attempt: attemptId(1), seq: 5, error: "node_stopping", usage: { completion_tokens: 5 } }
      ])
      yield* TestClock.adjust(149)
      expect(over()).toBe(false)
      yield* TestClock.adjust(1)
      expect(over()).toBe(true)
    }))

  it("begins nothing whose request was still coming", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { chats, jobs } = yield* linkedNode(fake)
      const { request, ...job } = jobMessage(1)
      yield* say(fake.link, { ...job, request_parts: 1 })
      yield* stopping(jobs.stop)
      yield* say(fake.link, { type: "part", attempt: attemptId(1), index: 0, text: JSON.stringify(request) })
      expect(fake.link.said("failed")).toMatchObject([{ error: "node_stopping", seq: 0 }])
      expect(chats).toHaveLength(0)
    }))
})
