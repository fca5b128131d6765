import { describe, expect } from "bun:test"
import type { Emit } from "@infernet/backend/Backend"
import type { ChatRequest } from "@infernet/contract/Chat"
import type { AttemptId } from "@infernet/contract/Id"
import type { NodeMessage } from "@infernet/contract/Link"
import type { LinkRecord } from "@infernet/contract/LinkRecord"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { FakePlane, type PlaneLink } from "./FakePlane.ts"
import { attemptId, jobMessage, linkedNode, nextLink, node, say, usage, welcome } from "./world.ts"

/** What a job's answer is made of: short tokens, then blocks that together pass the credit. */
const answer = (n: number) => [
  ...Array.from({ length: 8 }, (_, i) => `${n}:${i} `),
  ...Array.from({ length: 8 }, (_, i) => String(i).repeat(50 << 10))
]

const chat = (request: ChatRequest, emit: Emit) =>
  Effect.gen(function* () {
    for (const text of answer(request.max_tokens)) {
      const wait = emit("text", text)
      if (wait !== undefined) yield* Effect.promise(() => wait)
      yield* Effect.sleep(3)
    }
    return { finish_reason: "stop" as const, usage }
  })

/** A control plane that keeps to the protocol: it dispatches, takes, credits, resumes and acknowledges. */
class Ledger {
  readonly texts = new Map<AttemptId, Array<string>>()
  readonly ended = new Map<AttemptId, string>()
  readonly faults: Array<string> = []
  frames = 0
  readonly #jobs = [jobMessage(1, { max_tokens: 1 }), jobMessage(2, { max_tokens: 2 })]
  readonly #cutAt: number

  constructor(cutAt: number) {
    this.#cutAt = cutAt
  }

  readonly passes = () => this.frames++ !== this.#cutAt

  readonly said = (link: PlaneLink, message: NodeMessage) => {
    if (message.type === "hello") this.#greet(link, message.inflight)
    if (message.type === "refused" || message.type === "failed") this.faults.push(JSON.stringify(message))
    if (message.type !== "done") return
    if (message.seq !== this.#text(message.attempt).length) this.faults.push(`done before all of it came`)
    this.ended.set(message.attempt, message.finish_reason)
    link.send({ type: "ack", attempt: message.attempt })
  }

  readonly produced = (link: PlaneLink, records: ReadonlyArray<LinkRecord>) => {
    for (const { binding, seq, text } of records) {
      const attempt = attemptId(binding)
      const log = this.#text(attempt)
      if (seq !== log.length + 1) this.faults.push(`record ${seq} after ${log.length}`)
      log.push(text)
      link.send({ type: "credit", attempt, seq })
    }
  }

  #text(attempt: AttemptId) {
    const log = this.texts.get(attempt) ?? []
    this.texts.set(attempt, log)
    return log
  }

  #greet(link: PlaneLink, inflight: ReadonlyArray<{ attempt: AttemptId }>) {
    const here = new Set(inflight.map(({ attempt }) => attempt))
    const open = this.#jobs.filter(({ attempt }) => !this.ended.has(attempt))
    const resume = open
      .filter(({ attempt }) => here.has(attempt))
      .map(({ attempt, binding }) => ({ attempt, binding, after: this.#text(attempt).length }))
    link.send(
      welcome(
        resume,
        [...here].filter((attempt) => this.ended.has(attempt))
      )
    )
    for (const job of open) if (!here.has(job.attempt)) link.send(job)
  }
}

const play = Effect.fnUntraced(function* (cutAt: number) {
  const ledger = new Ledger(cutAt)
  const fake = new FakePlane(ledger)
  const { jobs } = yield* node(fake, chat)
  for (let i = 0; i < 200 && (ledger.ended.size < 2 || jobs.inflight().length > 0); i++) yield* TestClock.adjust(10)
  return { ledger, jobs, links: fake.links.length }
}, Effect.scoped)

describe("two jobs side by side", () => {
  it("lose and double nothing, at whichever frame, either way, the link is cut", () =>
    Effect.gen(function* () {
      const whole = (yield* play(-1)).ledger
      expect(whole.frames).toBeGreaterThan(40)
      for (let cutAt = 0; cutAt < whole.frames; cutAt++) {
        const { jobs, ledger, links } = yield* play(cutAt)
        const seen = { cutAt, links, faults: ledger.faults, ended: ledger.ended.size, kept: jobs.inflight().length }
        expect(seen).toEqual({ cutAt, links: 2, faults: [], ended: 2, kept: 0 })
        for (const n of [1, 2]) expect(ledger.texts.get(attemptId(n))?.join("") === answer(n).join("")).toBe(true)
      }
    }))
})

describe("an attempt without a link", () => {
  it("runs on for two minutes and not a moment longer; what it did is told to a control plane that comes back", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { chat, jobs } = yield* linkedNode(fake)
      yield* say(fake.link, jobMessage(1))
      yield* TestClock.adjust("17 seconds")
      fake.away = true
      fake.link.cut()
      chat(0).emit("text", "into the ")
      chat(0).emit("text", "void")
      yield* TestClock.adjust(119_999)
      expect(chat(0).interrupted).toBe(false)
      yield* TestClock.adjust(1)
      expect(chat(0).interrupted).toBe(true)
      const link = yield* nextLink(fake)
      expect(link.said("hello")[0]?.inflight).toEqual([{ attempt: attemptId(1), seq: 2 }])
      yield* say(link, welcome([{ attempt: attemptId(1), binding: 9, after: 0 }]))
      expect(link.records.map(({ binding, text }) => [binding, text])).toEqual([
        [9, "into the "],
        [9, "void"]
      ])
      const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }
      expect(link.said("failed")).toMatchObject([{ attempt: attemptId(1), seq: 2, error: "timeout", usage }])
      yield* say(link, { type: "ack", attempt: attemptId(1) })
      expect(jobs.inflight()).toEqual([])
    }))

  it("goes on as if nothing had been when its control plane is back in time", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { chat } = yield* linkedNode(fake)
      yield* say(fake.link, jobMessage(1))
      fake.away = true
      fake.link.cut()
      yield* TestClock.adjust("85 seconds")
      const link = yield* nextLink(fake)
      yield* say(link, welcome([{ attempt: attemptId(1), binding: 1, after: 0 }]))
      yield* TestClock.adjust("20 seconds")
      expect(chat(0).interrupted).toBe(false)
    }))

  it("stops at once when the control plane that is back has no use for it, and is told to nobody", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { chat, jobs } = yield* linkedNode(fake)
      yield* say(fake.link, jobMessage(1))
      chat(0).emit("text", "a")
      fake.link.cut()
      yield* nextLink(fake)
      expect(chat(0).interrupted).toBe(false)
      yield* say(fake.link, welcome([], [attemptId(1)]))
      expect(chat(0).interrupted).toBe(true)
      expect(jobs.inflight()).toEqual([])
      expect(fake.link.said("failed")).toEqual([])
    }))

  it("is forgotten ten minutes after its end when nobody acknowledges that", () =>
    Effect.gen(function* () {
      const fake = new FakePlane()
      const { jobs } = yield* linkedNode(fake)
      yield* say(fake.link, jobMessage(1), jobMessage(2))
      fake.away = true
      fake.link.cut()
      yield* TestClock.adjust(120_000 + 599_999)
      expect(jobs.inflight().map(({ attempt }) => attempt)).toEqual([attemptId(1), attemptId(2)])
      yield* TestClock.adjust(1)
      expect(jobs.inflight()).toEqual([])
    }))
})
