import { describe, expect, test } from "bun:test"
import type { LivePart } from "../../src/client/LiveApi.ts"
import { reduce } from "../../src/tui/reduce.ts"
import type { State } from "../../src/tui/State.ts"
import { after, busy, now, part, parts } from "./states.ts"

const sent = (tokens: number) =>
  part({ _tag: "Jobs", completed: 0, failed: 0, tokens, running: [], running_count: 0, ended: [] })
const [node] = parts
const seconds = (state: State, from: number, counts: ReadonlyArray<number>): State =>
  counts.reduce(
    (state, tokens, index) => reduce(reduce(state, sent(tokens), now), { _tag: "Second" }, now + (from + index) * 1000),
    state
  )

describe("throughput", () => {
  test("is what was sent in each second, not what was sent before anybody looked", () => {
    expect(seconds(after([]), 0, [5_000, 5_100, 5_100, 5_350]).throughput).toEqual([100, 0, 250])
  })

  test("is counted by the time that went by when a second was longer", () => {
    const before = seconds(after([]), 0, [0, 10])
    expect(seconds(before, 5, [410]).throughput).toEqual([10, 100])
  })

  test("begins anew with a node that began anew", () => {
    const restarted = reduce(seconds(after([]), 0, [0, 900]), part(node as LivePart), now)
    expect(seconds(restarted, 2, [3, 13]).throughput).toEqual([10])
  })

  test("keeps ten minutes and no more", () => {
    const counts = Array.from({ length: 700 }, (_, second) => second * 2)
    expect(seconds(after([]), 0, counts).throughput).toHaveLength(600)
  })
})

describe("a state", () => {
  test("forgets what a node said that is gone, and keeps the log", () => {
    const gone = reduce(busy, { _tag: "Gone" }, now)
    expect(gone.parts).toEqual({})
    expect(gone.log).toEqual(busy.log)
  })

  test("keeps a thousand lines of the log, and those in view while more come", () => {
    const lines = Array.from({ length: 1_500 }, (_, index) => ({ at: now, level: "info" as const, text: `${index}` }))
    const scrolled = after(
      [
        { _tag: "Show", view: "logs" },
        { _tag: "Scroll", by: 10 },
        { _tag: "Log", lines: lines.slice(0, 3) }
      ],
      busy
    )
    expect(scrolled.scroll).toBe(13)
    const full = reduce(scrolled, { _tag: "Log", lines }, now)
    expect(full.log).toHaveLength(1_000)
    expect(full.scroll).toBeLessThanOrEqual(1_000)
  })

  test("scrolls no farther than there is something", () => {
    const down = after([{ _tag: "Scroll", by: -5 }], busy)
    expect(down.scroll).toBe(0)
    expect(
      after(
        [
          { _tag: "Show", view: "models" },
          { _tag: "Scroll", by: 99 }
        ],
        busy
      ).scroll
    ).toBe(3)
  })

  test("closes a view with the key that opened it, and a notice by itself", () => {
    const opened = after([
      { _tag: "Show", view: "logs" },
      { _tag: "Notice", text: "hello" }
    ])
    expect([opened.view, after([{ _tag: "Show", view: "logs" }], opened).view]).toEqual(["logs", "overview"])
    expect(reduce(opened, { _tag: "Second" }, now + 3_999).notice?.text).toBe("hello")
    expect(reduce(opened, { _tag: "Second" }, now + 4_000).notice).toBeUndefined()
  })
})
