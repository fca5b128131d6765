/** Identifiers: valid by their own schema, and in the order they were made. */
import { expect } from "bun:test"
import { Effect, Random, Schema } from "effect"
import { TestClock } from "effect/testing"
import { encode, JobId, makeJobId } from "@infernet/contract/Id"
import { it } from "@infernet/testing/harness"

it("makes ids that their schema accepts and that differ", () =>
  Effect.gen(function* () {
    const ids = yield* Effect.forEach(Array.from({ length: 1_000 }), () => makeJobId)
    for (const id of ids) expect(Schema.is(JobId)(id)).toBe(true)
    expect(new Set(ids).size).toBe(ids.length)
  }).pipe(Random.withSeed("ids")))

it("sorts ids by the time they were made at", () =>
  Effect.gen(function* () {
    const ids: Array<string> = []
    for (let i = 0; i < 50; i++) {
      ids.push(yield* makeJobId)
      yield* TestClock.adjust("17 millis")
    }
    expect(ids).toEqual(ids.toSorted())
  }))

it("keeps every bit of time and randomness", () =>
  Effect.sync(() => {
    expect(encode(0, 0n)).toBe("00000000000000000000")
    expect(encode(2 ** 48 - 1, 2n ** 52n - 1n)).toBe("zzzzzzzzzzzzzzzzzzzz")
    expect(encode(1, 0n) > encode(0, 2n ** 52n - 1n)).toBe(true)
  }))
