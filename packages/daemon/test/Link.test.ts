import { describe, expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { FakePlane } from "./FakePlane.ts"
import { attemptId, jobMessage, linkedNode, nextLink, node, say, usage, welcome } from "./world.ts"

describe("a job", () => {
  it("goes through: accepted, output joined after the first record, done last", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { chat, events } = yield* linkedNode(fake)
      yield* say(fake.link, jobMessage(1))
      expect(fake.link.messages.at(-1)).toEqual({ type: "accepted", attempt: attemptId(1) })
      yield* TestClock.adjust(5)
      chat(0).emit("text", "Hel")
      expect(fake.link.frames).toEqual([[{ binding: 1, seq: 1, kind: "text", text: "Hel" }]])
      chat(0).emit("text", "lo")
      chat(0).emit("reasoning", "…")
      expect(fake.link.frames).toHaveLength(1)
      yield* TestClock.adjust(2)
      expect(fake.link.frames[1]?.map(({ seq }) => seq)).toEqual([2, 3])
      chat(0).emit("text", "!")
      chat(0).finish()
      yield* TestClock.adjust(0)
      expect(fake.link.frames[2]?.map(({ seq }) => seq)).toEqual([4])
      const timings = { first_token_ms: 5, total_ms: 7 }
      const done = { type: "done", attempt: attemptId(1), seq: 4, finish_reason: "stop", usage, timings } as const
      expect(fake.link.messages.at(-1)).toEqual(done)
      expect(events.map(({ type }) => type)).toEqual(["linked", "job_received", "job_streaming", "job_done"])
    }))

  it("fails alone: its neighbour on the same link is not disturbed by an error or a bug", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { chat } = yield* linkedNode(fake)
      yield* say(fake.link, jobMessage(1), jobMessage(2), jobMessage(3))
      chat(0).fail()
      chat(1).die()
      yield* TestClock.adjust(0)
      chat(2).emit("text", "fine")
      chat(2).finish()
      yield* TestClock.adjust(0)
      expect(fake.link.said("failed").map(({ error, message }) => [error, message])).toEqual([
        ["backend_error", "the backend hiccuped"],
        ["backend_error", "the node failed while running this attempt; its log says why"]
      ])
      expect(fake.link.said("done").map(({ attempt }) => attempt)).toEqual([attemptId(3)])
    }))

  it("that is cancelled ends at once and its backend call is interrupted", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { chat, jobs } = yield* linkedNode(fake)
      yield* say(fake.link, jobMessage(1))
      chat(0).emit("text", "a")
      yield* say(fake.link, { type: "cancel", attempt: attemptId(1) })
      expect(fake.link.said("failed")).toMatchObject([
        { error: "cancelled", seq: 1, usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } }
      ])
      expect(chat(0).interrupted).toBe(true)
      chat(0).emit("text", "too late")
      yield* TestClock.adjust(10)
      expect(fake.link.records).toHaveLength(1)
      yield* say(fake.link, { type: "ack", attempt: attemptId(1) })
      expect(jobs.inflight()).toEqual([])
    }))

  it("is refused when its model is not here, its request cannot be read, or the node drains", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { chats } = yield* linkedNode(fake)
      yield* say(fake.link, jobMessage(1, { model: "huge" }))
      fake.link.raw(JSON.stringify([{ ...jobMessage(2), request: { model: "tiny", messages: "hi" } }]))
      yield* say(fake.link, { type: "drain" }, jobMessage(3))
      expect(fake.link.said("refused").map(({ error }) => error)).toEqual([
        "model_not_found",
        "bad_request",
        "overloaded"
      ])
      expect(fake.link.said("failed")).toEqual([])
      expect(chats).toHaveLength(0)
      expect(fake.link.closed).toBeUndefined()
    }))

  it("in parts is accepted at once and begins with the last part", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { chat, chats } = yield* linkedNode(fake)
      const { request, ...job } = jobMessage(1)
      const text = JSON.stringify(request)
      yield* say(fake.link, { ...job, request_parts: 2 }, part(0, text.slice(0, 9)))
      expect(fake.link.said("accepted")).toHaveLength(1)
      expect(chats).toHaveLength(0)
      yield* say(fake.link, part(1, text.slice(9)))
      expect<unknown>(chat(0).request).toEqual(request)
      expect(fake.link.said("accepted")).toHaveLength(1)
    }))
})

const part = (index: number, text: string) => ({ type: "part", attempt: attemptId(1), index, text }) as const

