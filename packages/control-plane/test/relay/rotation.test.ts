import { describe, expect } from "bun:test"
import { close, limits } from "@infernet/contract/Link"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { nodeId, settle, stateOf, submission, textOf, world } from "../world.ts"

describe("a link whose key is not the node's any more", () => {
  it("is taken over by the same daemon's link of the new key, with what runs", () =>
    Effect.gen(function* () {
      const { connect, relay, submit } = yield* world()
      const old = connect(1).hello()
      const job = yield* submit()
      const { attempt } = old
      old.accept()
      old.produce(["a", "b"])
      relay.rotated(nodeId(1))
      old.produce(["c"], 3)
      yield* TestClock.adjust(limits.rotationMillis - 1)
      const fresh = connect(1).hello({ inflight: { [attempt]: 4 } })
      expect(fresh.said("welcome")).toMatchObject([{ resume: [{ attempt, after: 3 }], cancel: [] }])
      expect(old.closed?.code).toBe(close.keyRotated)
      fresh.produce(["d"], 4, attempt)
      fresh.done(4, attempt)
      yield* settle
      expect([textOf(job), job.log.end?._tag]).toEqual(["abcd", "Completed"])
    }))

  it("gets no jobs and no commands, is not heard on the node's state, and is closed after 5 s", () =>
    Effect.gen(function* () {
      const { connect, jobs, relay } = yield* world()
      const old = connect(1).hello()
      relay.rotated(nodeId(1))
      const before = old.heard.length
      old.say({ type: "state", state: stateOf() })
      expect((yield* Effect.flip(jobs.submit(submission()))).error).toBe("no_capacity")
      relay.send(nodeId(1), { type: "drain" })
      yield* settle
      expect(old.heard.slice(before)).toEqual([])
      yield* TestClock.adjust(limits.rotationMillis)
      expect(old.closed?.code).toBe(close.keyRotated)
    }))

  it("does not keep out another process that has the new key, and says no hello late", () =>
    Effect.gen(function* () {
      const { connect, jobs, relay } = yield* world()
      const [thief, waiting] = [connect(1).hello({ instance: "b".repeat(32) }), connect(1)]
      relay.rotated(nodeId(1))
      waiting.hello({ instance: "b".repeat(32) })
      expect([waiting.said("welcome"), waiting.closed?.code]).toEqual([[], close.keyRotated])
      const own = connect(1).hello()
      expect(own.said("welcome")).toHaveLength(1)
      expect(thief.closed?.code).toBe(close.keyRotated)
      yield* jobs.submit(submission())
      yield* settle
      expect(own.said("job")).toHaveLength(1)
      yield* TestClock.adjust(limits.rotationMillis)
      expect(own.closed).toBeUndefined()
    }))
})
