import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect, Option } from "effect"
import { entryOf } from "../../src/logs/entry.ts"
import * as pretty from "../../src/logs/pretty.ts"

const line = (stored: object) =>
  JSON.stringify({ level: "INFO", timestamp: "2026-11-22T17:53:09.545Z", annotations: {}, spans: {}, ...stored })

it("shows an entry's words, its fields and its cause, and nothing that could drive a terminal", () =>
  Effect.sync(() => {
    const text = pretty.make(() => undefined)
    const shown = (stored: object) => text(Option.getOrThrow(entryOf(line(stored))))
    expect(shown({ message: ["job done", { job: "job_1", ms: 5 }], annotations: { node: "a b" } })).toBe(
      '2026-11-22T17:53:09.545Z  job done        job=job_1 ms=5 node="a b"'
    )
    expect(shown({ message: "away", level: "WARN" })).toBe("2026-11-22T17:53:09.545Z  warn  away")
    expect(shown({ message: ["died"], level: "ERROR", cause: "Error: no\n  at there" })).toContain(
      "error  died\n    Error: no\n      at there"
    )
    expect(shown({ message: ["\u001b[2J", { a: "\u001b]0;" }] })).not.toContain("\u001b")
  }))

it("names each day once for a person", () =>
  Effect.sync(() => {
    const text = pretty.make(() => 80)
    const shown = ["2026-11-22T10:00:00", "2026-11-22T11:00:00", "2026-11-23T00:00:01"].map((timestamp) =>
      text(Option.getOrThrow(entryOf(line({ message: "hi", timestamp }))))
    )
    expect(shown).toEqual(["2026-11-22\n10:00:00  hi", "11:00:00  hi", "2026-11-23\n00:00:01  hi"])
  }))

it("goes on below its words where the terminal ends, as wide as that is by then, and folds nothing on a pipe", () =>
  Effect.sync(() => {
    const stored = {
      message: ["job failed", { job: "job_1", error_message: "the backend is away" }],
      timestamp: "2026-11-22T10:00:00",
      cause: "Error: nobody\n  at the place where it was"
    }
    const entry = Option.getOrThrow(entryOf(line(stored)))
    let columns: number | undefined = 36
    const text = pretty.make(() => columns)
    expect(text(entry).split("\n")).toEqual([
      "2026-11-22",
      "10:00:00  job failed      job=job_1",
      '          error_message="the backend',
      '          is away"',
      "    Error: nobody",
      "      at the place where it was"
    ])
    columns = 120
    expect(text(entry).split("\n")).toHaveLength(3)
    columns = undefined
    expect(text(entry).split("\n")).toHaveLength(3)
  }))
