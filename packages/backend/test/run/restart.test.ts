import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { decide, none, type Life } from "../../src/run/restart.ts"

/** What follows so many lives in a row. */
const after = (lives: ReadonlyArray<Life>) => {
  let tally = none
  return lives.map((life) => {
    const decision = decide(tally, life)
    if (decision._tag === "GiveUp") return decision.reason
    tally = decision.tally
    return decision.afterMillis
  })
}

const short: Life = { millis: 5_000, wasHealthy: true }
const long: Life = { millis: 60_000, wasHealthy: true }
const failed: Life = { millis: 600_000, wasHealthy: false }

it("does not start again what never came to answer: its arguments or its model are wrong", () =>
  Effect.sync(() => expect(after([failed])).toEqual(["never_started"])))

it("waits longer each time, and gives up what keeps dying", () =>
  Effect.sync(() => {
    expect(after([short, failed, short, short, failed, short, short])).toEqual([
      1_000,
      2_000,
      4_000,
      8_000,
      16_000,
      32_000,
      "keeps_dying"
    ])
  }))

it("counts anew after a life that was long enough", () =>
  Effect.sync(() => expect(after([short, short, long, short, long])).toEqual([1_000, 2_000, 1_000, 2_000, 1_000])))
