import { planeId } from "@infernet/testing/fakes/planeIdentity"
import { describe, expect } from "bun:test"
import { ApiKeys } from "@infernet/control-plane/account/ApiKeys"
import { JobStore, StoreUnavailable } from "@infernet/control-plane/job/JobStore"
import * as Chats from "@infernet/testing/fakes/Chats"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Context, Effect, Logger, References } from "effect"
import { call, chat, jsonOf, raw } from "./client.ts"

const requestLine = (line: string, host = "127.0.0.1") => `${line}\r\nHost: ${host}\r\nConnection: close\r\n\r\n`

describe("every answer", () => {
  it.live("names its request and may be read by any page", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { key } = yield* Network.account(plane)
      yield* Network.node(plane, { chat: Chats.saying("a") })
      const stream = { key, json: chat("hi", { stream: true }) }
      const answers = yield* Effect.all([
        call(plane, "/health"),
        call(plane, "/nowhere"),
        call(plane, "/api/v1/jobs"),
        call(plane, "/api/v1/jobs", stream),
        call(plane, "/v1/chat/completions", stream),
        call(plane, "/docs"),
        call(plane, "/metrics"),
        call(plane, "/api/v1/jobs", { method: "OPTIONS" })
      ])
      for (const { headers } of answers) {
        expect(headers.get("x-request-id")).toMatch(/^req_[0-9a-v]{16}$/)
        expect(headers.get("access-control-allow-origin")).toBe("*")
      }
      expect(answers.map(({ status }) => status)).toEqual([200, 404, 401, 200, 200, 200, 200, 204])
      expect(new Set(answers.map(({ headers }) => headers.get("x-request-id"))).size).toBe(answers.length)
      const allowed = answers.at(-1)?.headers.get("access-control-allow-headers")
      for (const name of ["authorization", "content-type", "idempotency-key", "last-event-id"]) {
        expect(allowed).toContain(name)
      }
    })
  )

  it.live("to a route that is not there is JSON, of the shape of its door", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const nowhere = yield* call(plane, "/api/v2/jobs")
      expect([nowhere.status, jsonOf(nowhere)]).toEqual([
        404,
        { error: "not_found", error_message: "there is no GET /api/v2/jobs here: see /docs" }
      ])
      expect(jsonOf(yield* call(plane, "/v1/images/generations", { json: {} })).error).toMatchObject({
        code: "not_found"
      })
      expect((yield* call(plane, "/health", { method: "PUT" })).status).toBe(404)
      expect(yield* call(plane, "/health", { method: "HEAD" })).toMatchObject({ status: 200, text: "" })
      for (const line of [
        "GET // HTTP/1.1",
        "GET //evil.example/health HTTP/1.1",
        "GET /%ff%00 HTTP/1.1",
        "GET http://x/ HTTP/1.1"
      ]) {
        expect(yield* raw(plane, requestLine(line)), line).toMatch(/^HTTP\/1\.1 4\d\d /)
      }
    })
  )

  it.live("is refused to a name that is not the control plane's", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      for (const host of ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""]) {
        const answer = yield* raw(plane, requestLine("GET /health HTTP/1.1", host))
        expect(answer, host).toStartWith("HTTP/1.1 400 ")
      }
      const own = yield* raw(plane, requestLine("GET /health HTTP/1.1", `127.0.0.1:${plane.port}`))
      expect(own).toStartWith("HTTP/1.1 200 ")
    })
  )
})

describe("keys", () => {
  it.live("are refused when they are none, unknown or revoked, the last at once", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { key, keyId } = yield* Network.account(plane)
      const statusOf = (key?: string) =>
        Effect.map(call(plane, "/api/v1/models", key === undefined ? {} : { key }), (answer) => answer.status)
      expect(yield* statusOf()).toBe(401)
      expect(yield* statusOf("sk-123")).toBe(401)
      expect(yield* statusOf(`inft_${"0".repeat(40)}`)).toBe(401)
      expect(yield* statusOf(key)).toBe(200)
      yield* Context.get(plane.services, ApiKeys).revoke(keyId, undefined)
      expect(yield* statusOf(key)).toBe(401)
    })
  )
})

