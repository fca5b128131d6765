import { describe, expect } from "bun:test"
import { unlimited } from "@infernet/contract/Limits"
import { noLimits } from "@infernet/control-plane/Settings"
import * as Chats from "@infernet/testing/fakes/Chats"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Clock, Effect } from "effect"
import { type Answer, call, chat, jsonOf, open } from "./client.ts"

const live = (name: string, body: () => ReturnType<Parameters<typeof it.live>[1]>) =>
  it.live(name, body, { timeout: 20_000 })

const limited = { limits: { ...noLimits, key: { ...unlimited, requests_per_minute: 60 } } }

const ids = (answer: Answer) => jsonOf(answer).keys.map(({ id }: { id: string }) => id)

const rates = ({ headers }: Pick<Answer, "headers">) =>
  ["limit", "remaining"].map((name) => Number(headers.get(`x-ratelimit-${name}`)))

describe("/api/v1/keys", () => {
  live("makes a key that is shown once, works, and stops when it is revoked", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { id: account, key } = yield* Network.account(plane)
      const made = yield* call(plane, "/api/v1/keys", { key, json: { name: "laptop", models: ["tiny"] } })
      expect([made.status, made.headers.get("cache-control")]).toEqual([201, "no-store"])
      const created = jsonOf(made)
      expect(created).toMatchObject({ account_id: account, name: "laptop", models: ["tiny"], revoked_at: null })
      expect(created.key).toMatch(/^inft_[0-9a-z]{40}$/)

      const own = jsonOf(yield* call(plane, "/api/v1/account", { key: created.key }))
      expect(own).toMatchObject({ id: account, role: "client", key: { id: created.id, name: "laptop" } })
      const list = yield* call(plane, "/api/v1/keys", { key })
      expect(jsonOf(list).keys[0]).toMatchObject({ id: created.id, hint: expect.any(String) })
      expect(list.text).not.toContain(created.key)
      expect((yield* call(plane, "/api/v1/keys", { key: created.key, json: { name: "another" } })).status).toBe(403)
      expect((yield* call(plane, "/api/v1/keys", { key: created.key })).status).toBe(403)

      const path = `/api/v1/keys/${created.id}`
      expect(jsonOf(yield* call(plane, path, { key, method: "DELETE" })).revoked_at).not.toBeNull()
      const refused = yield* call(plane, "/api/v1/account", { key: created.key })
      expect([refused.status, jsonOf(refused).error]).toEqual([401, "unauthorized"])
      expect(jsonOf(refused).error_message).toContain("revoked at")
    })
  )

  live("shows an account its own, an administrator all", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const [alice, bob] = [yield* Network.account(plane), yield* Network.account(plane)]
      const admin = yield* Network.account(plane, "admin")
      const list = (key: string, query = "") => call(plane, `/api/v1/keys${query}`, { key })
      expect(ids(yield* list(alice.key))).toEqual([alice.keyId])
      expect(ids(yield* list(admin.key))).toEqual([admin.keyId, bob.keyId, alice.keyId])
      expect(ids(yield* list(admin.key, `?account_id=${bob.id}`))).toEqual([bob.keyId])
      expect((yield* list(alice.key, `?account_id=${bob.id}`)).status).toBe(403)
      expect((yield* call(plane, `/api/v1/keys/${bob.keyId}`, { key: alice.key, method: "DELETE" })).status).toBe(404)
      const page = jsonOf(yield* list(admin.key, "?limit=2"))
      expect(ids(yield* list(admin.key, `?limit=2&cursor=${page.next_cursor}`))).toEqual([alice.keyId])
    })
  )

  live("names the field that is wrong", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { key } = yield* Network.account(plane)
      const wrong = [
        [{ name: "a\u001b[2J" }, "name"],
        [{ name: "x".repeat(65) }, "name"],
        [{ name: "k", limits: { requests_per_minute: 0 } }, "limits.requests_per_minute"],
        [{ name: "k", models: [] }, "models"],
        [{ name: "k", expires_at: "2001-01-01T00:00:00Z" }, "expires_at"]
      ] as const
      for (const [json, field] of wrong) {
        const answer = yield* call(plane, "/api/v1/keys", { key, json })
        expect([answer.status, jsonOf(answer).field]).toEqual([400, field])
      }
    })
  )
})

