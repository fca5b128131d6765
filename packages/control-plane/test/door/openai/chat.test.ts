import { describe, expect } from "bun:test"
import type { ChatRequest } from "@infernet/contract/Chat"
import * as Chats from "@infernet/testing/fakes/Chats"
import type { Script } from "@infernet/testing/fakes/ScriptedBackends"
import { Deferred, Effect, Fiber } from "effect"
import type { ChatCompletionChunk } from "openai/resources"
import { ask, collect, hi, live, model, thrown, world } from "./world.ts"

const usage = { ...Chats.usage, cached_tokens: 1, reasoning_tokens: 2 }
const told = {
  prompt_tokens: 3,
  completion_tokens: 2,
  total_tokens: 5,
  prompt_tokens_details: { cached_tokens: 1 },
  completion_tokens_details: { reasoning_tokens: 2 }
}

/** Says what it is told to, in these records. */
const telling =
  (
    records: ReadonlyArray<readonly ["text" | "reasoning" | "tool_call" | "logprobs", unknown]>,
    seen: Array<ChatRequest> = [],
    reason: "stop" | "tool_calls" = "stop"
  ): Script["chat"] =>
  (request, emit) =>
    Effect.sync(() => {
      seen.push(request)
      for (const [kind, said] of records) void emit(kind, typeof said === "string" ? said : JSON.stringify(said))
      return { finish_reason: reason, usage }
    })

const weather = { type: "function" as const, function: { name: "weather", parameters: { type: "object" } } }
const calls = [
  ["tool_call", { index: 0, id: "call_1", name: "weather", arguments: "" }],
  ["tool_call", { index: 0, arguments: '{"city":"Pa' }],
  ["tool_call", { index: 1, id: "call_2", name: "weather", arguments: '{"city":"Rome"}' }],
  ["tool_call", { index: 0, arguments: 'ris"}' }]
] as const

const token = (token: string) => ({
  token,
  logprob: -0.5,
  bytes: [...Buffer.from(token)],
  top_logprobs: [{ token: "x", logprob: -2, bytes: null }]
})

/** What the next chunk that says anything says. */
const reading = (stream: AsyncIterable<ChatCompletionChunk>): Effect.Effect<string> => {
  const chunks = stream[Symbol.asyncIterator]()
  return Effect.promise(async () => {
    for (;;) {
      const { done, value } = await chunks.next()
      if (done === true) return "the end"
      const choice = value.choices[0]
      if (choice === undefined) return `${value.usage?.total_tokens} tokens`
      const said = choice.finish_reason ?? choice.delta.content ?? ""
      if (said !== "") return `${choice.index} ${said}`
    }
  })
}

describe("OpenAI's client chats", () => {
  live("whole and in chunks, with all that was counted", () =>
    Effect.gen(function* () {
      const { client } = yield* world({
        chat: telling([
          ["reasoning", "Hm."],
          ["text", "Hel"],
          ["text", "lo"]
        ])
      })
      const whole = yield* ask(() => client.chat.completions.create({ model, messages: hi }))
      expect(whole.choices[0]).toMatchObject({ finish_reason: "stop", logprobs: null })
      expect(whole.choices[0]?.message).toMatchObject({ content: "Hello", reasoning_content: "Hm.", refusal: null })
      expect(whole.usage).toEqual(told)
      const chunks = yield* collect(() =>
        client.chat.completions.create({ model, messages: hi, stream: true, stream_options: { include_usage: true } })
      )
      expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe("Hello")
      expect(chunks.at(-1)).toMatchObject({ choices: [], usage: told })
      expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true)
    })
  )

  live("with tools called side by side, whole and in pieces", () =>
    Effect.gen(function* () {
      const seen: Array<ChatRequest> = []
      const { client } = yield* world({ chat: telling(calls, seen, "tool_calls") })
      const asked = { model, messages: hi, tools: [weather], tool_choice: "required" as const }
      const called = [
        { id: "call_1", type: "function" as const, function: { name: "weather", arguments: '{"city":"Paris"}' } },
        { id: "call_2", type: "function" as const, function: { name: "weather", arguments: '{"city":"Rome"}' } }
      ]
      const { choices } = yield* ask(() => client.chat.completions.create(asked))
      expect(choices[0]).toMatchObject({ finish_reason: "tool_calls", message: { content: null, tool_calls: called } })
      const streamed = yield* ask(() => client.chat.completions.stream(asked).finalChatCompletion())
      expect(streamed.choices[0]?.message.tool_calls).toMatchObject(called)
      expect(seen[0]).toMatchObject({ tools: [weather], tool_choice: "required" })

      // As it came, with all that the client added to it.
      const message = streamed.choices[0]?.message
      const answer = { role: "tool" as const, tool_call_id: "call_1", content: "sunny" }
      const messages = [...hi, ...(message === undefined ? [] : [message]), answer]
      yield* ask(() => client.chat.completions.create({ ...asked, messages }))
      expect(seen.at(-1)?.messages.slice(1)).toEqual([{ role: "assistant", content: "", tool_calls: called }, answer])

      const one = { ...asked, parallel_tool_calls: false }
      const alone = yield* ask(() => client.chat.completions.create(one))
      expect(alone.choices[0]?.message.tool_calls).toMatchObject(called.slice(0, 1))
      const aloneStreamed = yield* ask(() => client.chat.completions.stream(one).finalChatCompletion())
      expect(aloneStreamed.choices[0]?.message.tool_calls).toMatchObject(called.slice(0, 1))
    })
  )

  live("with the log probabilities of tokens", () =>
    Effect.gen(function* () {
      const records = [
        ["logprobs", { content: [token("He")] }],
        ["text", "He"],
        ["logprobs", { content: [token("llo"), { token: "!", logprob: null, bytes: null }] }],
        ["text", "llo!"]
      ] as const
      const { client } = yield* world({ chat: telling(records) })
      const asked = { model, messages: hi, logprobs: true, top_logprobs: 1 }
      const silent = { token: "!", logprob: -9999, bytes: null, top_logprobs: [] }
      const all = { content: [token("He"), token("llo"), silent], refusal: null }
      const whole = yield* ask(() => client.chat.completions.create(asked))
      expect(whole.choices[0]?.logprobs).toEqual(all)
      const streamed = yield* ask(() => client.chat.completions.stream(asked).finalChatCompletion())
      expect(streamed.choices[0]?.logprobs?.content).toEqual(all.content)
      const unasked = yield* ask(() => client.chat.completions.create({ model, messages: hi }))
      expect(unasked.choices[0]?.logprobs).toBeNull()
    })
  )

  live("and every field reaches the node, but for those that mean nothing there", () =>
    Effect.gen(function* () {
      const seen: Array<ChatRequest> = []
      const { client } = yield* world({ chat: telling([["text", "{}"]], seen) })
      const format = {
        type: "json_schema" as const,
        json_schema: { name: "answer", strict: true, schema: { type: "object", properties: {} } }
      }
      const sampled = {
        temperature: 0.1,
        top_p: 0.2,
        top_k: 3,
        min_p: 0.4,
        frequency_penalty: 0.5,
        presence_penalty: 0.6,
        repetition_penalty: 1.1,
        stop: ["a", "b"],
        seed: 7,
        response_format: format
      }
      const ignored = {
        user: "u",
        store: true,
        service_tier: "flex" as const,
        reasoning_effort: "low" as const,
        prediction: { type: "content" as const, content: "x" },
        logit_bias: {},
        functions: [],
        modalities: ["text" as const],
        tools: [],
        tool_choice: null,
        logprobs: null
      }
      const body = { model, messages: hi, max_completion_tokens: 9, max_tokens: 8, ...sampled, ...ignored }
      yield* ask(() => client.chat.completions.create(body as never))
      expect(seen).toEqual([{ model, messages: hi, max_tokens: 9, ...sampled }])
      yield* ask(() => client.chat.completions.create({ model, messages: hi, stop: "x", max_tokens: 5 }))
      expect(seen[1]).toEqual({ model, messages: hi, max_tokens: 5, stop: "x" })
    })
  )
})

