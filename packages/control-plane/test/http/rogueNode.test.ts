/** A node that is properly signed and then breaks the protocol, over a real socket beside an honest one. */
import { describe, expect } from "bun:test"
import { AttemptId } from "@infernet/contract/Id"
import { type JobMessage, limits } from "@infernet/contract/Link"
import { encode } from "@infernet/contract/LinkRecord"
import * as Chats from "@infernet/testing/fakes/Chats"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Effect } from "effect"
import { call, chat, jsonOf, open } from "./client.ts"
import { rogue, type Rogue } from "./rogue.ts"

const stranger = AttemptId.make(`att_${"0".repeat(20)}`)
const timings = { total_ms: 1 }
const usage = Chats.usage
const text = (job: JobMessage, seq: number, text: string) =>
  ({ binding: job.binding, seq, kind: "text", text }) as const

const text0 = { binding: 0, seq: 1, kind: "text", text: "a" } as const

/** What it does with the job it was given, and a word of the reason it is told. */
const misdeeds: ReadonlyArray<readonly [string, (node: Rogue, job: JobMessage) => void, string]> = [
  ["garbage for text", (node) => node.send("\u0000garbage"), "JSON array"],
  ["a million brackets", (node) => node.send("[".repeat(1_000_000)), "JSON array"],
  ["a message without a type", (node) => node.send(`[{"type":7}]`), "without a type"],
  ["a known type with wrong fields", (node) => node.send(`[{"type":"done","attempt":"x"}]`), "malformed message"],
  ["garbage for records", (node) => node.send(new Uint8Array(1000).fill(0xab)), "unknown record kind"],
  ["a record longer than its frame", (node, job) => node.send(encode([text(job, 1, "abc")]).slice(0, -1)), "cut short"],
  [
    "an attempt number that is not its own",
    (node) => node.records({ ...text0, binding: 4_000_000_000 }),
    "no attempt has"
  ],
  [
    "records after it said done",
    (node, job) => {
      node.say({ type: "done", attempt: job.attempt, seq: 0, finish_reason: "stop", usage, timings })
      node.records(text(job, 1, "more"))
    },
    "no attempt has"
  ],
  [
    "done with more records than it sent",
    (node, job) => node.say({ type: "done", attempt: job.attempt, seq: 9, finish_reason: "stop", usage, timings }),
    "after record 9"
  ],
  [
    "more output than an attempt may have, never beyond its credit",
    (node, job) => {
      const piece = "x".repeat(limits.creditBytes - 100)
      for (let seq = 1; seq <= 20; seq++) node.records(text(job, seq, piece))
    },
    "output over the limit"
  ]
]

describe("a node that breaks the protocol", () => {
  for (const [name, misbehave, reason] of misdeeds) {
    it.live(`is closed with 1008 and a reason (${name}); another node's stream goes on`, () =>
      Effect.gen(function* () {
        const plane = yield* Network.plane()
        const { key } = yield* Network.account(plane)
        const chats = yield* Chats.make
        yield* Network.node(plane, { chat: chats.chat })
        const honest = jsonOf(yield* call(plane, "/api/v1/jobs", { key, json: chat() }))
        const running = yield* chats.next
        running.say("before ")
        const reader = yield* open(plane, `/api/v1/jobs/${honest.id}/stream`, { key })
        yield* reader.until(`"before "`)
        const node = yield* rogue(plane, "bait")
        yield* call(plane, "/api/v1/jobs", { key, json: { ...chat(), model: "bait" } })
        const job = yield* node.next("job")
        node.say({ type: "accepted", attempt: job.attempt })
        misbehave(node, job)
        const closed = yield* node.closed
        expect([closed.code, closed.reason]).toEqual([1008, expect.stringContaining(reason)])
        running.say("after")
        running.finish()
        expect(yield* reader.until("[DONE]")).toContain(`{"text":"after"}`)
      })
    )
  }

  it.live(
    "is closed with 1008 when it sends ten times its credit; its job is answered by another, whose stream goes on",
    () =>
      Effect.gen(function* () {
        const plane = yield* Network.plane()
        const { key } = yield* Network.account(plane)
        const chats = yield* Chats.make
        yield* Network.node(plane, { chat: chats.chat })
        const honest = jsonOf(yield* call(plane, "/api/v1/jobs", { key, json: chat() }))
        const running = yield* chats.next
        running.say("before ")
        const node = yield* rogue(plane, "tiny")
        const { id } = jsonOf(yield* call(plane, "/api/v1/jobs", { key, json: chat() }))
        const job = yield* node.next("job")
        node.say({ type: "accepted", attempt: job.attempt })
        const pieces = Array.from({ length: 40 }, (_, i) => text(job, i + 1, "x".repeat(limits.creditBytes / 4)))
        for (let i = 0; i < pieces.length; i += 10) node.records(...pieces.slice(i, i + 10))
        const closed = yield* node.closed
        expect(closed.code).toBe(1008)
        expect(closed.reason).toMatch(new RegExp(`^attempt ${job.attempt}: sent [0-9]+ bytes since its last credit`))
        const again = yield* chats.next
        again.say("instead")
        again.finish()
        const answer = yield* call(plane, `/api/v1/jobs/${id}/stream`, { key })
        expect(answer.text).toBe(`id: 1\ndata: {"text":"instead"}\n\ndata: [DONE]\n\n`)
        running.say("after")
        running.finish()
        const other = yield* call(plane, `/api/v1/jobs/${honest.id}/stream`, { key })
        expect(other.text).toContain(`{"text":"before "}`)
        expect(other.text).toEndWith(`{"text":"after"}\n\ndata: [DONE]\n\n`)
      })
  )

  it.live("is closed by the socket where a frame is larger than any may be", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const node = yield* rogue(plane, "bait")
      node.send(new Uint8Array(2 * limits.frameBytes))
      expect([1006, 1009]).toContain((yield* node.closed).code)
      expect((yield* call(plane, "/health")).status).toBe(200)
    })
  )

  it.live("may say what nobody knows, and speak of attempts that are long gone", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const node = yield* rogue(plane, "bait")
      node.send(`[{"type":"novelty","x":1}]`)
      node.say({ type: "failed", attempt: stranger, seq: 3, error: "backend_error", message: "x" })
      expect(yield* node.next("ack")).toEqual({ type: "ack", attempt: stranger })
    })
  )

  it.live("cannot end or continue what another node runs", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { key } = yield* Network.account(plane)
      const chats = yield* Chats.make
      yield* Network.node(plane, { chat: chats.chat })
      const { id } = jsonOf(yield* call(plane, "/api/v1/jobs", { key, json: chat() }))
      const running = yield* chats.next
      const { attempts } = jsonOf(yield* call(plane, `/api/v1/jobs/${id}`, { key }))
      const thief = yield* rogue(plane, "bait")
      thief.say({ type: "done", attempt: attempts[0].id, seq: 0, finish_reason: "stop", usage, timings })
      expect(yield* thief.closed).toMatchObject({ code: 1008, reason: expect.stringContaining("not of this node") })
      running.say("mine")
      running.finish()
      const stream = yield* call(plane, `/api/v1/jobs/${id}/stream`, { key })
      expect(stream.text).toBe(`id: 1\ndata: {"text":"mine"}\n\ndata: [DONE]\n\n`)
    })
  )
})
