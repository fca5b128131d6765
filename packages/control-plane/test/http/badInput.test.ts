/** Whatever is sent to a door that takes input: the documented refusal, with the field's name, soon, and never a 500. */
import { describe, expect } from "bun:test"
import { ApiKeys } from "@infernet/control-plane/account/ApiKeys"
import * as Chats from "@infernet/testing/fakes/Chats"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Context, Effect } from "effect"
import { bodies, fields, json, withField } from "./badBodies.ts"
import { type Answer, call, chat, jsonOf, raw } from "./client.ts"
import { signer } from "./rogue.ts"

const nobody = `job_${"0".repeat(20)}`
const answersWithin = "2 seconds"

const world = Effect.gen(function* () {
  const plane = yield* Network.plane()
  const account = yield* Network.account(plane)
  yield* Network.node(plane, { chat: Chats.saying("a") })
  return { plane, ...account }
})

/** What both doors of a chat say, whichever form their errors have. */
const refusalOf = (answer: Answer) => {
  const body = jsonOf(answer)
  const { error } = body
  return typeof error === "string"
    ? { code: error, message: String(body.error_message), field: body.field ?? null }
    : { code: error.code, message: String(error.message), field: error.param }
}

const doors = ["/api/v1/jobs", "/v1/chat/completions"] as const

/** A question in the address, and the field that is at fault. */
const addresses: ReadonlyArray<readonly [string, string]> = [
  ["/api/v1/jobs?limit=0", "limit"],
  ["/api/v1/jobs?limit=-1", "limit"],
  ["/api/v1/jobs?limit=1e99", "limit"],
  ["/api/v1/jobs?limit=1&limit=2", "limit"],
  ["/api/v1/jobs?status=nope", "status"],
  ["/api/v1/jobs?since=yesterday", "since"],
  ["/api/v1/jobs?since=-271821-04-20T00:00:00.000Z", "since"],
  ["/api/v1/jobs?cursor=%00", "cursor"],
  ["/api/v1/jobs/job_1", "id"],
  ["/api/v1/jobs/%00", "id"],
  ["/api/v1/jobs/..%2f..%2fetc", "id"],
  [`/api/v1/jobs/${nobody.toUpperCase()}/stream`, "id"],
  [`/api/v1/jobs/${nobody}/stream?after=-1`, "after"],
  [`/api/v1/jobs/${nobody}/stream?after=1e3`, "after"],
  [`/api/v1/jobs/${nobody}/stream?after=99999999999`, "after"],
  ["/api/v1/nodes/0x1", "id"],
  ["/api/v1/nodes/zz/status", "id"]
]

