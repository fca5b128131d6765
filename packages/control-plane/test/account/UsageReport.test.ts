import { describe, expect } from "bun:test"
import { type AccountId, encode, makeApiKeyId } from "@infernet/contract/Id"
import { it } from "@infernet/testing/harness"
import { DateTime, Effect } from "effect"
import { database } from "./accounts.ts"

const day = 24 * 3_600_000
const at = (millis: number) => DateTime.makeUnsafe(millis)

describe("the usage of an account", () => {
  it("is told apart by day, model and key, between two times, without anybody else's", () =>
    Effect.gen(function* () {
      const { replica, sql } = yield* database
      const { accounts, usage } = yield* replica
      const [alice, bob] = [
        (yield* accounts.create({ name: "alice", role: "client" })).id,
        (yield* accounts.create({ name: "bob", role: "client" })).id
      ]
      const key = yield* makeApiKeyId
      let n = 0n
      const job = (account: AccountId, millis: number, model: string, keyId: string | null, status = "completed") =>
        sql`insert into job ${sql.insert({
          id: `job_${encode(millis, n++)}`,
          accountId: account,
          keyId,
          requestHash: "",
          model,
          status,
          replica: "r",
          promptTokens: status === "completed" ? 10 : null,
          completionTokens: status === "completed" ? 5 : null,
          cachedTokens: null,
          createdAt: new Date(millis)
        })}`
      yield* job(alice, day - 1, "a", null)
      yield* job(alice, day, "a", key)
      yield* job(alice, day + 1, "b", key)
      yield* job(alice, 2 * day + 5, "b", null, "failed")
      yield* job(alice, 3 * day, "b", null)
      yield* job(bob, day, "a", null)

      const of = (by: "day" | "model" | "key") => usage.of(alice, { by, since: at(day), until: at(3 * day) })
      const counts = { requests: 2, failed: 0, total_tokens: 30, prompt_tokens: 20, completion_tokens: 10 }
      const days = yield* of("day")
      expect(days.usage).toMatchObject([
        { day: "1970-01-02", ...counts },
        { day: "1970-01-03", requests: 1, failed: 1, total_tokens: 0 }
      ])
      expect(days.total).toMatchObject({ ...counts, requests: 3, failed: 1 })
      expect((yield* of("model")).usage).toMatchObject([
        { model: "a", requests: 1, total_tokens: 15 },
        { model: "b", requests: 2, total_tokens: 15 }
      ])
      expect((yield* of("key")).usage).toMatchObject([
        { key_id: key, requests: 2 },
        { key_id: null, requests: 1 }
      ])
      const tooLong = usage.of(alice, { by: "day", since: at(0), until: at(367 * day) })
      expect((yield* Effect.flip(tooLong)).error_message).toContain("366 days")
    }))
})
