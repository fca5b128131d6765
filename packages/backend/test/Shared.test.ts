import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Deferred, Effect, Fiber, Queue } from "effect"
import * as Shared from "../src/Shared.ts"

const world = Effect.gen(function* () {
  const shared = yield* Shared.make<string, never, number>()
  const life = yield* Queue.unbounded<"began" | "stopped">()
  const release = yield* Deferred.make<string>()
  const tellers: Array<(news: number) => void> = []
  const ask = (heard: Array<number>) =>
    shared
      .run(
        "fox",
        (news) => void heard.push(news),
        (progress) => {
          tellers.push(progress)
          return Queue.offer(life, "began").pipe(
            Effect.andThen(Deferred.await(release)),
            Effect.onInterrupt(() => Queue.offer(life, "stopped"))
          )
        }
      )
      .pipe(Effect.forkChild({ startImmediately: true }))
  return { ask, life, release, tell: (news: number) => tellers.at(-1)?.(news) }
})

it("does once what several ask for, and tells all of them how it goes", () =>
  Effect.gen(function* () {
    const { ask, life, release, tell } = yield* world
    const [first, second]: [Array<number>, Array<number>] = [[], []]
    const one = yield* ask(first)
    expect(yield* Queue.take(life)).toBe("began")
    tell(1)
    const other = yield* ask(second)
    tell(2)
    yield* Deferred.succeed(release, "done")
    expect(yield* Fiber.join(one)).toBe("done")
    expect(yield* Fiber.join(other)).toBe("done")
    // Who comes later hears first where it is.
    expect([first, second]).toEqual([
      [1, 2],
      [1, 2]
    ])
    expect(yield* Queue.size(life)).toBe(0)
  }))

it("goes on while anybody waits, stops with the last who leaves, and begins anew for the next", () =>
  Effect.gen(function* () {
    const { ask, life, release } = yield* world
    const one = yield* ask([])
    expect(yield* Queue.take(life)).toBe("began")
    const other = yield* ask([])
    yield* Fiber.interrupt(one)
    expect(yield* Queue.size(life)).toBe(0)
    const leaving = yield* Fiber.interrupt(other).pipe(Effect.forkChild({ startImmediately: true }))
    const next = yield* ask([])
    yield* Fiber.join(leaving)
    expect(yield* Queue.take(life)).toBe("stopped")
    expect(yield* Queue.take(life)).toBe("began")
    yield* Deferred.succeed(release, "done")
    expect(yield* Fiber.join(next)).toBe("done")
  }))
