/** A network that is full: jobs wait for a place, and none is lost or refused for it. */
import { describe, expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect, Option } from "effect"
import { TestClock } from "effect/testing"
import { type FakeLink, settle, textOf, world } from "../world.ts"

const refuse = (node: FakeLink) =>
  node.say({ type: "refused", attempt: node.attempt, error: "overloaded", reason: "every slot is taken" })

/** One node with one job that runs, and another one that it had no room for. */
const fullNetwork = Effect.gen(function* () {
  const network = yield* world()
  const node = network.connect(1).hello()
  const running = yield* network.submit()
  const runs = node.attempt
  node.accept()
  const waiting = yield* network.submit()
  refuse(node)
  yield* settle
  return { ...network, node, running, runs, waiting }
})

describe("a full network", () => {
  it("keeps a job until a place is free, though its only node had no room for it", () =>
    Effect.gen(function* () {
      const { jobs, node, router, running, runs, store, waiting } = yield* fullNetwork
      expect(node.said("job")).toHaveLength(2)
      expect([jobs.running(), router.waiting()]).toEqual([2, 1])
      node.done(0, runs)
      yield* settle
      expect(running.log.end?._tag).toBe("Completed")
      expect(node.said("job")).toHaveLength(3)
      expect(node.said("job")[2]?.job).toBe(waiting.id)
      node.accept()
      node.produce(["here"])
      node.done(1)
      yield* settle
      expect(textOf(waiting)).toBe("here")
      expect(Option.getOrThrow(yield* store.find(waiting.id))).toMatchObject({
        status: "completed",
        attempts: [{ outcome: "overloaded" }, { outcome: "done" }]
      })
    }))

  it("takes jobs and dispatches them in their turn, pending until then", () =>
    Effect.gen(function* () {
      const { node, runs, store, submit, waiting } = yield* fullNetwork
      const later = yield* submit()
      yield* settle
      expect(node.said("job")).toHaveLength(2)
      expect(Option.getOrThrow(yield* store.find(later.id))).toMatchObject({ status: "pending", attempts: [] })
      node.done(0, runs)
      yield* settle
      expect(
        node
          .said("job")
          .slice(2)
          .map(({ job }) => job)
      ).toEqual([waiting.id])
      node.accept()
      node.done(0)
      yield* settle
      expect(node.said("job").at(-1)?.job).toBe(later.id)
    }))

  it("does not count a want of room among the three attempts", () =>
    Effect.gen(function* () {
      const { node, waiting } = yield* fullNetwork
      for (let i = 0; i < 5; i++) {
        yield* TestClock.adjust("10 seconds")
        expect(node.said("job").at(-1)?.job).toBe(waiting.id)
        refuse(node)
        yield* settle
        expect(waiting.log.end).toBeUndefined()
      }
    }))

  it("lets a job go when its client leaves or its deadline passes, and dispatches it no more", () =>
    Effect.gen(function* () {
      const { credits, jobs, node, runs, submit, waiting } = yield* fullNetwork
      const left = yield* submit()
      yield* jobs.cancel(left)
      expect(left.log.end).toMatchObject({ error: "cancelled" })
      let dispatched = node.said("job").length
      for (let seconds = 0; seconds < 300; seconds += 10) {
        yield* TestClock.adjust("10 seconds")
        node.say({ type: "ping" })
        if (node.said("job").length === dispatched) continue
        dispatched = node.said("job").length
        refuse(node)
        yield* settle
      }
      expect(waiting.log.end).toMatchObject({ error: "timeout" })
      node.done(0, runs)
      yield* settle
      expect(credits()[0]).toBe(0)
      expect(node.said("job")).toHaveLength(dispatched)
    }))
})