describe("credit", () => {
  const block = "x".repeat(60 << 10)

  it("pauses the backend past 256 KiB and lets it go on when the reader has caught up", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { chat } = yield* linkedNode(fake)
      yield* say(fake.link, jobMessage(1))
      const waits = Array.from({ length: 5 }, () => chat(0).emit("tool_call", block))
      expect(waits.map((wait) => wait === undefined)).toEqual([true, true, true, true, false])
      yield* TestClock.adjust(2)
      expect(fake.link.records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
      let resumed = false
      void waits[4]?.then(() => (resumed = true))
      yield* say(fake.link, { type: "credit", attempt: attemptId(1), seq: 1 })
      expect(resumed).toBe(true)
      yield* TestClock.adjust(2)
      expect(fake.link.records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5])
    }))

  it("starts anew with a new link, from where that goes on", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { chat } = yield* linkedNode(fake)
      yield* say(fake.link, jobMessage(1))
      for (let i = 0; i < 8; i++) void chat(0).emit("tool_call", block)
      yield* say(fake.link, { type: "credit", attempt: attemptId(1), seq: 4 })
      yield* TestClock.adjust(2)
      expect(fake.link.records).toHaveLength(8)
      fake.link.cut()
      yield* TestClock.adjust("1 second")
      expect(fake.link.said("hello")[0]?.inflight).toEqual([{ attempt: attemptId(1), seq: 8 }])
      yield* say(fake.link, welcome([{ attempt: attemptId(1), binding: 7, after: 1 }]))
      expect(fake.link.records.map(({ binding, seq }) => [binding, seq])).toEqual([2, 3, 4, 5].map((seq) => [7, seq]))
    }))

  it("holds back the end too, until everything before it is sent", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { chat } = yield* linkedNode(fake)
      yield* say(fake.link, jobMessage(1))
      for (let i = 0; i < 5; i++) void chat(0).emit("tool_call", block)
      chat(0).finish()
      yield* TestClock.adjust(2)
      expect(fake.link.said("done")).toEqual([])
      yield* say(fake.link, { type: "credit", attempt: attemptId(1), seq: 4 })
      expect(fake.link.said("done")).toMatchObject([{ seq: 5 }])
    }))

  it("does not help an answer past 4 MiB, whose backend call is stopped", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { chat } = yield* linkedNode(fake)
      yield* say(fake.link, jobMessage(1))
      for (let i = 1; i <= 70; i++) {
        void chat(0).emit("text", "é".repeat(30 << 10))
        fake.link.send({ type: "credit", attempt: attemptId(1), seq: 2 * i })
      }
      yield* TestClock.adjust(2)
      expect(fake.link.said("failed")).toMatchObject([{ error: "output_too_large" }])
      expect(chat(0).interrupted).toBe(true)
    }))
})

describe("a link", () => {
  it("says hello first and tells changes of its models after the welcome", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const models = yield* SubscriptionRef.make<ReadonlyArray<string>>(["tiny"])
      yield* node(fake, () => Effect.never, models)
      expect(fake.link.messages).toMatchObject([{ type: "hello", version: "1.0.0", inflight: [], state: { slots: 4 } }])
      yield* say(fake.link, welcome())
      yield* SubscriptionRef.set(models, ["tiny", "small"])
      yield* TestClock.adjust(0)
      expect(fake.link.said("state").at(-1)?.state).toMatchObject({ slots: 8 })
    }))

  for (const [name, frame] of [
    ["is no JSON", "nonsense"],
    ["is no array", "{}"],
    ["is binary", new Uint8Array(3)],
    ["has a known type with wrong content", `[{"type":"credit","attempt":"att_1","seq":-1}]`],
    ["is over its limit", JSON.stringify([{ type: "ping", filler: "x".repeat(1 << 20) }])]
  ] as const) {
    it(`closes with 1008 and a reason at a frame that ${name}`, () =>
      Effect.gen(function* () {
        const fake = new FakePlane()
        yield* linkedNode(fake)
        fake.link.raw(frame)
        expect(fake.link.closed).toEqual({ code: 1008, reason: expect.stringMatching(/\w+ \w+/) })
      }))
  }

  const goesOn = { attempt: attemptId(1), binding: 2, after: 0 }
  for (const [name, again] of [
    ["twice in one welcome", [welcome([goesOn, { ...goesOn, binding: 3 }])]],
    ["in a second welcome", [welcome([goesOn]), welcome([goesOn])]]
  ] as const) {
    it(`closes with 1008 rather than send an output as often as it is asked for: ${name}`, () =>
      Effect.gen(function* () {
        const fake = new FakePlane()
        const { chat } = yield* linkedNode(fake)
        yield* say(fake.link, jobMessage(1))
        chat(0).emit("text", "once")
        fake.link.cut()
        const link = yield* nextLink(fake)
        yield* say(link, ...again)
        expect(link.records.map(({ text }) => text)).toEqual(["once"])
        expect(link.closed?.code).toBe(1008)
      }))
  }

  it("passes over messages it does not know", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      yield* linkedNode(fake)
      fake.link.raw(`[{"type":"horoscope"},{"type":"ping","later":"field"}]`)
      expect(fake.link.closed).toBeUndefined()
      expect(fake.link.messages.at(-1)).toEqual({ type: "pong" })
    }))

  it("pings every 10 s and closes after 25 s of silence", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      yield* linkedNode(fake)
      const { link } = fake
      yield* TestClock.adjust("20 seconds")
      expect(link.said("ping")).toHaveLength(2)
      yield* say(link, { type: "pong" })
      yield* TestClock.adjust(24_999)
      expect(link.closed).toBeUndefined()
      yield* TestClock.adjust(1)
      expect(link.closed?.code).toBe(4408)
    }))

  it("that is not welcomed within 10 s is tried again", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      yield* node(fake, () => Effect.never)
      yield* TestClock.adjust("11 seconds")
      expect(fake.links).toHaveLength(2)
    }))

  it("refused because another process has this node's key is explained and tried every 30 s", () =>
    Effect.gen(function* () {
      const fake = new FakePlane({ opened: (link) => queueMicrotask(() => link.cut(4410, "duplicate")) })
      const { events } = yield* node(fake, () => Effect.never)
      yield* TestClock.adjust("65 seconds")
      expect(fake.links).toHaveLength(3)
      expect(events[0]).toMatchObject({ type: "link_lost", reason: expect.stringContaining("another process") })
    }))
})
