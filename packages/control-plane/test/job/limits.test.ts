import { describe, expect } from "bun:test"
import { ApiKeyId } from "@infernet/contract/Id"
import { unlimited } from "@infernet/contract/Limits"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { account, Database, settle, submission, usage, world } from "../world.ts"

const id = ApiKeyId.make(`key_${"0".repeat(20)}`)
const apiKey = { id, models: null }
const subject = (part: Partial<typeof unlimited>) => ({
  key: { id, limits: { ...unlimited, ...part } },
  account: { id: account, limits: unlimited }
})

describe("what a job takes of its key's limits", () => {
  it("comes back when it could not be stored", () =>
    Effect.gen(function* () {
      const database = new Database()
      const { connect, credits, jobs, limits } = yield* world({ database })
      connect(1).hello()
      limits.request(subject({ concurrency: 1 }))
      database.away = true
      yield* Effect.flip(jobs.submit(submission({ apiKey, idempotencyKey: "k" })))
      database.away = false
      yield* jobs.submit(submission({ apiKey }))
      expect(yield* Effect.flip(jobs.submit(submission({ apiKey })))).toMatchObject({ _tag: "RateLimited" })
      // The one that was refused holds no place at the node either.
      expect(credits()[0]).toBe(1)
    }))

  it("is at first what it may come to, and at its end what its node counted", () =>
    Effect.gen(function* () {
      const { connect, limits, submit } = yield* world()
      const node = connect(1).hello()
      const of = subject({ tokens_per_minute: 1_000 })
      limits.request(of)
      yield* submit({ apiKey })
      const atFirst = limits.standing(of).tokens?.remaining ?? 0
      expect(atFirst).toBeLessThanOrEqual(1_000 - 64)
      node.accept()
      node.produce(["a", "b"])
      node.done(2)
      yield* settle
      expect(limits.standing(of).tokens?.remaining).toBe(1_000 - usage.total_tokens)
    }))

  it("is still held after a restart, by the jobs that go on", () =>
    Effect.gen(function* () {
      const database = new Database()
      const before = yield* world({ database })
      before.connect(1).hello()
      yield* before.submit({ apiKey })
      const { connect, jobs, limits } = yield* world({ database: database.successor() })
      connect(2).hello()
      limits.request(subject({ concurrency: 1 }))
      expect(yield* Effect.flip(jobs.submit(submission({ apiKey })))).toMatchObject({ _tag: "RateLimited" })
    }))
})
