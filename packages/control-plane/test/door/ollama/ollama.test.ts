import { describe, expect } from "bun:test"
import * as Chats from "@infernet/testing/fakes/Chats"
import type { Script } from "@infernet/testing/fakes/ScriptedBackends"
import { it } from "@infernet/testing/harness"
import { Deferred, Effect } from "effect"
import { answering, thrown } from "../anthropic/client.ts"
import { call, jsonOf } from "../../http/client.ts"
import { hello, weather, world } from "./client.ts"

const live = (name: string, body: Parameters<typeof it.live>[1]) => it.live(name, body, { timeout: 20_000 })

const usage = { prompt_tokens: 30, completion_tokens: 20, total_tokens: 50, cached_tokens: 10 }

const thinkingAndCalling = answering(
  [
    ["reasoning", "Where "],
    ["reasoning", "is it?"],
    ["text", "Let me "],
    ["text", "look."],
    ["tool_call", { index: 0, id: "call_a", name: "weather", arguments: "" }],
    ["tool_call", { index: 1, id: "call_b", name: "weather", arguments: '{"city":' }],
    ["tool_call", { index: 0, arguments: '{"city":"Paris"}' }],
    ["tool_call", { index: 1, arguments: '"Rome"}' }]
  ],
  "tool_calls",
  usage
)

const calls = [
  { id: "call_a", function: { index: 0, name: "weather", arguments: { city: "Paris" } } },
  { id: "call_b", function: { index: 1, name: "weather", arguments: { city: "Rome" } } }
]

const ended = {
  done: true,
  done_reason: "stop",
  prompt_eval_count: 30,
  prompt_eval_cached_count: 10,
  eval_count: 20,
  load_duration: 0
}

const png = "iVBORw0KGgo="

const tool = (content: string) => ({ role: "tool", content, tool_name: "weather" })

describe("the client's chat", () => {
  live("gets a whole answer: thoughts, words, calls with objects, counts and times", () =>
    Effect.gen(function* () {
      const { client } = yield* world(thinkingAndCalling)
      const answer = yield* Effect.promise(() => client.chat({ ...hello, tools: [weather] }))
      expect(answer).toMatchObject({ model: "tiny", ...ended })
      expect<unknown>(answer.message).toEqual({
        role: "assistant",
        content: "Let me look.",
        thinking: "Where is it?",
        tool_calls: calls
      })
      expect(answer.eval_duration).toBeGreaterThan(0)
      expect(answer.total_duration).toBeGreaterThanOrEqual(answer.prompt_eval_duration)
      expect(String(answer.created_at)).toMatch(/^20\d\d-\d\d-\d\dT/)
    })
  )

  live("gets the same in pieces, each call whole as soon as it is", () =>
    Effect.gen(function* () {
      const { client } = yield* world(thinkingAndCalling)
      const lines = yield* Effect.promise(async () =>
        Array.fromAsync(await client.chat({ ...hello, model: "tiny:latest", tools: [weather], stream: true }))
      )
      const role = "assistant"
      expect<unknown>(lines.map(({ message }) => message)).toEqual([
        { role, content: "", thinking: "Where " },
        { role, content: "", thinking: "is it?" },
        { role, content: "Let me " },
        { role, content: "look." },
        ...calls.map((call) => ({ role, content: "", tool_calls: [call] })),
        { role, content: "" }
      ])
      expect(lines.map(({ done }) => done)).toEqual([false, false, false, false, false, false, true])
      expect(lines.at(-1)).toMatchObject({ model: "tiny:latest", ...ended })
    })
  )

  live("goes round with tools, whose answers name the tool alone", () =>
    Effect.gen(function* () {
      const { asked, client } = yield* world((request, emit) =>
        request.messages.length === 1
          ? thinkingAndCalling(request, emit)
          : answering([["text", "Sunny in both."]])(request, emit)
      )
      const first = yield* Effect.promise(() => client.chat({ ...hello, tools: [weather] }))
      const messages = [...hello.messages, first.message, tool("18 degrees"), tool("25 degrees")]
      const second = yield* Effect.promise(() => client.chat({ model: "tiny", messages, tools: [weather] }))
      expect(second.message.content).toBe("Sunny in both.")
      expect(asked[1]?.messages.slice(1)).toEqual([
        {
          role: "assistant",
          content: "Let me look.",
          tool_calls: [
            { id: "call_a", type: "function", function: { name: "weather", arguments: '{"city":"Paris"}' } },
            { id: "call_b", type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } }
          ]
        },
        { role: "tool", tool_call_id: "call_a", content: "18 degrees" },
        { role: "tool", tool_call_id: "call_b", content: "25 degrees" }
      ])
    })
  )

  live("asks for what was asked", () =>
    Effect.gen(function* () {
      const { asked, client } = yield* world(Chats.saying("{}"))
      const schema = { type: "object", properties: {} }
      yield* Effect.promise(() =>
        client.chat({
          ...hello,
          format: schema,
          keep_alive: "5m",
          think: false,
          logprobs: true,
          top_logprobs: 2,
          options: {
            num_predict: 50,
            temperature: 0.2,
            top_k: 5,
            top_p: 0.9,
            min_p: 0.1,
            stop: ["END"],
            seed: 7,
            repeat_penalty: 1.1,
            presence_penalty: 0.5,
            frequency_penalty: 0.4,
            num_ctx: 4_096,
            mirostat: 1
          }
        })
      )
      yield* Effect.promise(() => client.chat({ ...hello, format: "json", options: { num_predict: -1, stop: [] } }))
      expect(asked).toEqual([
        {
          model: "tiny",
          messages: [{ role: "user", content: "hi" }],
          max_tokens: 50,
          temperature: 0.2,
          top_k: 5,
          top_p: 0.9,
          min_p: 0.1,
          stop: ["END"],
          seed: 7,
          repetition_penalty: 1.1,
          presence_penalty: 0.5,
          frequency_penalty: 0.4,
          logprobs: true,
          top_logprobs: 2,
          response_format: { type: "json_schema", json_schema: { name: "answer", schema, strict: true } }
        },
        {
          model: "tiny",
          messages: [{ role: "user", content: "hi" }],
          max_tokens: 4_096,
          response_format: { type: "json_object" }
        }
      ])
    })
  )

  live("stops the backend when it is aborted", () =>
    Effect.gen(function* () {
      const chats = yield* Chats.make
      const { client } = yield* world(chats.chat)
      const opening = client.chat({ ...hello, stream: true })
      const running = yield* chats.next
      running.say("Once ")
      const stream = yield* Effect.promise(() => opening)
      const reader = stream[Symbol.asyncIterator]()
      expect((yield* Effect.promise(() => reader.next())).value?.message.content).toBe("Once ")
      const broken = reader.next().catch((error: unknown) => error)
      client.abort()
      yield* Deferred.await(running.interrupted)
      expect(yield* Effect.promise(() => broken)).toMatchObject({ name: "AbortError" })
    })
  )
})