describe("a limit", () => {
  live("is told on every answer, errors and streams included, and refuses what is past it", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane(limited)
      const { key } = yield* Network.account(plane)
      const chats = yield* Chats.make
      yield* Network.node(plane, chats)
      const before = Math.floor((yield* Clock.currentTimeMillis) / 1000)
      const first = yield* call(plane, "/api/v1/models", { key })
      expect(rates(first)).toEqual([60, 59])
      expect(Number(first.headers.get("x-ratelimit-reset"))).toBeGreaterThanOrEqual(before)
      expect(first.headers.get("access-control-expose-headers")).toContain("x-ratelimit-remaining")
      const bad = yield* call(plane, "/v1/chat/completions", { key, json: { model: 7 } })
      expect([bad.status, rates(bad)[0]]).toEqual([400, 60])
      expect(bad.headers.get("x-ratelimit-limit-requests")).toBe("60")
      const stream = yield* Effect.all(
        [
          open(plane, "/api/v1/jobs", { key, json: chat("hi", { stream: true }) }),
          Effect.tap(chats.next, (running) => Effect.sync(() => (running.say("x"), running.finish())))
        ],
        { concurrency: 2 }
      )
      expect(rates(stream[0])[0]).toBe(60)
      yield* stream[0].until("[DONE]")

      let last = first
      for (let n = 0; n < 70 && last.status !== 429; n++) last = yield* call(plane, "/api/v1/models", { key })
      expect([last.status, ...rates(last)]).toEqual([429, 60, 0])
      expect(Number(last.headers.get("retry-after"))).toBe(1)
      expect(jsonOf(last).error).toBe("rate_limited")
      const atDoor = yield* call(plane, "/v1/models", { key })
      expect([atDoor.status, jsonOf(atDoor).error.type]).toEqual([429, "rate_limit_error"])
    })
  )

  live("of jobs at a time holds when many come at once, and ends with them, however they end", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { key: parent } = yield* Network.account(plane)
      const chats = yield* Chats.make
      yield* Network.node(plane, chats)
      const { key } = jsonOf(
        yield* call(plane, "/api/v1/keys", { key: parent, json: { name: "k", limits: { concurrency: 3 } } })
      )
      const submit = call(plane, "/api/v1/jobs", { key, json: chat("hi") })
      const answers = yield* Effect.all(
        Array.from({ length: 12 }, () => submit),
        { concurrency: "unbounded" }
      )
      const taken = answers.filter(({ status }) => status === 202)
      expect([taken.length, answers.filter(({ status }) => status === 429).length]).toEqual([3, 9])
      const runs = [yield* chats.next, yield* chats.next, yield* chats.next]
      runs[0]?.finish()
      const ids = taken.map((answer) => jsonOf(answer).id)
      // One ends by itself, one is cancelled, and a job with an unknown model never holds anything.
      yield* call(plane, `/api/v1/jobs/${ids.at(-1)}`, { key, method: "DELETE" })
      expect((yield* call(plane, "/api/v1/jobs", { key, json: { ...chat("hi"), model: "nobody" } })).status).toBe(404)
      const again = Effect.repeat(submit, { until: ({ status }) => status === 202, times: 50 })
      expect((yield* again).status).toBe(202)
    })
  )

  live("of guesses meets an address, not the key that is remembered", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { key } = yield* Network.account(plane)
      yield* call(plane, "/api/v1/models", { key })
      let last = yield* call(plane, "/api/v1/models", { key: `inft_${"0".repeat(40)}` })
      expect(last.status).toBe(401)
      for (let n = 1; n < 31; n++) {
        last = yield* call(plane, "/api/v1/models", { key: `inft_${String(n).padStart(40, "0")}` })
      }
      expect([last.status, Number(last.headers.get("retry-after")) > 0]).toEqual([429, true])
      expect((yield* call(plane, "/api/v1/models", { key })).status).toBe(200)
    })
  )
})

describe("a key for some models", () => {
  live("sees and asks for these, in any spelling, and for no other", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { key: parent } = yield* Network.account(plane)
      const chats = yield* Chats.make
      yield* Network.node(plane, chats)
      const keyFor = (models: ReadonlyArray<string>) =>
        Effect.map(
          call(plane, "/api/v1/keys", { key: parent, json: { name: "k", models } }),
          (made) => jsonOf(made).key
        )
      const [own, others] = [yield* keyFor(["Tiny"]), yield* keyFor(["qwen3:8b"])]
      const shown = (key: string) =>
        Effect.map(call(plane, "/api/v1/models", { key }), (list) => jsonOf(list).models.length)
      expect([yield* shown(own), yield* shown(others)]).toEqual([1, 0])
      expect(jsonOf(yield* call(plane, "/v1/models", { key: others })).data).toEqual([])
      expect((yield* call(plane, "/api/v1/jobs", { key: own, json: chat("hi") })).status).toBe(202)
      const refused = yield* call(plane, "/v1/chat/completions", { key: others, json: chat("hi") })
      expect(refused.status).toBe(403)
      expect(jsonOf(refused).error.message).toBe("this key is not for tiny: it may ask for qwen3-8b")
    })
  )
})

describe("GET /api/v1/usage", () => {
  live("counts what the account's keys asked for, by key", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { key, keyId } = yield* Network.account(plane)
      const chats = yield* Chats.make
      yield* Network.node(plane, chats)
      const answering = Effect.tap(chats.next, (running) => Effect.sync(() => (running.say("x"), running.finish())))
      yield* Effect.all([call(plane, "/v1/chat/completions", { key, json: chat("hi") }), answering], { concurrency: 2 })
      const usage = jsonOf(yield* call(plane, "/api/v1/usage?by=key", { key }))
      const { total_tokens } = Chats.usage
      expect(usage.usage).toMatchObject([{ key_id: keyId, requests: 1, total_tokens }])
      expect(usage.total).toMatchObject({ requests: 1, failed: 0, total_tokens })
      const backwards = "/api/v1/usage?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z"
      expect(jsonOf(yield* call(plane, backwards, { key })).field).toBe("since")
    })
  )
})
