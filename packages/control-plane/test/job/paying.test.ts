import { describe, expect } from "bun:test"
import { ApiKeyId } from "@infernet/contract/Id"
import { unlimited } from "@infernet/contract/Limits"
import { paymentsOff } from "@infernet/control-plane/Payments"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { account, Database, settle, submission, usage, world } from "../world.ts"

const settings = { payments: { ...paymentsOff, mode: "ledger" } } as const
const id = ApiKeyId.make(`key_${"0".repeat(20)}`)
const apiKey = { id, models: null }

describe("a job that is charged", () => {
  it("is stored before it is dispatched, and pays its node at its end", () =>
    Effect.gen(function* () {
      const { connect, database, jobs, ledger } = yield* world({ settings })
      yield* ledger.deposit({ account, amount: 1_000_000n, reference: "d" })
      const node = connect(1).hello()
      const { job } = yield* jobs.submit(submission())
      expect(database.done).toContain("submit")
      expect(job).toMatchObject({ source: "money" })
      const { available, held } = yield* ledger.balance(account)
      expect(held).toBe(job.quote?.ceiling ?? 0n)
      expect(available + held).toBe(1_000_000n)
      node.produce(["a", "b"])
      node.done(2)
      yield* settle
      const after = yield* ledger.balance(account)
      expect(after.held).toBe(0n)
      expect(after.available).toBeLessThan(1_000_000n)
      expect(after.available).toBeGreaterThan(available)
    }))

  it("is refused with what it may cost, what there is and what to do; it holds no place, no limit and no key", () =>
    Effect.gen(function* () {
      const { connect, credits, jobs, ledger, limits } = yield* world({ settings })
      const node = connect(1).hello()
      limits.request({
        key: { id, limits: { ...unlimited, concurrency: 1 } },
        account: { id: account, limits: unlimited }
      })
      const asked = submission({ apiKey, idempotencyKey: "k" })
      yield* ledger.deposit({ account, amount: 1n, reference: "d1" })
      const refused = yield* Effect.flip(jobs.submit(asked))
      expect(refused).toMatchObject({ _tag: "InsufficientFunds", error: "insufficient_funds" })
      expect(refused.error_message).toMatch(
        /^the job may cost up to 0\.\d+ USDC, and 0\.000001 USDC is available: deposit more, lower max_tokens/
      )
      expect(node.said("job")).toEqual([])
      expect(credits()[0]).toBe(0)
      expect(jobs.running()).toBe(0)
      yield* ledger.deposit({ account, amount: 1_000_000n, reference: "d2" })
      yield* jobs.submit(asked)
      expect(node.said("job")).toHaveLength(1)
    }))

  it("goes back to no node when the database is away at its submission", () =>
    Effect.gen(function* () {
      const { connect, credits, database, jobs, ledger } = yield* world({ settings })
      yield* ledger.deposit({ account, amount: 1_000_000n, reference: "d" })
      const node = connect(1).hello()
      database.away = true
      expect(yield* Effect.flip(jobs.submit(submission()))).toMatchObject({ _tag: "Unavailable" })
      expect(node.said("job")).toEqual([])
      expect(credits()[0]).toBe(0)
    }))

  it("is settled once by the process that goes on with it", () =>
    Effect.gen(function* () {
      const database = new Database()
      const before = yield* world({ database, settings })
      yield* before.ledger.deposit({ account, amount: 1_000_000n, reference: "d" })
      const first = before.connect(1).hello()
      const job = yield* before.submit()
      const { attempt } = first
      const { connect, jobs, ledger } = yield* world({ database: database.successor(), settings })
      expect(jobs.live(account, job.id)).toMatchObject({ quote: job.quote, source: "money" })
      const again = connect(1).hello({ inflight: { [attempt]: 0 } })
      again.produce(["a", "b"], 1, attempt)
      again.say({
        type: "done",
        attempt,
        seq: 2,
        finish_reason: "stop",
        usage,
        timings: { total_ms: 1 }
      })
      yield* settle
      const entries = yield* ledger.entries(account, { limit: 10, before: undefined })
      expect(entries.map(({ kind }) => kind)).toEqual(["release", "settle", "hold", "deposit"])
      expect((yield* ledger.balance(account)).held).toBe(0n)
    }))
})
