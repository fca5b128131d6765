import { describe, expect } from "bun:test"
import { Unauthorized } from "@infernet/contract/ApiError"
import { it } from "@infernet/testing/harness"
import { DateTime, Effect } from "effect"
import { TestClock } from "effect/testing"
import { database, stranger } from "./accounts.ts"

describe("a key that is remembered", () => {
  it("stops at once where it is revoked, and within a second at another replica", () =>
    Effect.gen(function* () {
      const { replica } = yield* database
      const [here, there] = [yield* replica, yield* replica]
      const { id, key } = yield* here.keys.create({ name: "k" }, undefined)
      for (const { callers } of [here, there]) yield* callers.authenticate(key)
      yield* here.keys.revoke(id, undefined)
      expect(yield* Effect.flip(here.callers.authenticate(key))).toBeInstanceOf(Unauthorized)
      yield* TestClock.adjust("1 second")
      const refused = yield* Effect.flip(there.callers.authenticate(key))
      expect(refused.error_message).toStartWith("this API key was revoked at 1970-01-01T00:00:00.000Z")
    }))

  it("follows its account at another replica within a second", () =>
    Effect.gen(function* () {
      const { replica } = yield* database
      const [here, there] = [yield* replica, yield* replica]
      const account = yield* here.accounts.create({ name: "a", role: "client" })
      const { key } = yield* here.keys.create({ name: "k", account_id: account.id }, undefined)
      expect((yield* there.callers.authenticate(key)).caller.role).toBe("client")
      yield* here.accounts.change(account.id, { role: "operator", limits: { requests_per_minute: 7 } })
      yield* TestClock.adjust("1 second")
      const { caller, subject } = yield* there.callers.authenticate(key)
      expect(caller.role).toBe("operator")
      expect(subject.account.limits).toMatchObject({ requests_per_minute: 7, requests_per_hour: 10_000 })
      expect((yield* there.callers.account(account.id)).caller).toEqual({ ...caller, key: undefined })
    }))

  it("is refused from the moment it expires, with the time", () =>
    Effect.gen(function* () {
      const { replica } = yield* database
      const { callers, keys } = yield* replica
      const expires_at = DateTime.makeUnsafe(90_000)
      const { key } = yield* keys.create({ name: "k", expires_at }, undefined)
      yield* TestClock.setTime(89_999)
      yield* callers.authenticate(key)
      yield* TestClock.setTime(90_000)
      const refused = yield* Effect.flip(callers.authenticate(key))
      expect(refused.error_message).toBe("this API key expired at 1970-01-01T00:01:30.000Z: make a new one")
    }))

  it("needs no look-up, which one that is not known waits for leave to make", () =>
    Effect.gen(function* () {
      const { replica } = yield* database
      const { callers, keys } = yield* replica
      const { key } = yield* keys.create({ name: "k" }, undefined)
      const refusal = new Unauthorized({ error_message: "too many" })
      expect(yield* Effect.flip(callers.authenticate(key, refusal))).toBe(refusal)
      yield* callers.authenticate(key)
      yield* callers.authenticate(key, refusal)
      const unknown = yield* Effect.flip(callers.authenticate(yield* stranger))
      expect(unknown.error_message).toContain("does not exist")
    }))

  it("has its last use written down within a minute", () =>
    Effect.gen(function* () {
      const { replica, sql } = yield* database
      const { callers, keys } = yield* replica
      const { id, key } = yield* keys.create({ name: "k" }, undefined)
      yield* TestClock.adjust("10 seconds")
      yield* callers.authenticate(key)
      expect((yield* keys.find(id)).last_used_at).toBeNull()
      yield* TestClock.adjust("50 seconds")
      const written = sql`select from api_key where last_used_at is not null`
      yield* Effect.repeat(written, { until: (rows) => rows.length === 1, times: 100 })
      expect((yield* keys.find(id)).last_used_at).toBe("1970-01-01T00:00:10.000Z")
    }))
})
