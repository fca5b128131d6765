import { describe, expect } from "bun:test"
import { BadRequest, RateLimited } from "@infernet/contract/ApiError"
import { AccountId, ApiKeyId } from "@infernet/contract/Id"
import { type Limits as LimitsOf, unlimited } from "@infernet/contract/Limits"
import { type Charge, Limits } from "@infernet/control-plane/limits/Limits"
import { it } from "@infernet/testing/harness"
import { Context, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"

const account = AccountId.make(`acc_${"0".repeat(20)}`)
const keyId = (n: number) => ApiKeyId.make(`key_${String(n).padStart(20, "0")}`)

const subject = (key: Partial<LimitsOf>, ofAccount: Partial<LimitsOf> = {}, n = 1) => ({
  key: { id: keyId(n), limits: { ...unlimited, ...key } },
  account: { id: account, limits: { ...unlimited, ...ofAccount } }
})
const who = (n = 1) => ({ key: keyId(n), account })

const build = Effect.map(Layer.build(Layer.fresh(Limits.layer)), Context.get(Limits))

const charged = (answer: Charge | RateLimited | BadRequest): Charge => {
  if ("end" in answer) return answer
  throw answer
}

describe("requests", () => {
  it("are refused past the minute's limit, and let in again as it refills", () =>
    Effect.gen(function* () {
      const limits = yield* build
      const of = subject({ requests_per_minute: 60 })
      for (let n = 0; n < 60; n++) expect(limits.request(of)).toBeUndefined()
      const refused = limits.request(of)
      expect(refused).toBeInstanceOf(RateLimited)
      expect(refused?.error_message).toBe("this key may use 60 requests a minute, and has: try again in 1 s")
      yield* TestClock.adjust("2 seconds")
      expect([limits.request(of), limits.request(of)]).toEqual([undefined, undefined])
      expect(limits.request(of)?.retry_after).toBe(1)
    }))

  it("meet the hour's limit where the minute's would let them through", () =>
    Effect.gen(function* () {
      const limits = yield* build
      const of = subject({ requests_per_minute: 60, requests_per_hour: 100 })
      for (let n = 0; n < 60; n++) expect(limits.request(of)).toBeUndefined()
      yield* TestClock.adjust("1 minute")
      let taken = 60
      while (limits.request(of) === undefined) taken += 1
      // A hundred at once, and one that has refilled in the minute.
      expect(taken).toBe(101)
      expect(limits.standing(of).requests).toMatchObject({ limit: 100, remaining: 0 })
    }))

  it("of several keys share their account's limit; one that it refuses costs its key nothing", () =>
    Effect.gen(function* () {
      const limits = yield* build
      const [one, other] = [1, 2].map((n) => subject({ requests_per_minute: 5 }, { requests_per_minute: 6 }, n))
      if (one === undefined || other === undefined) throw new Error("two subjects")
      for (let n = 0; n < 5; n++) expect(limits.request(one)).toBeUndefined()
      expect(limits.request(other)).toBeUndefined()
      expect(limits.request(other)?.error_message).toContain("this account may use 6 requests a minute")
      yield* TestClock.adjust("10 seconds")
      expect(limits.request(other)).toBeUndefined()
      expect(limits.standing(other).requests?.remaining).toBe(0)
    }))

  it("follow limits that were changed, without forgetting what was used", () =>
    Effect.gen(function* () {
      const limits = yield* build
      for (let n = 0; n < 3; n++) limits.request(subject({ requests_per_minute: 3 }))
      expect(limits.request(subject({ requests_per_minute: 3 }))).toBeInstanceOf(RateLimited)
      expect(limits.request(subject({}))).toBeUndefined()
    }))
})

describe("tokens", () => {
  const of = subject({ tokens_per_minute: 1_000 })

  it("are taken for all that a job may come to, and what it did not use comes back with its end", () =>
    Effect.gen(function* () {
      const limits = yield* build
      limits.request(of)
      const charge = charged(limits.job(who(), 900))
      expect(limits.standing(of).tokens?.remaining).toBe(100)
      expect(limits.job(who(), 200)).toMatchObject({ _tag: "RateLimited", retry_after: 6 })
      charge.end(100)
      charge.end(0)
      expect(limits.standing(of).tokens?.remaining).toBe(900)
    }))

  it("do not come back once the minute has forgotten them", () =>
    Effect.gen(function* () {
      const limits = yield* build
      limits.request(of)
      const charge = charged(limits.job(who(), 1_000))
      yield* TestClock.adjust("2 minutes")
      charged(limits.job(who(), 600)).end(600)
      charge.end(0)
      expect(limits.standing(of).tokens?.remaining).toBe(400)
    }))

  it("of a job that may come to more than a minute's are refused for good", () =>
    Effect.gen(function* () {
      const limits = yield* build
      limits.request(of)
      expect(limits.job(who(), 1_001)).toBeInstanceOf(BadRequest)
    }))
})

describe("jobs at a time", () => {
  it("are as many as may be, those of an earlier process among them", () =>
    Effect.gen(function* () {
      const limits = yield* build
      const adopted = limits.adopt(who())
      limits.request(subject({ concurrency: 2 }))
      const second = charged(limits.job(who(), 1))
      expect(limits.job(who(), 1)).toMatchObject({ _tag: "RateLimited" })
      adopted.end(0)
      adopted.end(0)
      charged(limits.job(who(), 1))
      expect(limits.job(who(), 1)).toMatchObject({ _tag: "RateLimited" })
      second.end(1)
      charged(limits.job(who(), 1))
    }))
})

describe("memory", () => {
  it("has a bound, and keeps the keys whose jobs run", () =>
    Effect.gen(function* () {
      const limits = yield* build
      limits.request(subject({ concurrency: 1 }, {}, 0))
      charged(limits.job(who(0), 1))
      for (let n = 1; n <= 100_000; n++) limits.request(subject({ requests_per_hour: 1 }, {}, n))
      expect(limits.request(subject({ requests_per_hour: 1 }, {}, 100_000))).toBeInstanceOf(RateLimited)
      expect(limits.request(subject({ requests_per_hour: 1 }, {}, 1))).toBeUndefined()
      expect(limits.job(who(0), 1)).toBeInstanceOf(RateLimited)
    }))
})
