import { describe, expect } from "bun:test"
import { AttemptId } from "@infernet/contract/Id"
import { it } from "@infernet/testing/harness"
import { ConfigProvider, Context, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Run } from "../../src/run/Run.ts"

const attempt = AttemptId.make("att_00000000000000000000")

/** A run with so many jobs, which the test ends by hand. */
const world = Effect.gen(function* () {
  const layer = Run.layer.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({}))))
  const run = Context.get(yield* Layer.build(layer), Run)
  const jobs = { running: 1, unacknowledged: 0, retired: false }
  run.drains({
    running: () => jobs.running,
    inflight: () => Array.from({ length: jobs.running + jobs.unacknowledged }, () => ({ attempt, seq: 0 })),
    retire: Effect.sync(() => void (jobs.retired = true))
  })
  const over = yield* Effect.forkScoped(run.over, { startImmediately: true })
  const isOver = () => over.pollUnsafe() !== undefined
  return { isOver, jobs, over, run }
})

describe("a run", () => {
  it("takes no more jobs when it is asked to end, and ends when those it has begun have ended", () =>
    Effect.gen(function* () {
      const { isOver, jobs, over, run } = yield* world
      yield* TestClock.adjust("1 hour")
      expect([isOver(), jobs.retired]).toEqual([false, false])
      yield* run.end({ within_ms: 60_000, then: "again" })
      yield* TestClock.adjust("59 seconds")
      expect([isOver(), jobs.retired]).toEqual([false, true])
      jobs.running = 0
      yield* TestClock.adjust("100 millis")
      expect(yield* Fiber.join(over)).toEqual({ then: "again", cut: 0 })
    }))

  it("ends when time is up, which only gets sooner, and as it was asked last", () =>
    Effect.gen(function* () {
      const { isOver, over, run } = yield* world
      yield* run.end({ within_ms: 60_000, then: "again" })
      yield* run.end({ within_ms: 10_000, then: "again" })
      yield* run.end({ within_ms: 90_000, then: "end" })
      yield* TestClock.adjust(9_900)
      expect(isOver()).toBe(false)
      yield* TestClock.adjust(200)
      expect(yield* Fiber.join(over)).toEqual({ then: "end", cut: 1 })
    }))

  it("waits for ends to be written down, but not for a control plane that is away", () =>
    Effect.gen(function* () {
      const { isOver, jobs, run } = yield* world
      yield* run.end({ within_ms: 60_000, then: "end" })
      jobs.running = 0
      jobs.unacknowledged = 1
      yield* TestClock.adjust(4_900)
      expect(isOver()).toBe(false)
      yield* TestClock.adjust(200)
      expect(isOver()).toBe(true)
    }))
})
