import { describe, expect } from "bun:test"
import type { JobStore } from "@infernet/control-plane/job/JobStore"
import * as Chats from "@infernet/testing/fakes/Chats"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Deferred, Effect, Fiber, Queue } from "effect"
import { call, chat, jsonOf, open } from "./client.ts"

const worldOf = Effect.fnUntraced(function* (made: ReturnType<typeof Network.plane>) {
  const plane = yield* made
  const { key } = yield* Network.account(plane)
  const chats = yield* Chats.make
  const node = yield* Network.node(plane, chats)
  return { chats, key, node, plane }
})
const world = worldOf(Network.plane())

const live = (name: string, body: () => ReturnType<Parameters<typeof it.live>[1]>) =>
  it.live(name, body, { timeout: 20_000 })

const stream = 'id: 1\ndata: {"text":"Hel"}\n\nid: 2\ndata: {"text":"lo"}\n\ndata: [DONE]\n\n'

describe("POST /api/v1/jobs", () => {
  live("streams the answer, and can be read again from anywhere, to the byte", () =>
    Effect.gen(function* () {
      const { chats, key, node, plane } = yield* world
      const opening = yield* Effect.forkChild(
        open(plane, "/api/v1/jobs", { key, json: chat("hi", { stream: true }) }),
        { startImmediately: true }
      )
      const running = yield* chats.next
      running.say("Hel")
      const first = yield* Fiber.join(opening)
      expect(first.headers.get("content-type")).toBe("text/event-stream; charset=utf-8")
      expect(running.request).toMatchObject({ max_tokens: 512, temperature: 0.7, top_p: 1 })
      const id = first.headers.get("x-infernet-job")
      const head = yield* first.until("\n\n")
      running.say("lo")
      running.finish()
      expect(head + (yield* first.until("[DONE]\n\n"))).toBe(stream)

      const path = `/api/v1/jobs/${id}/stream`
      expect((yield* call(plane, path, { key })).text).toBe(stream)
      const rest = stream.slice(stream.indexOf("id: 2"))
      expect((yield* call(plane, `${path}?after=1`, { key })).text).toBe(rest)
      expect((yield* call(plane, path, { key, headers: { "last-event-id": "1" } })).text).toBe(rest)
      expect((yield* call(plane, `${path}?after=x`, { key })).status).toBe(400)

      const job = jsonOf(yield* call(plane, `/api/v1/jobs/${id}`, { key }))
      expect(job).toMatchObject({ id, status: "completed", node_id: node.id, attempts: [{ outcome: "done" }] })
      expect(job.result).toEqual({ content: "Hello", finish_reason: "stop", usage: Chats.usage })
      expect(job.latency_ms).toBeGreaterThanOrEqual(job.ttft_ms)
    })
  )

  live("answers at once without a stream, and the job goes on by itself", () =>
    Effect.gen(function* () {
      const { chats, key, plane } = yield* world
      const answer = yield* call(plane, "/api/v1/jobs", { key, json: chat("hi", { metadata: { a: "b" } }) })
      expect(answer.status).toBe(202)
      const { id, ...rest } = jsonOf(answer)
      expect(rest).toEqual({ status: "pending", model: "tiny", created_at: expect.any(String) })
      const running = yield* chats.next
      const reader = yield* Effect.forkChild(call(plane, `/api/v1/jobs/${id}/stream`, { key }), {
        startImmediately: true
      })
      running.say("a")
      running.finish()
      const { text } = yield* Fiber.join(reader)
      expect(text).toContain("[DONE]")
    })
  )

  live("keeps an account's jobs to itself", () =>
    Effect.gen(function* () {
      const { chats, key, plane } = yield* world
      const stranger = yield* Network.account(plane)
      const { id } = jsonOf(yield* call(plane, "/api/v1/jobs", { key, json: chat() }))
      const running = yield* chats.next
      const paths = [`/api/v1/jobs/${id}`, `/api/v1/jobs/${id}/stream`]
      for (const path of paths) expect((yield* call(plane, path, { key: stranger.key })).status).toBe(404)
      expect((yield* call(plane, paths[0] ?? "", { key: stranger.key, method: "DELETE" })).status).toBe(404)
      expect(yield* Deferred.isDone(running.interrupted)).toBe(false)
      expect(jsonOf(yield* call(plane, "/api/v1/jobs", { key: stranger.key })).jobs).toEqual([])
      const { jobs, next_cursor } = jsonOf(yield* call(plane, "/api/v1/jobs?limit=1", { key }))
      expect(jobs.map((job: { id: string }) => job.id)).toEqual([id])
      expect(next_cursor).toBe(id)
      expect(jsonOf(yield* call(plane, `/api/v1/jobs?cursor=${id}&status=processing`, { key })).jobs).toEqual([])
      running.finish()
      const bad = yield* call(plane, "/api/v1/jobs?limit=101", { key })
      expect([bad.status, jsonOf(bad).field]).toEqual([400, "limit"])
    })
  )
})

