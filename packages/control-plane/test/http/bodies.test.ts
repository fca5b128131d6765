import { expect } from "bun:test"
import { readBytes } from "@infernet/control-plane/http/body"
import * as Chats from "@infernet/testing/fakes/Chats"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { HttpServerRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { call, chat, jsonOf, raw } from "./client.ts"

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const json = { "content-type": "application/json" }
const nested = (depth: number) =>
  JSON.stringify(chat("hi", { metadata: {} })).replace("{}", "[".repeat(depth) + "]".repeat(depth))

/** What is sent, and the status, the code, and the field or a word of the message. */
const table = [
  ["no JSON", { body: "{", headers: json }, 400, "bad_request", "not valid JSON"],
  ["nothing", { body: "", headers: json, method: "POST" }, 400, "bad_request", "not valid JSON"],
  ["no content type", { body: encode("{}") }, 400, "bad_request", "content-type"],
  [
    "a form",
    { body: "a=b", headers: { "content-type": "application/x-www-form-urlencoded" } },
    400,
    "bad_request",
    "content-type"
  ],
  ["bytes that are no UTF-8", { body: new Uint8Array([0x22, 0xff, 0x22]), headers: json }, 400, "bad_request", "UTF-8"],
  ["JSON too deep", { body: nested(70), headers: json }, 400, "bad_request", "deeper than 64"],
  ["JSON far too deep", { body: "[".repeat(1_000_000), headers: json }, 400, "bad_request", "deeper than 64"],
  ["a list", { json: [] }, 400, "bad_request", ""],
  ["no model", { json: { messages: [{ role: "user", content: "hi" }] } }, 400, "bad_request", "model"],
  ["no messages", { json: { model: "tiny", messages: [] } }, 400, "bad_request", "messages"],
  ["an unknown field", { json: chat("hi", { max_token: 1 }) }, 400, "bad_request", "max_token"],
  ["too many tokens", { json: chat("hi", { max_tokens: 0 }) }, 400, "bad_request", "max_tokens"],
  ["a wrong temperature", { json: chat("hi", { temperature: 2.1 }) }, 400, "bad_request", "temperature"],
  [
    "a wrong role",
    { json: { model: "tiny", messages: [{ role: "boss", content: "hi" }] } },
    400,
    "bad_request",
    "messages[0].role: expected system, developer, user, assistant or tool"
  ],
  ["no content", { json: { model: "tiny", messages: [{ role: "user" }] } }, 400, "bad_request", "messages[0].content"],
  ["a wrong node", { json: chat("hi", { node_id: "0x1" }) }, 400, "bad_request", "node_id"],
  [
    "too much metadata",
    { json: chat("hi", { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [i, ""])) }) },
    400,
    "bad_request",
    "metadata"
  ],
  ["an unknown model", { json: { ...chat(), model: "tinny" } }, 404, "model_not_found", "tiny"],
  ["a node that is not there", { json: chat("hi", { node_id: `0x${"9".repeat(40)}` }) }, 503, "no_capacity", "tiny"],
  ["more than 20 MiB", { json: chat("x".repeat(20 << 20)) }, 413, "payload_too_large", "20 MiB"]
] as const

it.live(
  "a request that cannot be served is refused with its reason, and named fields",
  () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { key } = yield* Network.account(plane)
      yield* Network.node(plane, { chat: Chats.saying("a") })
      for (const [name, init, status, code, word] of table) {
        const answer = yield* call(plane, "/api/v1/jobs", { key, ...init })
        expect(`${name}: ${answer.status} ${answer.text.slice(0, 300)}`).toStartWith(
          `${name}: ${status} {"error":"${code}"`
        )
        const { error_message, field } = jsonOf(answer)
        if (field !== undefined) expect(error_message).toStartWith(`${field}: `)
        expect(`${name}: ${error_message}`).toContain(word)
        expect(answer.headers.get("retry-after"), name).toBe(status === 503 ? "2" : null)
      }
      const large = yield* call(plane, "/api/v1/jobs", { key, json: chat("x".repeat((20 << 20) - 1_000)) })
      expect(large.status).toBe(202)
      const good = yield* call(plane, "/api/v1/jobs", { key, body: nested(10).replace(/\[+\]+/, "{}"), headers: json })
      expect(good.status).toBe(202)
    }),
  { timeout: 30_000 }
)

const words = "the body is over 20 MiB"

for (const [path, refusal] of [
  ["/api/v1/jobs", { error: "payload_too_large", error_message: words }],
  [
    "/v1/chat/completions",
    { error: { message: words, type: "invalid_request_error", param: null, code: "payload_too_large" } }
  ]
] as const) {
  it.live(`100 GB for ${path} are refused before they come, in words, and their connection is closed`, () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { key } = yield* Network.account(plane)
      const named = `host: 127.0.0.1\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\n`
      const answer = yield* raw(plane, `POST ${path} HTTP/1.1\r\n${named}content-length: 99999999999\r\n\r\n{`)
      expect(answer).toStartWith("HTTP/1.1 413 ")
      expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")))).toEqual(refusal)
    })
  )
}

for (const [what, headers, seconds] of [
  ["a kilobyte", { "content-length": "1000" }, 31],
  ["20 MiB", { "content-length": String(20 << 20) }, 350],
  ["who knows how much", {}, 350]
] as ReadonlyArray<readonly [string, Record<string, string>, number]>) {
  it(`a client that has announced ${what} and stops is told so after ${seconds} s, and read no more`, () =>
    Effect.gen(function* () {
      const cancelled = yield* Deferred.make<void>()
      const begun = Stream.make(new Uint8Array(100)).pipe(
        Stream.concat(Stream.never),
        Stream.ensuring(Deferred.succeed(cancelled, undefined))
      )
      const request = new Request("http://plane/", { method: "POST", headers, body: Stream.toReadableStream(begun) })
      const reading = yield* Effect.forkChild(Effect.flip(readBytes(HttpServerRequest.fromWeb(request))), {
        startImmediately: true
      })
      yield* TestClock.adjust(seconds * 1_000 - 1)
      expect(reading.pollUnsafe()).toBeUndefined()
      yield* TestClock.adjust(1)
      expect(yield* Fiber.join(reading)).toMatchObject({
        error: "bad_request",
        error_message: `the body did not come within ${seconds} s: send it without pauses`
      })
      yield* Deferred.await(cancelled)
    }))
}
