import { describe, expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { FakePlane } from "./FakePlane.ts"
import { linkedNode, nextLink, say, welcome } from "./world.ts"

/** A control plane that says welcome and, while `flapping`, closes at once. */
const plane = () => {
  const state = { flapping: false }
  const fake = new FakePlane({
    said: (link, { type }) => {
      if (type === "ping") link.send({ type: "pong" })
      if (type !== "hello") return
      link.send(welcome())
      if (state.flapping) link.cut()
    }
  })
  return { fake, state }
}

describe("a lost link", () => {
  it("is back within 100 ms when it was sound; while nobody answers it is tried less and less, at least every 10 s", () =>
    Effect.gen(function* () {
      const { fake } = plane()
      yield* linkedNode(fake)
      yield* TestClock.adjust("10 seconds")
      fake.link.cut()
      yield* TestClock.adjust(100)
      expect(fake.links).toHaveLength(2)
      fake.away = true
      fake.link.cut()
      fake.tries = 0
      yield* TestClock.adjust("10 minutes")
      // 250 ms doubled five times, then 5 to 10 s each.
      expect(fake.tries).toBeWithin(62, 128)
      fake.away = false
      yield* TestClock.adjust("10 seconds")
      expect(fake.links).toHaveLength(3)
    }))

  it("of a control plane that welcomes and closes at once is tried 20 times a second at most, then every 2.5 s", () =>
    Effect.gen(function* () {
      const { fake, state } = plane()
      state.flapping = true
      yield* linkedNode(fake)
      yield* TestClock.adjust("1 second")
      expect(fake.links.length).toBeWithin(2, 21)
      yield* TestClock.adjust("9 seconds")
      const before = fake.links.length
      yield* TestClock.adjust("10 minutes")
      // 600 s / 2.5 s, give or take four standard deviations.
      expect(fake.links.length - before).toBeWithin(200, 280)
    }))

  it("is back within 5 s after any flapping, and at once again after ten sound seconds", () =>
    Effect.gen(function* () {
      const { fake, state } = plane()
      state.flapping = true
      yield* linkedNode(fake)
      yield* TestClock.adjust("1 minute")
      state.flapping = false
      const before = fake.links.length
      yield* TestClock.adjust("5 seconds")
      expect(fake.links.length).toBe(before + 1)
      yield* TestClock.adjust("10 seconds")
      fake.link.cut()
      yield* TestClock.adjust(100)
      expect(fake.links.length).toBe(before + 2)
    }))

  it("to a bug of this node is opened again like any other", () =>
    Effect.gen(function* () {
      const { fake } = plane()
      yield* linkedNode(fake)
      fake.broken = true
      fake.link.cut()
      yield* TestClock.adjust("1 minute")
      expect(fake.tries).toBeGreaterThan(5)
      fake.broken = false
      yield* nextLink(fake)
    }))

  it("is not waited for longer because its control plane was away before", () =>
    Effect.gen(function* () {
      const { fake } = plane()
      yield* linkedNode(fake)
      fake.away = true
      fake.link.cut()
      yield* TestClock.adjust("5 minutes")
      yield* say(yield* nextLink(fake), welcome())
      fake.away = true
      fake.link.cut()
      yield* TestClock.adjust("1 second")
      fake.tries = 0
      yield* TestClock.adjust("1 second")
      expect(fake.tries).toBeGreaterThan(0)
    }))
})
