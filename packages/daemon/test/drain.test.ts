import { describe, expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { FakePlane, type PlaneLink } from "./FakePlane.ts"
import { jobMessage, linkedNode, nextLink, say, welcome } from "./world.ts"

/** What the node said last of whether it takes jobs. */
const drains = (link: PlaneLink) => link.said("state").at(-1)?.state.draining

describe("a node that drains", () => {
  it("says so and refuses at once, finishes what it runs, and says when it is over", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { chat, jobs } = yield* linkedNode(fake)
      yield* say(fake.link, jobMessage(1))
      expect(drains(fake.link)).toBeUndefined()
      yield* say(fake.link, { type: "drain" }, jobMessage(2))
      expect(drains(fake.link)).toBe(true)
      expect(fake.link.said("refused")).toMatchObject([{ error: "overloaded" }])
      yield* TestClock.adjust("20 seconds")
      expect(chat(0).interrupted).toBe(false)
      chat(0).finish()
      yield* TestClock.adjust(0)
      expect(fake.link.said("done")).toHaveLength(1)
      jobs.drain(false)
      yield* TestClock.adjust(0)
      expect(drains(fake.link)).toBeUndefined()
    }))

  it("says so in the first word of its next link", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      yield* linkedNode(fake)
      yield* say(fake.link, { type: "drain" })
      fake.link.cut()
      const link = yield* nextLink(fake)
      expect(link.said("hello")).toMatchObject([{ state: { draining: true } }])
      yield* say(link, welcome())
      expect(drains(link)).toBe(true)
    }))

  it("stops as any other", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { chat, jobs } = yield* linkedNode(fake)
      yield* say(fake.link, jobMessage(1))
      yield* say(fake.link, { type: "drain" })
      yield* Effect.forkScoped(jobs.stop)
      yield* TestClock.adjust(699)
      expect(chat(0).interrupted).toBe(false)
      yield* TestClock.adjust(1)
      expect(chat(0).interrupted).toBe(true)
    }))

  it("is also one that stops: it says so before it ends, whatever is asked of it meanwhile", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { jobs } = yield* linkedNode(fake)
      yield* say(fake.link, jobMessage(1))
      yield* Effect.forkScoped(jobs.stop)
      yield* TestClock.adjust(0)
      expect(drains(fake.link)).toBe(true)
      jobs.drain(false)
      yield* TestClock.adjust(1)
      expect(drains(fake.link)).toBe(true)
    }))

  it("retires for good, whatever the control plane wants, and ends what it has begun", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { chat, jobs } = yield* linkedNode(fake)
      yield* say(fake.link, jobMessage(1))
      yield* jobs.retire
      yield* TestClock.adjust(0)
      expect(drains(fake.link)).toBe(true)
      jobs.drain(true)
      jobs.drain(false)
      yield* say(fake.link, jobMessage(2))
      expect(drains(fake.link)).toBe(true)
      expect(fake.link.said("refused")).toMatchObject([{ error: "overloaded" }])
      chat(0).finish()
      yield* TestClock.adjust(0)
      expect(fake.link.said("done")).toHaveLength(1)
    }))

  it("drains for as long as one of the two who may ask for it wants it", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { jobs } = yield* linkedNode(fake)
      expect(jobs.drain(true, "machine")).toBe(true)
      // As every heartbeat says it: the network's wish is not the machine's.
      expect(jobs.drain(false)).toBe(false)
      yield* TestClock.adjust(0)
      expect(drains(fake.link)).toBe(true)
      expect(jobs.drain(true)).toBe(false)
      expect(jobs.drain(false, "machine")).toBe(false)
      expect(jobs.drainedBy()).toEqual(["network"])
      expect(jobs.drain(false)).toBe(true)
      yield* TestClock.adjust(0)
      expect(drains(fake.link)).toBeUndefined()
    }))
})
