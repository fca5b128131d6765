import { describe, expect } from "bun:test"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { it } from "@infernet/testing/harness"
import { Deferred, Effect, Stream } from "effect"
import { appendFileSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { since } from "../../src/logs/since.ts"
import { type Asked, lines } from "../../src/logs/tail.ts"
import * as logFile from "../../src/terminal/logFile.ts"
import { freshHome } from "../infernet.ts"

/** The entry of so many seconds after the epoch. */
const entry = (n: number, level = "INFO", message = `entry ${n}`) =>
  JSON.stringify({ message, level, timestamp: new Date(n * 1000).toISOString(), annotations: {} })

const numberOf = (line: string) => Number(/entry (\d+)/.exec(line)?.[1])
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const everything: Asked = { lines: Number.POSITIVE_INFINITY, since: Number.NEGATIVE_INFINITY, level: "trace" }

const read = (path: string, asked: Partial<Asked> = {}) =>
  lines({ path, follow: false }, { ...everything, ...asked }).pipe(
    Stream.map(numberOf),
    Stream.runCollect,
    Effect.scoped,
    Effect.provide(NodeFileSystem.layer)
  )

const text = (from: number, to: number) =>
  range(from, to)
    .map((n) => `${entry(n, n % 100 === 0 ? "WARN" : "INFO", `entry ${n} ${"é".repeat(300)}`)}\n`)
    .join("")

/** Three files of a log: 1–300, 301–600 and 601–900, each a few pieces long, a warning in every hundred. */
const rotated = Effect.gen(function* () {
  const path = join(yield* freshHome, "infernet.log")
  writeFileSync(`${path}.2`, text(1, 300))
  writeFileSync(`${path}.1`, text(301, 600))
  writeFileSync(path, text(601, 900))
  return path
})

describe("the last lines of a log", () => {
  it.live("are found across its files, whole and in their order", () =>
    Effect.gen(function* () {
      const path = yield* rotated
      expect(yield* read(path)).toEqual(range(1, 900))
      expect(yield* read(path, { lines: 5 })).toEqual(range(896, 900))
      expect(yield* read(path, { lines: 450 })).toEqual(range(451, 900))
      expect(yield* read(path, { lines: 0 })).toEqual([])
      expect(yield* read(path, { since: 550_000 })).toEqual(range(550, 900))
      expect(yield* read(path, { since: 550_000, lines: 2 })).toEqual([899, 900])
      expect(yield* read(path, { level: "warn", lines: 4 })).toEqual([600, 700, 800, 900])
      expect(yield* read(join(path, "..", "none.log"))).toEqual([])
    })
  )

  it.live("are those of our loggers, whatever else lies there, however long", () =>
    Effect.gen(function* () {
      const path = join(yield* freshHome, "infernet.log")
      const long = entry(2, "INFO", `entry 2 ${"x".repeat(200_000)}`)
      writeFileSync(path, `not json\n${entry(1)}\n\n{"message":1}\n${long}\n${entry(3)}\n${entry(4).slice(0, 20)}`)
      expect(yield* read(path)).toEqual([1, 2, 3])
      expect(yield* read(path, { lines: 2 })).toEqual([2, 3])
    })
  )
})

const eventually = (is: () => boolean) => Effect.repeat(Effect.sleep(10), { until: () => is() })

it.live("follows a log while it is written and rotated, and misses and repeats nothing", () =>
  Effect.gen(function* () {
    const path = join(yield* freshHome, "infernet.log")
    writeFileSync(path, `${entry(1)}\n${entry(2)}\n`)
    const seen: Array<number> = []
    const started = yield* Deferred.make<void>()
    const all = yield* Deferred.make<void>()
    yield* lines({ path, follow: true }, { ...everything, lines: 1 }).pipe(
      Stream.runForEach((line) =>
        Effect.gen(function* () {
          seen.push(numberOf(line))
          yield* Deferred.succeed(started, undefined)
          if (numberOf(line) === 500) yield* Deferred.succeed(all, undefined)
        })
      ),
      Effect.scoped,
      Effect.forkScoped
    )
    yield* Deferred.await(started)
    // In files so small that the log rotates with nearly every entry, some of them between two looks.
    const write = yield* logFile.writer(path, 150)
    for (const n of range(3, 6)) yield* write(`${entry(n)}\n`)
    // A line that is there in part for a while, and a file emptied by hand.
    appendFileSync(path, entry(7).slice(0, 30))
    yield* eventually(() => seen.at(-1) === 6)
    appendFileSync(path, `${entry(7).slice(30)}\n`)
    yield* eventually(() => seen.at(-1) === 7)
    truncateSync(path)
    appendFileSync(path, `${entry(500)}\n`)
    yield* Deferred.await(all)
    expect(seen).toEqual([...range(2, 7), 500])
  }).pipe(Effect.provide(NodeFileSystem.layer))
)

const at = (text: string) => {
  const parsed = since.parse(text)
  return parsed._tag === "Some" ? parsed.value(100_000_000) : undefined
}

it("takes a time as people write it", () =>
  Effect.sync(() => {
    expect(["30s", "10m", "2h", "1d"].map(at)).toEqual([99_970_000, 99_400_000, 92_800_000, 13_600_000])
    expect(at("1970-01-01T00:00:05Z")).toBe(5_000)
    expect(at("1970-01-02 00:00")).toBe(at("1970-01-02T00:00"))
    expect(["10", "m", "soon", "10 minutes ago", "2026-99-99"].map(at)).toEqual(range(1, 5).map(() => undefined))
  }))