describe("the public doors", () => {
  it.live("tell what this is, whether it is ready, and what it measures", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { key } = yield* Network.account(plane)
      yield* Network.node(plane, { chat: Chats.saying("a") })
      yield* call(plane, "/v1/chat/completions", { key, json: chat() })
      expect(jsonOf(yield* call(plane, "/api/v1/info"))).toMatchObject({
        control_plane_id: planeId,
        version: "1.0.0"
      })
      expect(jsonOf(yield* call(plane, "/health"))).toEqual({ status: "ok" })
      const ready = yield* call(plane, "/ready")
      expect([ready.status, jsonOf(ready)]).toEqual([200, { status: "ready", nodes_online: 1 }])
      const { text } = yield* call(plane, "/metrics")
      for (const name of ["infernet_jobs_total", "infernet_first_token_seconds_bucket", 'direction="completion"']) {
        expect(text).toContain(name)
      }
    })
  )

  it.live("describe every route, and load nothing from elsewhere", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { openapi, paths } = jsonOf(yield* call(plane, "/openapi.json"))
      expect(openapi).toStartWith("3.")
      const routes = Object.entries<object>(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method} ${path}`)
      )
      expect(routes.toSorted()).toEqual([
        "delete /api/delete",
        "delete /api/v1/jobs/{id}",
        "delete /api/v1/keys/{id}",
        "delete /api/v1/nodes/{id}",
        "delete /api/v1/nodes/{id}/commands/{command}",
        "delete /api/v1/session",
        "delete /api/v1/sessions/wallets/{address}",
        "delete /api/v1/sessions/{id}",
        "delete /v1/responses/{id}",
        "get /api/ps",
        "get /api/tags",
        "get /api/v1/account",
        "get /api/v1/cprs",
        "get /api/v1/cprs/{id}",
        "get /api/v1/info",
        "get /api/v1/jobs",
        "get /api/v1/jobs/{id}",
        "get /api/v1/jobs/{id}/stream",
        "get /api/v1/keys",
        "get /api/v1/ledger",
        "get /api/v1/models",
        "get /api/v1/nodes",
        "get /api/v1/nodes/{id}",
        "get /api/v1/nodes/{id}/commands",
        "get /api/v1/nodes/{id}/commands/{command}",
        "get /api/v1/nodes/{id}/details",
        "get /api/v1/nodes/{id}/link",
        "get /api/v1/nodes/{id}/status",
        "get /api/v1/session",
        "get /api/v1/sessions",
        "get /api/v1/sessions/wallets",
        "get /api/v1/usage",
        "get /api/version",
        "get /health",
        "get /ready",
        "get /v1/models",
        "get /v1/models/{id}",
        "get /v1/responses/{id}",
        "post /api/chat",
        "post /api/copy",
        "post /api/create",
        "post /api/embed",
        "post /api/embeddings",
        "post /api/generate",
        "post /api/pull",
        "post /api/push",
        "post /api/show",
        "post /api/v1/jobs",
        "post /api/v1/keys",
        "post /api/v1/link-codes",
        "post /api/v1/nodes/{id}",
        "post /api/v1/nodes/{id}/approve",
        "post /api/v1/nodes/{id}/commands",
        "post /api/v1/nodes/{id}/commands/{command}",
        "post /api/v1/nodes/{id}/heartbeat",
        "post /api/v1/nodes/{id}/receipts",
        "post /api/v1/nodes/{id}/rotate",
        "post /api/v1/quotes",
        "post /api/v1/session",
        "post /api/v1/session/challenge",
        "post /api/v1/session/token",
        "post /api/v1/sessions/links",
        "post /api/v1/sessions/wallets",
        "post /v1/chat/completions",
        "post /v1/completions",
        "post /v1/embeddings",
        "post /v1/messages",
        "post /v1/messages/count_tokens",
        "post /v1/responses",
        "post /v1/responses/{id}/cancel"
      ])
      const { headers, text } = yield* call(plane, "/docs")
      const markup = text.replace(/<script[^>]*>[^]*?<\/script>/g, (script) => script.slice(0, script.indexOf(">") + 1))
      expect(markup.match(/(?:src|href|action)\s*=\s*["']?(?:https?:)?\/\/[^"' >]*/g)).toBeNull()
      expect(text.match(/@import\s+(?:url\()?["']?(?:https?:)?\/\/[^"')]*/g)).toBeNull()
      // The library in the page knows other addresses, of fonts and of a proxy: the browser is told to go to none.
      expect(text).toContain('"withDefaultFonts":false')
      const policy = headers.get("content-security-policy") ?? ""
      expect(policy).toStartWith("default-src 'none'; ")
      expect(policy).not.toMatch(/https?:|\*|\bhttp\b/)
    })
  )

  it.live("say that the service is not ready when its database is gone", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane({}, (store) => ({
        ...store,
        ready: Effect.fail(new StoreUnavailable({ cause: "the test" }))
      }))
      const ready = yield* call(plane, "/ready")
      expect([ready.status, jsonOf(ready).status]).toEqual([503, "unready"])
      expect((yield* call(plane, "/health")).status).toBe(200)
      expect(Context.get(plane.services, JobStore)).toBeDefined()
    })
  )

  it.live("answer 503 to submissions while nothing can be stored, in each door's shape", () =>
    Effect.gen(function* () {
      const gone = Effect.fail(new StoreUnavailable({ cause: "the test" }))
      const plane = yield* Network.plane({}, (store) => ({ ...store, submit: () => gone, end: () => gone }))
      const { key } = yield* Network.account(plane)
      yield* Network.node(plane, { chat: Chats.saying("secret") })
      for (const part of [{}, { stream: true }]) {
        const ours = yield* call(plane, "/api/v1/jobs", { key, json: chat("hi", part) })
        expect([ours.status, jsonOf(ours).error, ours.headers.get("retry-after")]).toEqual([503, "internal_error", "2"])
        const theirs = yield* call(plane, "/v1/chat/completions", { key, json: chat("hi", part) })
        expect([theirs.status, jsonOf(theirs).error.code]).toEqual([503, "internal_error"])
        for (const { text } of [ours, theirs]) expect(text).not.toContain("secret")
      }
    })
  )
})

it.live("no log line carries a key, a prompt or an answer", () =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const capture = Logger.make((options) => void lines.push(Logger.formatJson.log(options)))
    const secrets = ["prompt-7f3a", "answer-91bc"] as const
    yield* Effect.gen(function* () {
      const gone = Effect.fail(new StoreUnavailable({ cause: "the test" }))
      const plane = yield* Network.plane({}, (store) => ({ ...store, startAttempt: () => gone }))
      const { key } = yield* Network.account(plane)
      yield* Network.node(plane, { chat: Chats.saying(secrets[1]) })
      const json = chat(secrets[0])
      for (const path of ["/api/v1/jobs", "/v1/chat/completions"]) {
        for (const part of [{}, { stream: true }, { temperature: 9 }, { model: "none" }]) {
          yield* call(plane, path, { key, json: { ...json, ...part } })
        }
      }
      yield* call(plane, `/api/v1/jobs?key=${key}`, { key: `${key}x` })
      const shown = lines.filter((line) => [key, ...secrets].some((secret) => line.includes(secret)))
      expect(shown).toEqual([])
      expect(lines.length).toBeGreaterThan(20)
    }).pipe(Effect.provide(Logger.layer([capture])), Effect.provideService(References.MinimumLogLevel, "Trace"))
  })
)