describe("the client's generate", () => {
  live("is a chat of one turn, with the system's word before it", () =>
    Effect.gen(function* () {
      const { asked, client } = yield* world(thinkingAndCalling)
      const request = { model: "tiny", prompt: "hi", system: "Be brief.", think: false }
      const answer = yield* Effect.promise(() => client.generate(request))
      expect(answer).toMatchObject({ response: "Let me look.", ...ended })
      expect(answer).not.toHaveProperty("thinking")
      const lines = yield* Effect.promise(async () =>
        Array.fromAsync(await client.generate({ ...request, stream: true }))
      )
      expect(lines.map(({ response }) => response).join("")).toBe("Let me look.")
      expect(asked[0]?.messages).toEqual([
        { role: "system", content: "Be brief." },
        { role: "user", content: "hi" }
      ])
    })
  )

  live("without a prompt loads or unloads, which nodes see to themselves", () =>
    Effect.gen(function* () {
      const { asked, client } = yield* world(Chats.saying("a"))
      const load = yield* Effect.promise(() => client.generate({ model: "tiny", prompt: "" }))
      expect(load).toMatchObject({ response: "", done: true, done_reason: "load" })
      const unload = yield* Effect.promise(() => client.chat({ model: "tiny", keep_alive: 0 }))
      expect(unload).toMatchObject({ message: { content: "" }, done: true, done_reason: "unload" })
      expect(asked).toEqual([])
      expect(yield* thrown(() => client.chat({ model: "tony" }))).toMatchObject({ status_code: 404 })
    })
  )
})

const vectors: NonNullable<Script["embed"]> = ({ input }) =>
  Effect.succeed({ embeddings: input.map((text) => [text.length, 0.5]), prompt_tokens: 3 })

const refuseChat: Script["chat"] = () => Effect.die(new Error("no chat was asked for"))

live("texts become vectors, by the newer and by the older way", () =>
  Effect.gen(function* () {
    const { client } = yield* world(refuseChat, { embed: vectors })
    const two = yield* Effect.promise(() => client.embed({ model: "tiny:latest", input: ["a", "bc"], truncate: true }))
    expect(two).toMatchObject({ model: "tiny:latest", prompt_eval_count: 3, load_duration: 0 })
    expect(two.embeddings).toEqual([
      [1, 0.5],
      [2, 0.5]
    ])
    expect((yield* Effect.promise(() => client.embed({ model: "tiny", input: "abc" }))).embeddings).toEqual([[3, 0.5]])
    const old = yield* Effect.promise(() => client.embeddings({ model: "tiny", prompt: "abcd" }))
    expect(old.embedding).toEqual([4, 0.5])
    expect(yield* thrown(() => client.embed({ model: "tiny", input: [] }))).toMatchObject({ status_code: 400 })
  })
)

