import { describe, expect } from "bun:test"
import * as Chats from "@infernet/testing/fakes/Chats"
import type { Script } from "@infernet/testing/fakes/ScriptedBackends"
import { it } from "@infernet/testing/harness"
import { Deferred, Effect } from "effect"
import { type ChatEvent, Infernet, InfernetError } from "../src/index.ts"
import * as CuttingProxy from "./CuttingProxy.ts"
import { network } from "./Network.ts"
import { collect, params } from "./Script.ts"

const words = Array.from({ length: 1_500 }, (_, n) => `wörd ${n} ${"🦜".repeat(n % 3)}\n\n`)

const counted = (chat: Script["chat"]) => {
  let runs = 0
  const count: Script["chat"] = (request, emit) => Effect.suspend(() => (runs++, chat(request, emit)))
  return { chat: count, runs: () => runs }
}

/** What a promise of ours fails with. */
const failure = (promise: Promise<unknown>) =>
  Effect.promise(() =>
    promise.then(
      () => {
        throw new Error("it went well")
      },
      (error: unknown) => error
    )
  )

/** Sockets and a database, on a machine that may be busy. */
const patience = { timeout: 30_000 }

describe("the plain client on a network", () => {
  it.live(
    "gives the same events over a stream that is cut 50 times, of one job",
    () =>
      Effect.gen(function* () {
        const backend = counted(Chats.saying(...words))
        const { client, key, plane, time } = yield* network(backend)
        const whole = yield* Effect.promise(() => collect(client.chat.stream(params)))
        expect(whole.map((event) => event.text).join("")).toBe(words.join(""))

        const chance = CuttingProxy.random(7)
        let cut = 0
        // Every seventh within the headers: then nothing of the answer is known, not even whether there is a job.
        const bytes = () => Math.floor((cut % 7 === 0 ? 0 : 900) + chance() * 900)
        const proxy = yield* CuttingProxy.make(plane.port, () => (cut++ < 50 ? bytes() : undefined))
        const far = new Infernet({ apiKey: key, baseUrl: proxy.url, time })
        // A cut may cost what came just before it: a body that breaks is not read to where it broke.
        const stream = far.chat.stream(params, { maxRetries: 50 })
        expect(yield* Effect.promise(() => collect(stream))).toEqual(whole)
        expect(proxy.cuts()).toBe(50)
        expect(backend.runs()).toBe(2)
        const { content, job } = yield* Effect.promise(() => stream.result())
        expect([content, job.status, job.attempts.length]).toEqual([words.join(""), "completed", 1])
        expect(time.pending).toBe(0)
      }),
    patience
  )

  it.live(
    "answers whole, with usage, thoughts, tool calls and log probabilities",
    () =>
      Effect.gen(function* () {
        const logprobs = { content: [{ token: "o", logprob: -1, bytes: [111], top_logprobs: [] }] }
        const { client } = yield* network({
          chat: (_, emit) =>
            Effect.sync(() => {
              void emit("reasoning", "hm")
              void emit("text", "o")
              void emit("logprobs", JSON.stringify(logprobs))
              void emit("text", "k")
              void emit("logprobs", JSON.stringify(logprobs))
              void emit("tool_call", JSON.stringify({ index: 0, id: "c1", name: "look", arguments: '{"at":' }))
              void emit("tool_call", JSON.stringify({ index: 0, arguments: '"moon"}' }))
              return { finish_reason: "tool_calls", usage: Chats.usage }
            })
        })
        const completion = yield* Effect.promise(() => client.chat(params))
        expect(completion).toMatchObject({
          content: "ok",
          reasoning: "hm",
          finish_reason: "tool_calls",
          usage: Chats.usage,
          tool_calls: [{ id: "c1", type: "function", function: { name: "look", arguments: '{"at":"moon"}' } }],
          logprobs: { content: [logprobs.content[0], logprobs.content[0]] },
          job: { status: "completed", model: "tiny" }
        })
        const kinds = yield* Effect.promise(() => collect(client.jobs.stream(completion.job.id)))
        expect(kinds.map((event: ChatEvent) => Object.keys(event)[0])).toEqual([
          "reasoning",
          "text",
          "logprobs",
          "text",
          "logprobs",
          "tool_call",
          "tool_call"
        ])
      }),
    patience
  )

  it.live(
    "cancels the job of whoever aborts, leaves the loop, or aborts before anything is known",
    () =>
      Effect.gen(function* () {
        const chats = yield* Chats.make
        const { client } = yield* network(chats)
        const reason = new Error("enough")

        const controller = new AbortController()
        const aborted = client.chat(params, { signal: controller.signal })
        const first = yield* chats.next
        first.say("a")
        controller.abort(reason)
        expect(yield* failure(aborted)).toBe(reason)
        yield* Deferred.await(first.interrupted)

        const left = Effect.promise(async () => {
          for await (const { text } of client.chat.stream(params)) return text
          return undefined
        })
        const leaving = yield* Effect.forkChild(left, { startImmediately: true })
        const second = yield* chats.next
        second.say("b")
        yield* Deferred.await(second.interrupted)
        expect(leaving.pollUnsafe()).toBeDefined()
      }),
    patience
  )

  it.live(
    "a failed chat tells its job, and what was said until then",
    () =>
      Effect.gen(function* () {
        const chats = yield* Chats.make
        const { client } = yield* network(chats)
        const failed = failure(client.chat(params))
        const chat = yield* chats.next
        chat.say("half of ")
        chat.fail()
        const error = yield* failed
        expect(error).toBeInstanceOf(InfernetError)
        if (!(error instanceof InfernetError)) return
        expect([error.code, error.text, error.retryable]).toEqual(["backend_error", "half of ", true])
        const job = yield* Effect.promise(() => client.jobs.get(error.job ?? ""))
        expect([job.status, job.error]).toEqual(["failed", "backend_error"])
        expect((yield* Effect.promise(() => client.jobs.wait(job.id))).status).toBe("failed")
      }),
    patience
  )

  it.live(
    "submits once under one key, waits, lists page by page, and cancels",
    () =>
      Effect.gen(function* () {
        const chats = yield* Chats.make
        const { client } = yield* network(chats)
        const submit = () => Effect.promise(() => client.jobs.submit(params, { idempotencyKey: "mine" }))
        const [one, again] = [yield* submit(), yield* submit()]
        expect(again.id).toBe(one.id)
        const waiting = client.jobs.wait(one.id)
        const chat = yield* chats.next
        chat.say("done")
        chat.finish()
        expect((yield* Effect.promise(() => waiting)).result?.content).toBe("done")

        const others = yield* Effect.forEach([1, 2], () => Effect.promise(() => client.jobs.submit(params)))
        const ids = yield* Effect.promise(() => collect(client.jobs.list({ limit: 1 })))
        expect(ids.map(({ id }) => id)).toEqual([...others.map(({ id }) => id).toReversed(), one.id])
        for (const { id } of others) {
          expect((yield* Effect.promise(() => client.jobs.cancel(id))).status).toBe("cancelled")
        }
        expect(yield* Effect.promise(() => client.models.list())).toMatchObject([{ id: "tiny", nodes: 1 }])
      }),
    patience
  )
})
