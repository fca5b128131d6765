import { describe, expect } from "bun:test"
import { limits } from "@infernet/contract/Link"
import { encode } from "@infernet/contract/LinkRecord"
import { offer } from "@infernet/testing/fakes/ScriptedBackends"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { type FakeLink, graceMillis, settle, stateOf, textOf, world } from "../world.ts"

const idle = [0, 0, 0, 0]

const record = (node: FakeLink, seq: number, text: string) =>
  encode([{ binding: node.said("job").at(-1)?.binding ?? 0, seq, kind: "text", text }])

describe("a node that breaks the protocol", () => {
  for (const [name, misbehave] of [
    ["text that is no JSON", (node) => node.link.onMessage("{")],
    ["JSON that is no list", (node) => node.link.onMessage(`{"type":"ping"}`)],
    ["null for a message", (node) => node.link.onMessage("[null]")],
    ["a message with wrong fields", (node) => node.link.onMessage(`[{"type":"accepted","attempt":"att_1"}]`)],
    ["a second hello", (node) => node.hello()],
    ["a record cut short", (node) => node.link.onMessage(record(node, 1, "abc").slice(0, -1))],
    [
      "bytes that are no UTF-8",
      (node) => node.link.onMessage(new Uint8Array([...record(node, 1, "a").slice(0, -1), 0xff]))
    ],
    [
      "a record of no attempt",
      (node) => node.link.onMessage(encode([{ binding: 99, seq: 1, kind: "text", text: "a" }]))
    ],
    ["a gap between records", (node) => node.produce(["a"], 2)],
    ["a tool call that is none", (node) => node.produce(["{}"], 1, node.attempt, "tool_call")],
    ["log probabilities that are none", (node) => node.produce(['{"content":[{}]}'], 1, node.attempt, "logprobs")],
    ["done after fewer records than it says", (node) => node.done(1)],
    ["failed after fewer records than it says", (node) => node.fail(7)],
    [
      "output without end",
      (node) => {
        const big = "x".repeat(limits.frameBytes - 100)
        for (let seq = 1; seq < 20; seq++) node.produce([big], seq)
      }
    ]
  ] as ReadonlyArray<readonly [string, (node: FakeLink) => void]>) {
    it(`is closed with 1008 (${name}); its job goes on elsewhere or fails, others notice nothing`, () =>
      Effect.gen(function* () {
        const { connect, credits, submit } = yield* world()
        const bad = connect(1).hello()
        const job = yield* submit()
        const good = connect(2).hello({ state: stateOf([offer("other")]) })
        const other = yield* submit({ request: { model: "other", messages: [], max_tokens: 1 } })
        good.accept()
        misbehave(bad)
        yield* TestClock.adjust(graceMillis)
        expect(bad.closed?.code).toBe(1008)
        good.produce(["fine"])
        good.done(1)
        yield* TestClock.adjust("31 seconds")
        expect(other.log.end?._tag).toBe("Completed")
        expect(job.log.end).toMatchObject({ _tag: "Failed" })
        expect(credits()).toEqual(idle)
      }))
  }

  it("cannot speak before its hello", () =>
    Effect.gen(function* () {
      const { connect } = yield* world()
      const hasty = connect(1)
      hasty.say({ type: "ping" })
      const hastier = connect(2)
      hastier.link.onMessage(encode([{ binding: 1, seq: 1, kind: "text", text: "a" }]))
      const mute = connect(3)
      yield* TestClock.adjust(limits.pingMillis)
      expect([hasty, hastier, mute].map(({ closed }) => closed?.code)).toEqual([1008, 1008, 1008])
    }))

  it("cannot end what another node runs", () =>
    Effect.gen(function* () {
      const { connect, submit } = yield* world()
      const honest = connect(1).hello()
      const job = yield* submit()
      const thief = connect(2).hello({ state: stateOf([]) })
      thief.done(0, honest.attempt)
      expect(thief.closed?.code).toBe(1008)
      const again = connect(2).hello({ inflight: { [honest.attempt]: 0 } })
      expect(again.said("welcome")).toMatchObject([{ cancel: [honest.attempt] }])
      honest.produce(["mine"])
      honest.done(1)
      yield* settle
      expect(textOf(job)).toBe("mine")
    }))

  it("is passed over in what it says that nobody knows yet", () =>
    Effect.gen(function* () {
      const { connect } = yield* world()
      const node = connect(1).hello()
      node.link.onMessage(`[{"type":"novelty","x":1},{"type":"ping"}]`)
      expect(node.closed).toBeUndefined()
      expect(node.heard.at(-1)).toEqual({ type: "pong" })
    }))
})

it("passes on no terminal codes or line breaks of a node's in the reason of a failure", () =>
  Effect.gen(function* () {
    const { connect, submit } = yield* world()
    const node = connect(1).hello()
    const job = yield* submit()
    node.accept()
    node.produce(["so far"])
    const message = "\u001b[31mpaid\u001b[0m\r\nin full\u0007"
    node.say({ type: "failed", attempt: node.attempt, seq: 1, error: "backend_error", message })
    yield* TestClock.adjust(graceMillis)
    expect(job.log.end).toMatchObject({ _tag: "Failed", message: expect.stringContaining("paid in full") })
  }))
