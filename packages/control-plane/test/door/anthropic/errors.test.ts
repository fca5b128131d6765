import { describe, expect } from "bun:test"
import Anthropic, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  OverloadedError
} from "@anthropic-ai/sdk"
import { BackendError } from "@infernet/backend/Backend"
import * as Chats from "@infernet/testing/fakes/Chats"
import type { Script } from "@infernet/testing/fakes/ScriptedBackends"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Effect } from "effect"
import { call, jsonOf } from "../../http/client.ts"
import { hello, thrown, weather, world } from "./client.ts"

const live = (name: string, body: Parameters<typeof it.live>[1]) => it.live(name, body, { timeout: 20_000 })

const failing: Script["chat"] = ({ messages }, emit) => {
  if (messages[0]?.content === "late") void emit("text", "a")
  return Effect.fail(new BackendError({ fault: "backend_error", message: "out of memory" }))
}

const late = { ...hello, messages: [{ role: "user" as const, content: "late" }] }

describe("what goes wrong is thrown as the SDK's own class", () => {
  live("for what is in the request", () =>
    Effect.gen(function* () {
      const { client, plane } = yield* world(Chats.saying("a"))
      const stranger = new Anthropic({ baseURL: plane.url, apiKey: "sk-ant-nothing", maxRetries: 0 })
      const refused = yield* thrown(() => stranger.messages.create(hello))
      expect(refused).toBeInstanceOf(AuthenticationError)
      expect(refused).toMatchObject({ type: "authentication_error", requestID: expect.stringMatching(/^req_/) })

      const unknown = yield* thrown(() => client.messages.create({ ...hello, model: "tony" }))
      expect(unknown).toBeInstanceOf(NotFoundError)
      expect(unknown).toMatchObject({ type: "not_found_error", message: expect.stringContaining("tiny") })

      const bad = yield* thrown(() => client.messages.create({ ...hello, max_tokens: 0 }))
      expect(bad).toBeInstanceOf(BadRequestError)
      expect(bad).toMatchObject({ type: "invalid_request_error", message: expect.stringContaining("max_tokens") })
      const lists = yield* thrown(() => stranger.models.list())
      expect(lists).toMatchObject({ status: 401, type: "authentication_error" })
    })
  )

  live("for a network without room, which is overloaded", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { key } = yield* Network.account(plane)
      yield* Effect.scoped(Network.node(plane, { chat: Chats.saying("a") }))
      const client = new Anthropic({ baseURL: plane.url, apiKey: key, maxRetries: 0 })
      const full = yield* thrown(() => client.messages.create(hello))
      expect(full).toBeInstanceOf(OverloadedError)
      expect(full).toMatchObject({ status: 529, type: "overloaded_error" })
    })
  )

  live("for a failing backend: by status before the first word, in the stream after it", () =>
    Effect.gen(function* () {
      const { client } = yield* world(failing)
      const early = yield* thrown(() => client.messages.stream(hello).finalMessage())
      expect(early).toBeInstanceOf(InternalServerError)
      expect(early).toMatchObject({ status: 502, type: "api_error", message: expect.stringContaining("out of memory") })
      const stream = client.messages.stream(late)
      const words: Array<string> = []
      stream.on("text", (word) => void words.push(word))
      const broken = yield* thrown(() => stream.finalMessage())
      expect(words).toEqual(["a"])
      expect(broken).toBeInstanceOf(APIError)
      expect(broken).toMatchObject({ type: "api_error", message: expect.stringContaining("out of memory") })
    })
  )

  live("after its own retries, which help where the fault was a passing one", () =>
    Effect.gen(function* () {
      let tries = 0
      const { key, plane } = yield* world((request, emit) => {
        tries += 1
        return tries === 1 ? failing(request, emit) : Chats.saying("well")(request, emit)
      })
      const patient = new Anthropic({ baseURL: plane.url, apiKey: key, maxRetries: 1 })
      const message = yield* Effect.promise(() => patient.messages.create(hello))
      expect(message.content).toMatchObject([{ type: "text", text: "well" }])
      expect(tries).toBe(2)
    })
  )
})

/** What is not offered, and the words by which it is refused. */
const refusals: ReadonlyArray<readonly [name: string, part: object, field: string, word: string]> = [
  [
    "a document",
    { messages: [{ role: "user", content: [{ type: "document", source: { type: "text", data: "x" } }] }] },
    "messages[0].content[0].type",
    '"document" is not offered'
  ],
  [
    "an image by its address",
    { messages: [{ role: "user", content: [{ type: "image", source: { type: "url", url: "https://a.b/c.png" } }] }] },
    "messages[0].content[0].source.type",
    '"url" is not offered'
  ],
  [
    "a server tool",
    { tools: [{ type: "web_search_20250305", name: "web_search" }] },
    "tools[0].type",
    "web_search_2025"
  ],
  ["a tool without a schema", { tools: [{ name: "weather" }] }, "tools[0].input_schema", "Missing key"],
  ["a container", { container: "c_1" }, "container", "runs no code"],
  ["MCP servers", { mcp_servers: [{ type: "url", url: "https://a.b", name: "m" }] }, "mcp_servers", "MCP"],
  [
    "an answer that is begun for the model",
    { messages: [...hello.messages, { role: "assistant", content: "{" }] },
    "messages",
    "last message is the assistant's"
  ],
  ["a role of another API", { messages: [{ role: "tool", content: "x" }] }, "messages[0]", '"role": "assistant"'],
  ["no max_tokens", { max_tokens: undefined }, "max_tokens", "Missing key"]
]

live("what is not offered is refused by name", () =>
  Effect.gen(function* () {
    const { asked, key, plane } = yield* world(Chats.saying("a"))
    for (const [name, part, field, word] of refusals) {
      const answer = yield* call(plane, "/v1/messages", { key, json: { ...hello, ...part } })
      const { error, type } = jsonOf(answer)
      expect([name, answer.status, type, error.type]).toEqual([name, 400, "error", "invalid_request_error"])
      expect(error.message).toStartWith(`${field}: `)
      expect(error.message).toContain(word)
    }
    const batches = yield* call(plane, "/v1/messages/batches", { key, json: { requests: [] } })
    expect([batches.status, jsonOf(batches).error]).toEqual([
      404,
      { type: "not_found_error", message: expect.stringContaining("/v1/messages/batches") }
    ])
    const harmless = {
      ...hello,
      container: null,
      mcp_servers: [],
      tools: [{ ...weather, type: "custom" }],
      speed: "fast"
    }
    expect((yield* call(plane, "/v1/messages", { key, json: harmless })).status).toBe(200)
    expect(asked).toHaveLength(1)
  })
)