live("a raw prompt is gone on with as it stands", () =>
  Effect.gen(function* () {
    const prompts: Array<unknown> = []
    const { client } = yield* world(refuseChat, {
      complete: (request, emit) => {
        prompts.push(request)
        void emit("text", " Paris")
        void emit("text", ".")
        return Effect.succeed({ finish_reason: "stop", usage: Chats.usage })
      }
    })
    const request = { model: "tiny", prompt: "France:", raw: true, options: { num_predict: 5, temperature: 0 } }
    const answer = yield* Effect.promise(() => client.generate(request))
    expect(answer).toMatchObject({ response: " Paris.", done_reason: "stop" })
    expect(prompts).toEqual([{ model: "tiny", prompt: "France:", max_tokens: 5, temperature: 0 }])
  })
)

live("models are listed and shown, and only their operators change them", () =>
  Effect.gen(function* () {
    const { client } = yield* world(Chats.saying("a"))
    const { models } = yield* Effect.promise(() => client.list())
    expect(models).toEqual([
      expect.objectContaining({
        name: "tiny:latest",
        model: "tiny:latest",
        capabilities: ["completion", "tools"]
      })
    ])
    expect(models[0]?.digest).toHaveLength(64)
    expect((yield* Effect.promise(() => client.ps())).models.map(({ name }) => name)).toEqual(["tiny:latest"])
    const shown = yield* Effect.promise(() => client.show({ model: "tiny:latest" }))
    expect(shown.capabilities).toEqual(["completion", "tools"])
    expect(yield* thrown(() => client.show({ model: "tony" }))).toMatchObject({
      status_code: 404,
      message: expect.stringContaining("model 'tony' not found")
    })
    expect((yield* Effect.promise(() => client.version())).version).toMatch(/^\d+\.\d+\.\d+$/)
    for (const change of [
      () => client.pull({ model: "tiny" }),
      () => client.push({ model: "tiny" }),
      () => client.create({ model: "other", from: "tiny" }),
      () => client.copy({ source: "tiny", destination: "other" }),
      () => client.delete({ model: "tiny" })
    ]) {
      expect(yield* thrown(change)).toMatchObject({
        status_code: 403,
        message: expect.stringContaining("operators of its nodes")
      })
    }
  })
)

/** What is not offered, and the words by which it is refused. */
const refusals: ReadonlyArray<readonly [path: string, part: object, words: string]> = [
  ["chat", { options: { temperature: 9 } }, "options.temperature: "],
  ["chat", { messages: [{ role: "user", content: "x", images: ["AAAA"] }] }, "messages[0].images[0]: expected a JPEG"],
  ["chat", { format: "yaml" }, 'format: expected "json"'],
  ["chat", { think: true }, '"tiny" does not support thinking'],
  ["chat", { _debug_render_only: true }, "_debug_render_only: "],
  ["generate", { prompt: "a", suffix: "b" }, "suffix: "],
  ["generate", { prompt: "a", template: "{{ .Prompt }}" }, "template: "],
  ["generate", { prompt: "a", context: [1, 2] }, "context: "],
  ["generate", { prompt: "a", raw: true, format: "json" }, "format: not for a raw prompt"],
  ["chat", { messages: [{ role: "user", content: "x", images: [png] }] }, "can see images"]
]

live("what goes wrong is a sentence under a status, or, after the first word, a line", () =>
  Effect.gen(function* () {
    const { client, key, plane } = yield* world(Chats.saying("a"))
    for (const [path, part, words] of refusals) {
      const answer = yield* call(plane, `/api/${path}`, { key, body: JSON.stringify({ ...hello, ...part }) })
      expect([words, answer.status, Object.keys(jsonOf(answer))]).toEqual([words, 400, ["error"]])
      expect(jsonOf(answer).error).toContain(words)
    }
    const stranger = yield* call(plane, "/api/tags")
    expect([stranger.status, jsonOf(stranger)]).toEqual([401, { error: expect.stringContaining("API key") }])
    const nowhere = yield* call(plane, "/api/blobs/sha256:0", { key, method: "HEAD" })
    expect(nowhere.status).toBe(404)
    const ok = yield* call(plane, "/api/generate", { key, body: '{"model":"tiny","prompt":"hi","suffix":""}' })
    expect(ok.headers.get("content-type")).toBe("application/x-ndjson")
    expect(yield* thrown(() => client.chat({ ...hello, model: "tony" }))).toMatchObject({
      name: "ResponseError",
      status_code: 404
    })
  })
)

live("a failure after the first word is thrown by the client", () =>
  Effect.gen(function* () {
    const chats = yield* Chats.make
    const { client } = yield* world(chats.chat)
    const opening = client.chat({ ...hello, stream: true })
    const running = yield* chats.next
    running.say("Once ")
    const stream = yield* Effect.promise(() => opening)
    running.fail("out of memory")
    expect(yield* thrown(() => Array.fromAsync(stream))).toMatchObject({ message: "out of memory" })
  })
)