describe("n answers to one chat", () => {
  live("come whole, or in one stream in which each has its index, from as many jobs", () =>
    Effect.gen(function* () {
      const seen: Array<ChatRequest> = []
      const chats = yield* Chats.make
      const { client } = yield* world({
        chat: (request, emit) => {
          seen.push(request)
          return request.stop === "play"
            ? chats.chat(request, emit)
            : telling([["text", `${request.seed}`]])(request, emit)
        }
      })
      const whole = yield* ask(() => client.chat.completions.create({ model, messages: hi, n: 3, seed: 10 }))
      expect(whole.choices.map(({ index, message }) => [index, message.content])).toEqual([
        [0, "10"],
        [1, "11"],
        [2, "12"]
      ])
      expect(whole.usage).toMatchObject({ prompt_tokens: 9, completion_tokens: 6, total_tokens: 15 })

      const asked = { model, messages: hi, n: 2, stop: "play", stream_options: { include_usage: true } }
      const begun = yield* Effect.forkChild(ask(() => client.chat.completions.create({ ...asked, stream: true })))
      const [one, other] = [yield* chats.next, yield* chats.next]
      one.say("a")
      const stream = yield* Fiber.join(begun)
      const told = reading(stream)
      const first = yield* told
      // Which of the two began first is chance.
      const [x, y] = first === "0 a" ? [0, 1] : [1, 0]
      const said = [first]
      for (const act of [
        () => other.say("b"),
        () => other.finish("length"),
        () => one.say("c"),
        () => one.finish(),
        () => undefined
      ]) {
        act()
        said.push(yield* told)
      }
      expect(said).toEqual([`${x} a`, `${y} b`, `${y} length`, `${x} c`, `${x} stop`, "10 tokens"])
    })
  )

  live("are all let go when the client leaves, and when one of them fails", () =>
    Effect.gen(function* () {
      const chats = yield* Chats.make
      const { client } = yield* world({ chat: chats.chat })
      const asked = { model, messages: hi, n: 2, stream: true } as const
      const both = Effect.all([chats.next, chats.next])

      const left = yield* Effect.forkChild(ask(() => client.chat.completions.create(asked)))
      const [first, second] = yield* both
      first.say("a")
      const { controller } = yield* Fiber.join(left)
      controller.abort()
      yield* Deferred.await(first.interrupted)
      yield* Deferred.await(second.interrupted)

      const failing = yield* Effect.forkChild(
        thrown(async () => {
          for await (const _ of await client.chat.completions.create(asked)) continue
        })
      )
      const [third, fourth] = yield* both
      third.say("a")
      third.fail()
      expect(yield* Fiber.join(failing)).toMatchObject({
        code: "backend_error",
        message: expect.stringContaining("hiccuped")
      })
      yield* Deferred.await(fourth.interrupted)
    })
  )
})