describe("bad input", () => {
  it.live(
    "in a body is refused at every door that takes a chat",
    () =>
      Effect.gen(function* () {
        const { key, plane } = yield* world
        for (const door of doors) {
          for (const [name, init, status, code] of bodies) {
            const answer = yield* Effect.timeout(call(plane, door, { key, ...init }), answersWithin)
            expect([door, name, answer.status, refusalOf(answer).code]).toEqual([door, name, status, code])
          }
          for (const field of fields) {
            const answer = yield* Effect.timeout(call(plane, door, { key, json: withField(field) }), answersWithin)
            const { code, field: named, message } = refusalOf(answer)
            expect([door, ...field, answer.status, code, named]).toEqual([door, ...field, 400, "bad_request", field[0]])
            expect(message).toStartWith(`${field[0]}: `)
          }
        }
      }),
    { timeout: 30_000 }
  )

  it.live("in an address is refused by the name of its part", () =>
    Effect.gen(function* () {
      const { key, plane } = yield* world
      for (const [path, field] of addresses) {
        const answer = yield* Effect.timeout(call(plane, path, { key }), answersWithin)
        const refusal = refusalOf(answer)
        expect([path, answer.status, refusal.code, refusal.field]).toEqual([path, 400, "bad_request", field])
        expect(refusal.message).toStartWith(`${field}: `)
      }
      for (const path of [
        `/api/v1/jobs/${nobody}`,
        `/api/v1/jobs/${nobody}/stream`,
        `/api/v1/nodes/0x${"0".repeat(40)}`
      ]) {
        expect((yield* call(plane, path, { key })).status, path).toBe(404)
      }
      expect((yield* call(plane, `/api/v1/jobs/${nobody}`, { key, method: "DELETE" })).status).toBe(404)
      const resumed = yield* call(plane, `/api/v1/jobs/${nobody}/stream`, { key, headers: { "last-event-id": "-1" } })
      expect([resumed.status, refusalOf(resumed).field]).toEqual([400, "last-event-id"])
    })
  )

  it.live("in headers never reaches a job", () =>
    Effect.gen(function* () {
      const { key, plane } = yield* world
      const body = JSON.stringify(chat())
      const post = (headers: ReadonlyArray<string>) =>
        raw(
          plane,
          [
            "POST /api/v1/jobs HTTP/1.1",
            "Host: 127.0.0.1",
            "Connection: close",
            `Authorization: Bearer ${key}`,
            "Content-Type: application/json",
            ...headers,
            "",
            body
          ].join("\r\n")
        )
      const length = `Content-Length: ${body.length}`
      for (const [headers, status] of [
        [[length, `X-Big: ${"x".repeat(64 << 10)}`], 431],
        [[length, "Idempotency-Key: a\u0001b"], 400],
        [[length, "Idempotency-Key: a\u0000b"], 400],
        [[length, "Idempotency-Key: "], 400],
        [[length, `Idempotency-Key: ${"k".repeat(129)}`], 400],
        [["Content-Length: -1"], 400],
        [[length, "Transfer-Encoding: chunked"], 400],
        [["Transfer-Encoding: chunked"], 400]
      ] as const) {
        const answer = yield* Effect.timeout(post(headers), answersWithin)
        expect(answer, headers.join().slice(0, 80)).toStartWith(`HTTP/1.1 ${status} `)
      }
      expect(jsonOf(yield* call(plane, "/api/v1/jobs", { key })).jobs).toEqual([])
    })
  )

  it.live("from a node, signed as it is, is refused by name", () =>
    Effect.gen(function* () {
      const { plane } = yield* world
      const { post, registration } = yield* signer(plane)
      expect((yield* post("", JSON.stringify(registration))).status).toBe(200)
      const beat = { public_key: registration.public_key, state: { version: 1 } }
      for (const [at, body, field] of [
        ["", { ...registration, name: "" }, "name"],
        ["", { ...registration, name: "a\u0000b" }, "name"],
        ["", { ...registration, name: "n".repeat(65) }, "name"],
        ["", { ...registration, version: "1\u0000" }, "version"],
        ["/heartbeat", beat, "state"],
        ["/heartbeat", { ...beat, port: 0 }, "port"]
      ] as const) {
        const answer = yield* Effect.timeout(post(at, JSON.stringify(body)), answersWithin)
        expect([body, answer.status, refusalOf(answer).code]).toEqual([body, 400, "bad_request"])
        expect(refusalOf(answer).field).toStartWith(field)
      }
      for (const body of ["{", "[".repeat(100_000), new Uint8Array([0xff])]) {
        const answer = yield* Effect.timeout(post("/heartbeat", body), answersWithin)
        expect([answer.status, refusalOf(answer).code]).toEqual([400, "bad_request"])
      }
    })
  )

  it.live("with a revoked or foreign key is refused before anything is read", () =>
    Effect.gen(function* () {
      const { key, keyId, plane } = yield* world
      const stranger = yield* Network.account(plane)
      const { id } = jsonOf(yield* call(plane, "/api/v1/jobs", { key, json: chat() }))
      for (const [path, method] of [
        [`/api/v1/jobs/${id}`, "GET"],
        [`/api/v1/jobs/${id}`, "DELETE"],
        [`/api/v1/jobs/${id}/stream`, "GET"]
      ] as const) {
        const answer = yield* call(plane, path, { key: stranger.key, method })
        expect([path, answer.status, refusalOf(answer).code]).toEqual([path, 404, "not_found"])
      }
      yield* Context.get(plane.services, ApiKeys).revoke(keyId, undefined)
      for (const door of doors) {
        const answer = yield* call(plane, door, { key, body: "{", headers: json })
        expect([door, answer.status, refusalOf(answer).code]).toEqual([door, 401, "unauthorized"])
      }
    })
  )

  it.live(
    "in great number leaves no memory behind",
    () =>
      Effect.gen(function* () {
        const { key, plane } = yield* world
        const small = bodies.slice(0, -1)
        const send = (n: number) => {
          const door = doors[n % doors.length] ?? doors[0]
          const field = fields[n % fields.length] ?? ["model", 5]
          const init = n % 2 === 0 ? (small[n % small.length]?.[1] ?? {}) : { json: withField(field) }
          return call(plane, door, { key, ...init })
        }
        const memory = Effect.sync(() => {
          Bun.gc(true)
          return process.memoryUsage().rss
        })
        const some = (count: number) =>
          Effect.forEach(
            Array.from({ length: count }, (_, n) => n),
            send,
            { concurrency: 16, discard: true }
          )
        // What is compiled and cached once is no leak.
        yield* some(100)
        const before = yield* memory
        yield* some(500)
        expect(((yield* memory) - before) / (1 << 20)).toBeLessThan(64)
      }),
    { timeout: 20_000 }
  )
})