describe("a job's end by its client", () => {
  live("DELETE stops the backend and answers the cancelled job; its stream ends with the error", () =>
    Effect.gen(function* () {
      const { chats, key, plane } = yield* world
      const { id } = jsonOf(yield* call(plane, "/api/v1/jobs", { key, json: chat() }))
      const running = yield* chats.next
      running.say("a")
      const reader = yield* open(plane, `/api/v1/jobs/${id}/stream`, { key })
      yield* reader.until("\n\n")
      const cancelled = yield* call(plane, `/api/v1/jobs/${id}`, { key, method: "DELETE" })
      expect(jsonOf(cancelled)).toMatchObject({ status: "cancelled", error: "cancelled" })
      yield* Effect.timeout(Deferred.await(running.interrupted), "1 second")
      expect(yield* reader.until("\n\n")).toContain('{"error":"cancelled"')
      expect(jsonOf(yield* call(plane, `/api/v1/jobs/${id}`, { key, method: "DELETE" })).status).toBe("cancelled")
    })
  )

  for (const [name, submit, stop, end] of [
    [
      "DELETE",
      {},
      (plane, key, id) => call(plane, `/api/v1/jobs/${id}`, { key, method: "DELETE" }),
      { status: "cancelled", error: "cancelled" }
    ],
    [
      "its client's leaving",
      { stream: true },
      (_plane, _key, _id, leave) => Effect.sync(leave),
      { status: "cancelled", error: "cancelled" }
    ],
    ["its deadline", { timeout_s: 1 }, () => Effect.void, { status: "failed", error: "timeout" }]
  ] as ReadonlyArray<
    readonly [
      string,
      object,
      (plane: Network.Plane, key: string, id: string, leave: () => void) => Effect.Effect<unknown>,
      object
    ]
  >) {
    live(`a job that is stopped by ${name} shows what was done of it, and when and where`, () =>
      Effect.gen(function* () {
        const { chats, key, node, plane } = yield* world
        const controller = new AbortController()
        const json = chat("hi", submit)
        const opening = yield* Effect.forkChild(open(plane, "/api/v1/jobs", { key, json, signal: controller.signal }), {
          startImmediately: true
        })
        const running = yield* chats.next
        running.say("one ", "two ", "three")
        const { headers } = yield* Fiber.join(opening)
        const id = headers.get("x-infernet-job") ?? ""
        const reader = yield* open(plane, `/api/v1/jobs/${id}/stream`, { key })
        yield* reader.until("three")
        yield* stop(plane, key, id, () => controller.abort())
        yield* reader.until(`"message"`)

        const job = jsonOf(yield* call(plane, `/api/v1/jobs/${id}`, { key }))
        expect(job).toMatchObject({ ...end, usage: { completion_tokens: 3 } })
        expect(job.usage.prompt_tokens).toBeGreaterThan(0)
        expect(job.usage.total_tokens).toBe(job.usage.prompt_tokens + 3)
        const times = { started_at: job.created_at, finished_at: job.completed_at }
        const [attempt] = job.attempts
        const { completion_tokens, prompt_tokens } = job.usage
        // What came too late is charged to nobody.
        const isCharged = job.status === "cancelled"
        const billed = isCharged ? { billed: { completion_tokens, prompt_tokens, amount_micros: 0 } } : {}
        expect(job.attempts).toEqual([
          { id: attempt.id, node_id: node.id, outcome: "cancelled", ...times, usage: job.usage, ...billed }
        ])
        expect(job.receipts.map(({ id }: { id: string }) => id)).toEqual(
          isCharged ? [attempt.id.replace("att_", "cpr_")] : []
        )
      })
    )
  }

  for (const [name, path, words] of [
    ["before the first word", "/api/v1/jobs", []],
    ["in the middle", "/api/v1/jobs", ["a"]],
    ["before OpenAI's first word", "/v1/chat/completions", []],
    ["in the middle of OpenAI's", "/v1/chat/completions", ["a"]]
  ] as const) {
    live(`hanging up ${name} stops the backend within a second`, () =>
      Effect.gen(function* () {
        const { chats, key, plane } = yield* world
        const controller = new AbortController()
        const init = { key, json: chat("hi", { stream: true }), signal: controller.signal }
        const opening = yield* Effect.forkChild(open(plane, path, init), { startImmediately: true })
        const running = yield* chats.next
        running.say(...words)
        for (const word of words) yield* (yield* Fiber.join(opening)).until(`"${word}"`)
        controller.abort()
        yield* Effect.timeout(Deferred.await(running.interrupted), "1 second")
      })
    )
  }

  live("hanging up on an answer that is not streamed stops the backend too", () =>
    Effect.gen(function* () {
      const { chats, key, plane } = yield* world
      const controller = new AbortController()
      const init = { key, json: chat(), signal: controller.signal }
      yield* Effect.forkChild(Effect.exit(call(plane, "/v1/chat/completions", init)), { startImmediately: true })
      const running = yield* chats.next
      running.say("a")
      controller.abort()
      yield* Effect.timeout(Deferred.await(running.interrupted), "1 second")
    })
  )

  live("hanging up at any moment on the way to the backend leaves none at work", () =>
    Effect.gen(function* () {
      const moments = ["written", "writing", "sent"] as const
      const reached = yield* Queue.unbounded<(typeof moments)[number]>()
      const told = (store: JobStore["Service"]): JobStore["Service"] => ({
        ...store,
        submit: (job) =>
          Effect.andThen(Queue.offer(reached, "writing"), store.submit(job)).pipe(
            Effect.tap(() => Queue.offer(reached, "written"))
          )
      })
      const { chats, key, plane } = yield* worldOf(Network.plane({}, told))
      const until = (moment: string): Effect.Effect<void> =>
        moment === "sent"
          ? Effect.void
          : Effect.flatMap(Queue.take(reached), (now) => (now === moment ? Effect.void : until(moment)))

      for (const moment of Array.from({ length: 5 }, () => moments).flat()) {
        yield* Queue.clear(reached)
        const controller = new AbortController()
        const init = { key, json: chat("hi", { stream: true }), signal: controller.signal }
        const gone = yield* Effect.forkChild(Effect.exit(call(plane, "/v1/chat/completions", init)), {
          startImmediately: true
        })
        yield* until(moment)
        controller.abort()
        yield* Fiber.await(gone)
      }
      const { jobs } = jsonOf(yield* call(plane, "/api/v1/jobs", { key }))
      expect(jobs.length).toBeGreaterThanOrEqual(10)
      // Each stream ends with its job. Whatever got as far as the backend was stopped there.
      for (const { id } of jobs) yield* call(plane, `/api/v1/jobs/${id}/stream`, { key })
      const begun = yield* chats.begun
      for (let i = 0; i < begun; i++) {
        yield* Effect.timeout(Deferred.await((yield* chats.next).interrupted), "2 seconds")
      }
    })
  )
})
