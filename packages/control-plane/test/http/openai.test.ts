import { describe, expect } from "bun:test"
import { BackendError } from "@infernet/backend/Backend"
import * as Chats from "@infernet/testing/fakes/Chats"
import type { Script } from "@infernet/testing/fakes/ScriptedBackends"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Effect } from "effect"
import { call, chat, jsonOf } from "./client.ts"

const world = Effect.fnUntraced(function* (script: Script["chat"]) {
  const plane = yield* Network.plane()
  const { key } = yield* Network.account(plane)
  yield* Network.node(plane, { chat: script })
  const complete = (json: unknown) => call(plane, "/v1/chat/completions", { key, json })
  return { complete, key, plane }
})

/** The data of each frame of an event stream. */
const framesOf = (text: string): ReadonlyArray<string> =>
  text
    .split("\n\n")
    .filter((frame) => frame !== "")
    .map((frame) => frame.replace(/^data: /, ""))

const live = (name: string, body: Parameters<typeof it.live>[1]) => it.live(name, body, { timeout: 20_000 })

const callTool: Script["chat"] = (_request, emit) =>
  Effect.sync(() => {
    void emit("tool_call", JSON.stringify({ index: 0, id: "call_1", name: "weather", arguments: "" }))
    void emit("tool_call", JSON.stringify({ index: 0, arguments: '{"city":"Pa' }))
    void emit("tool_call", JSON.stringify({ index: 0, arguments: 'ris"}' }))
    return { finish_reason: "tool_calls", usage: Chats.usage }
  })

const failing: Script["chat"] = ({ messages }, emit) => {
  if (messages[0]?.content === "late") void emit("text", "a")
  return Effect.fail(new BackendError({ fault: "backend_error", message: "out of memory" }))
}

