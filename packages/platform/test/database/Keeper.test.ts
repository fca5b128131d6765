import { describe, expect } from "bun:test"
import { EmbeddedUnavailable } from "@infernet/platform/database/EmbeddedError"
import * as Keeper from "@infernet/platform/database/Keeper"
import { it } from "@infernet/testing/harness"
import { Clock, Deferred, Effect, Exit, Fiber, Scope } from "effect"
import { TestClock } from "effect/testing"

const broken = new EmbeddedUnavailable({ reason: "start", detail: "broken" })

/** Servers that die when told to, or, while they do not work, do not start at all. */
class Servers {
  /** Milliseconds since the beginning, one for each start, whatever came of it. */
  readonly startedAt: Array<number> = []
  running = 0
  works = true
  reason: EmbeddedUnavailable = broken
  die: (code: number) => Effect.Effect<unknown> = () => Effect.die("none has started")

  readonly start: Effect.Effect<Keeper.Running, EmbeddedUnavailable, Scope.Scope> = Effect.gen(
    { self: this },
    function* () {
      this.startedAt.push(yield* Clock.currentTimeMillis)
      if (!this.works) return yield* this.reason
      const ended = yield* Deferred.make<number>()
      yield* Effect.acquireRelease(
        Effect.sync(() => (this.running += 1)),
        () => Effect.sync(() => (this.running -= 1))
      )
      this.die = (code) => Deferred.succeed(ended, code)
      return { ended: Deferred.await(ended) }
    }
  )
}

describe("a kept server", () => {
  it("is started again after each death, later each time, until it lasts", () =>
    Effect.gen(function* () {
      const fake = new Servers()
      yield* Keeper.keep(fake.start)
      for (let death = 0; death < 8; death++) {
        yield* fake.die(137)
        yield* TestClock.adjust("10 seconds")
      }
      const pauses = fake.startedAt.slice(1).map((at, index) => at - index * 10_000)
      expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000])
      yield* TestClock.adjust("1 minute")
      const died = yield* Clock.currentTimeMillis
      yield* fake.die(137)
      yield* TestClock.adjust("10 seconds")
      expect(fake.startedAt.at(-1)).toBe(died + 250)
      expect(fake.running).toBe(1)
    }))

  it("is given up when it failed to start five times in a row, and only then", () =>
    Effect.gen(function* () {
      const fake = new Servers()
      const { ended } = yield* Keeper.keep(fake.start)
      const end = yield* Effect.forkChild(ended)
      const fail = (times: number) =>
        Effect.gen(function* () {
          fake.works = false
          const before = fake.startedAt.length
          yield* fake.die(137)
          while (fake.startedAt.length < before + times) yield* TestClock.adjust("250 millis")
        })
      yield* fail(4)
      fake.works = true
      yield* TestClock.adjust("10 seconds")
      expect([fake.running, end.pollUnsafe()]).toEqual([1, undefined])
      yield* fail(5)
      expect(yield* Fiber.join(end)).toBe(137)
      yield* TestClock.adjust("1 hour")
      expect(fake.startedAt).toHaveLength(11)
    }))

  it("is waited for while its disk is full, however long that takes", () =>
    Effect.gen(function* () {
      const fake = new Servers()
      const { ended } = yield* Keeper.keep(fake.start)
      const end = yield* Effect.forkChild(ended)
      fake.reason = EmbeddedUnavailable.said("/srv/data", "PANIC: could not write: No space left on device", "")
      fake.works = false
      yield* fake.die(1)
      yield* TestClock.adjust("1 hour")
      expect(fake.startedAt.length).toBeGreaterThan(300)
      fake.works = true
      yield* TestClock.adjust("10 seconds")
      expect([fake.running, end.pollUnsafe()]).toEqual([1, undefined])
    }))

  it("fails as its first start does, and is stopped, not given up, with its scope", () =>
    Effect.gen(function* () {
      const fake = new Servers()
      fake.works = false
      expect(yield* Effect.flip(Keeper.keep(fake.start))).toBe(broken)
      fake.works = true
      const scope = yield* Scope.make()
      const { ended } = yield* Keeper.keep(fake.start).pipe(Scope.provide(scope))
      const end = yield* Effect.forkChild(ended)
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust("1 hour")
      expect([fake.running, fake.startedAt.length, end.pollUnsafe()]).toEqual([0, 2, undefined])
    }))
})
