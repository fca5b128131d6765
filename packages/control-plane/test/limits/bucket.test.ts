import { describe, expect } from "bun:test"
import { left, taken, waitMillis } from "@infernet/control-plane/limits/bucket"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"

const rate = { capacity: 7, windowMillis: 60_000 }

describe("a token bucket", () => {
  it("gives its whole capacity at once, and each unit again as it refills", () =>
    Effect.sync(() => {
      let fullAt = 0
      const remaining: Array<number> = []
      for (let n = 0; n < 7; n++) {
        expect(waitMillis(rate, fullAt, 1_000, 1)).toBe(0)
        fullAt = taken(rate, fullAt, 1_000, 1)
        remaining.push(left(rate, fullAt, 1_000))
      }
      expect(remaining).toEqual([6, 5, 4, 3, 2, 1, 0])
      expect(waitMillis(rate, fullAt, 1_000, 1)).toBeCloseTo(60_000 / 7)
      expect(waitMillis(rate, fullAt, 1_000 + 60_000 / 7, 1)).toBe(0)
      expect(left(rate, fullAt, 31_000)).toBe(3)
    }))

  it("never holds more than its capacity, however long nobody asks", () =>
    Effect.sync(() => {
      const fullAt = taken(rate, 0, 0, 3)
      expect(left(rate, fullAt, 1e9)).toBe(7)
      expect(waitMillis(rate, fullAt, 1e9, 8)).toBe(Infinity)
    }))
})
