import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { progressText, span } from "../../src/terminal/bar.ts"

const gib = 2 ** 30
const half = {
  phase: "downloading",
  completed_bytes: gib,
  total_bytes: 2 * gib,
  bytes_per_second: 10 * 2 ** 20
} as const

it("shows how much of how much, how fast and how much longer, in the width there is", () =>
  Effect.sync(() => {
    const facts = "50 %  1.0 GiB of 2.0 GiB  10.0 MiB/s  1 min 42 s left"
    expect(progressText(half, 3, 120)).toBe(
      `${"█".repeat(15)}${"░".repeat(15)}     ${facts}`.replace("     50", "   50")
    )
    for (const width of [40, 60, 68, 76, 128]) {
      const text = progressText(half, 3, width)
      expect(text).toContain("50 %")
      if (width > 58) expect(text.length).toBeLessThanOrEqual(width)
    }
    expect(progressText(half, 3, 56)).toBe(facts)
  }))

it("stays within its bar when more came than was told, and says what it waits for before anything is told", () =>
  Effect.sync(() => {
    expect(progressText({ phase: "downloading", completed_bytes: 3, total_bytes: 2 }, 1, 60)).toContain("100 %")
    expect(progressText({ phase: "checking" }, 12, 60)).toBe("… (12 s)")
    expect(progressText(undefined, 75, 60)).toBe("its turn comes after other installations (1 min 15 s)")
  }))

it("tells times as one says them", () =>
  Effect.sync(() => {
    expect([0, 59.4, 60, 599, 600, 3_660].map(span)).toEqual([
      "0 s",
      "59 s",
      "1 min 0 s",
      "9 min 59 s",
      "10 min",
      "1 h 1 min"
    ])
  }))