describe("POST /v1/chat/completions", () => {
  live("answers whole", () =>
    Effect.gen(function* () {
      const { complete } = yield* world(Chats.saying("Hel", "lo"))
      const answer = yield* complete(chat())
      expect(answer.status).toBe(200)
      const body = jsonOf(answer)
      expect(body).toEqual({
        id: `chatcmpl-${answer.headers.get("x-infernet-job")}`,
        object: "chat.completion",
        created: expect.any(Number),
        model: "tiny",
        choices: [
          {
            index: 0,
            message: { role: "assistant", content: "Hello", refusal: null },
            logprobs: null,
            finish_reason: "stop"
          }
        ],
        usage: Chats.usage
      })
    })
  )

  live("answers in chunks, with usage in the last when that is asked", () =>
    Effect.gen(function* () {
      const { complete } = yield* world(Chats.saying("Hel", "lo"))
      const plain = framesOf((yield* complete(chat("hi", { stream: true }))).text)
      expect(plain.at(-1)).toBe("[DONE]")
      const chunks = plain.slice(0, -1).map((data) => JSON.parse(data))
      expect(chunks.map(({ choices }) => choices[0].delta)).toEqual([
        { role: "assistant", content: "" },
        { content: "Hel" },
        { content: "lo" },
        {}
      ])
      expect(chunks.map(({ choices }) => choices[0].finish_reason)).toEqual([null, null, null, "stop"])
      expect(chunks.some((chunk) => "usage" in chunk)).toBe(false)
      const asked = chat("hi", { stream: true, stream_options: { include_usage: true } })
      const told = framesOf((yield* complete(asked)).text)
      expect(JSON.parse(told.at(-2) ?? "")).toMatchObject({ choices: [], usage: Chats.usage })
      expect(JSON.parse(told[0] ?? "").usage).toBeNull()
    })
  )

  live("calls tools", () =>
    Effect.gen(function* () {
      const { complete } = yield* world(callTool)
      const tools = [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }]
      const whole = jsonOf(yield* complete(chat("hi", { tools }))).choices[0]
      const call = { id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Paris"}' } }
      expect(whole.message).toEqual({ role: "assistant", content: null, tool_calls: [call], refusal: null })
      expect(whole.finish_reason).toBe("tool_calls")
      const frames = framesOf((yield* complete(chat("hi", { tools, stream: true }))).text)
      const deltas = frames.slice(1, 4).map((data) => JSON.parse(data).choices[0].delta.tool_calls[0])
      expect(deltas[0]).toEqual({
        index: 0,
        id: "call_1",
        type: "function",
        function: { name: "weather", arguments: "" }
      })
      expect(deltas.map((delta) => delta.function.arguments).join("")).toBe('{"city":"Paris"}')
    })
  )

  live("tells what is wrong in OpenAI's form", () =>
    Effect.gen(function* () {
      const { complete, plane } = yield* world(Chats.saying("a"))
      const of = (answer: Effect.Success<ReturnType<typeof complete>>) => [answer.status, jsonOf(answer).error]
      expect(of(yield* call(plane, "/v1/chat/completions", { json: chat() }))).toEqual([
        401,
        { message: expect.stringContaining("API key"), type: "authentication_error", param: null, code: "unauthorized" }
      ])
      expect(of(yield* complete({ ...chat(), model: "tony" }))).toEqual([
        404,
        {
          message: expect.stringContaining("tiny"),
          type: "invalid_request_error",
          param: null,
          code: "model_not_found"
        }
      ])
      expect(of(yield* complete(chat("hi", { temperature: 3 })))).toMatchObject([400, { param: "temperature" }])
      const image = { type: "image_url", image_url: { url: "https://example.com/x.png" } }
      const fetched = of(yield* complete({ model: "tiny", messages: [{ role: "user", content: [image] }] }))
      expect(fetched).toMatchObject([
        400,
        { param: "messages[0].content[0].image_url.url", message: expect.stringContaining("data: URL") }
      ])
      expect(of(yield* call(plane, "/v1/nonsense"))).toMatchObject([404, { code: "not_found" }])
    })
  )

  live("gives a backend's failure before the first word a status, and one after it a frame without [DONE]", () =>
    Effect.gen(function* () {
      const { complete } = yield* world(failing)
      const early = yield* complete(chat("early", { stream: true }))
      expect([early.status, jsonOf(early).error]).toEqual([
        502,
        { message: "out of memory", type: "server_error", param: null, code: "backend_error" }
      ])
      const late = yield* complete(chat("late", { stream: true }))
      expect(late.status).toBe(200)
      expect(JSON.parse(framesOf(late.text).at(-1) ?? "").error).toMatchObject({ code: "backend_error" })
      expect((yield* complete(chat("late"))).status).toBe(502)
    })
  )

  live("asks for the output that the context leaves, unless told otherwise", () =>
    Effect.gen(function* () {
      const asked: Array<number> = []
      const { complete } = yield* world(({ max_tokens }) => {
        asked.push(max_tokens)
        return Effect.succeed({ finish_reason: "stop", usage: Chats.usage })
      })
      yield* complete(chat("hi", { max_tokens: 7 }))
      yield* complete(chat("hi", { max_completion_tokens: 8, max_tokens: null }))
      yield* complete(chat("hi"))
      yield* complete(chat("x".repeat(40_000)))
      expect(asked.slice(0, 2)).toEqual([7, 8])
      expect(asked[2]).toBeGreaterThan(4_000)
      expect(asked[2]).toBeLessThan(4_096)
      // Never so little that an answer would be cut without a word: the backend is to say that it does not fit.
      expect(asked[3]).toBe(512)
    })
  )
})

live("GET /v1/models lists what can be asked for", () =>
  Effect.gen(function* () {
    const { key, plane } = yield* world(Chats.saying("a"))
    expect(jsonOf(yield* call(plane, "/v1/models", { key }))).toEqual({
      object: "list",
      data: [{ id: "tiny", object: "model", created: expect.any(Number), owned_by: "infernet" }]
    })
    expect((yield* call(plane, "/v1/models")).status).toBe(401)
  })
)
