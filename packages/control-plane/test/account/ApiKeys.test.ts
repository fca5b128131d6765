import { describe, expect } from "bun:test"
import { BadRequest, Conflict, Forbidden, NotFound } from "@infernet/contract/ApiError"
import { keysLimit } from "@infernet/control-plane/account/ApiKeys"
import { it } from "@infernet/testing/harness"
import { DateTime, Effect } from "effect"
import { TestClock } from "effect/testing"
import { database } from "./accounts.ts"

const setUp = Effect.gen(function* () {
  const { replica } = yield* database
  const { accounts, callers, keys } = yield* replica
  const account = yield* accounts.create({ name: "alice", role: "client" })
  const ownKey = (asked: object = {}) => keys.create({ name: "k", account_id: account.id, ...asked }, undefined)
  const by = (key: Parameters<typeof callers.authenticate>[0]) =>
    Effect.map(callers.authenticate(key), ({ caller }) => caller)
  return { account, accounts, by, keys, ownKey }
})

describe("keys", () => {
  it("are for models by one name, however they were spelled", () =>
    Effect.gen(function* () {
      const { by, ownKey } = yield* setUp
      const { key, models } = yield* ownKey({ models: ["qwen2.5:7b", "Qwen/Qwen2.5-7B-Instruct", "llama3.2:1b-q4_0"] })
      expect(models).toEqual(["qwen2.5-7b-instruct", "llama-3.2-1b-instruct"])
      expect((yield* by(key)).key?.models).toEqual(models)
    }))

  it("have the usual limits unless they are given others, and none where that is said", () =>
    Effect.gen(function* () {
      const { ownKey } = yield* setUp
      const { limits } = yield* ownKey({ limits: { requests_per_minute: 5, requests_per_hour: null } })
      expect(limits).toEqual({
        requests_per_minute: 5,
        requests_per_hour: null,
        tokens_per_minute: null,
        concurrency: null,
        micros_per_day: null
      })
      expect((yield* ownKey()).limits).toMatchObject({ requests_per_minute: 60, requests_per_hour: 1_000 })
    }))

  it("of an account that is no administrator's may not have more than it", () =>
    Effect.gen(function* () {
      const { accounts, by, keys, ownKey } = yield* setUp
      const caller = yield* by((yield* ownKey()).key)
      const tooMuch = (limits: object) => Effect.flip(keys.create({ name: "k", limits }, caller))
      expect(yield* tooMuch({ requests_per_minute: 601 })).toMatchObject({ field: "limits.requests_per_minute" })
      expect(yield* tooMuch({ requests_per_hour: null })).toBeInstanceOf(BadRequest)
      yield* keys.create({ name: "k", limits: { requests_per_minute: 600, concurrency: null } }, caller)
      const { id: account_id } = yield* accounts.admin
      expect(yield* Effect.flip(keys.create({ name: "k", account_id }, caller))).toBeInstanceOf(Forbidden)
    }))

  it("make none that may do more than they: not for other models, not for longer, not at a higher rate", () =>
    Effect.gen(function* () {
      const { by, keys, ownKey } = yield* setUp
      const application = yield* by((yield* ownKey({ models: ["m"] })).key)
      expect((yield* Effect.flip(keys.create({ name: "k" }, application))).error_message).toContain("for m only")
      const passing = yield* by((yield* ownKey({ expires_at: DateTime.makeUnsafe(60_000) })).key)
      const later = { name: "k", expires_at: DateTime.makeUnsafe(60_001) }
      expect(yield* Effect.flip(keys.create(later, passing))).toMatchObject({ field: "expires_at" })
      expect((yield* keys.create({ name: "k" }, passing)).expires_at).toBe("1970-01-01T00:01:00.000Z")
      const slow = yield* by((yield* ownKey({ limits: { requests_per_minute: 5, tokens_per_minute: 100 } })).key)
      const more = (limits: object) => Effect.flip(keys.create({ name: "k", limits }, slow))
      expect(yield* more({ requests_per_minute: 6 })).toMatchObject({ field: "limits.requests_per_minute" })
      expect(yield* more({ tokens_per_minute: null })).toMatchObject({ field: "limits.tokens_per_minute" })
      const made = yield* keys.create({ name: "k", limits: { tokens_per_minute: 99, concurrency: 7 } }, slow)
      expect(made.limits).toEqual({
        requests_per_minute: 5,
        requests_per_hour: 1_000,
        tokens_per_minute: 99,
        concurrency: 7,
        micros_per_day: null
      })
    }))

  it("are as many as an account may have, however many are asked for at once", () =>
    Effect.gen(function* () {
      const { account, keys, ownKey } = yield* setUp
      yield* TestClock.adjust("1 second")
      const all = yield* Effect.all(
        Array.from({ length: keysLimit + 5 }, () => Effect.result(ownKey())),
        { concurrency: 20 }
      )
      const refused = all.flatMap((one) => (one._tag === "Failure" ? [one.failure] : []))
      expect(refused.length).toBe(5)
      expect(refused.every((error) => error instanceof Conflict)).toBe(true)
      const [newest] = yield* keys.list({ account: account.id, limit: 1, before: undefined })
      if (newest === undefined) throw new Error("no key")
      yield* keys.revoke(newest.id, account.id)
      expect((yield* ownKey()).revoked_at).toBeNull()
    }))

  it("are revoked by their own account only, and stay revoked as they were", () =>
    Effect.gen(function* () {
      const { account, accounts, keys, ownKey } = yield* setUp
      const { id } = yield* ownKey()
      const other = yield* accounts.create({ name: "bob", role: "client" })
      expect(yield* Effect.flip(keys.revoke(id, other.id))).toBeInstanceOf(NotFound)
      const { revoked_at } = yield* keys.revoke(id, account.id)
      yield* TestClock.adjust("1 minute")
      expect((yield* keys.revoke(id, undefined)).revoked_at).toBe(revoked_at)
      expect(revoked_at).not.toBeNull()
    }))
})
