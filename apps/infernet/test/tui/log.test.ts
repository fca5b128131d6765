import { expect } from "bun:test"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { it } from "@infernet/testing/harness"
import { Effect, Queue, Stream } from "effect"
import { appendFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as log from "../../src/tui/feed/log.ts"
import { parse } from "../../src/tui/feed/logLine.ts"
import { freshHome } from "../infernet.ts"

const line = (text: string) =>
  `${JSON.stringify({ message: [text, { model: "m" }], level: "WARN", timestamp: "2026-11-22T14:05:40.000Z" })}\n`

it("reads the program's own lines, and shows others as they are", () =>
  Effect.sync(() => {
    expect(parse(line("link lost").trim())).toEqual({
      at: Date.UTC(2026, 10, 22, 14, 5, 40),
      level: "warn",
      text: "link lost model=m"
    })
    expect(parse('{"level":1}')).toEqual({ at: undefined, level: "info", text: '{"level":1}' })
  }))

it.live("follows a file that is not there yet, grows in the middle of a line, and begins anew", () =>
  Effect.gen(function* () {
    const path = join(yield* freshHome, "infernet.log")
    const texts = yield* Queue.unbounded<string>()
    yield* log.news(path).pipe(
      Stream.runForEach((news) => Queue.offerAll(texts, news._tag === "Log" ? news.lines.map(({ text }) => text) : [])),
      Effect.provide(NodeFileSystem.layer),
      Effect.forkScoped({ startImmediately: true })
    )
    const [head, tail] = [line("grüße").slice(0, 20), line("grüße").slice(20)]
    writeFileSync(path, line("first") + head)
    expect(yield* Queue.take(texts)).toBe("first model=m")
    appendFileSync(path, tail)
    expect(yield* Queue.take(texts)).toBe("grüße model=m")
    renameSync(path, `${path}.1`)
    writeFileSync(path, line("anew"))
    expect(yield* Queue.take(texts)).toBe("anew model=m")
  })
)

it.live("reads no more of a long file than its end, and no part of a line as a line", () =>
  Effect.gen(function* () {
    const path = join(yield* freshHome, "infernet.log")
    writeFileSync(path, Array.from({ length: 5_000 }, (_, index) => line(`line ${index}`)).join(""))
    const lines = yield* log.news(path).pipe(
      Stream.runHead,
      Effect.map((news) => (news._tag === "Some" && news.value._tag === "Log" ? news.value.lines : [])),
      Effect.provide(NodeFileSystem.layer)
    )
    expect(lines.length).toBeGreaterThan(100)
    expect(lines.length).toBeLessThan(1_000)
    expect(lines.every(({ text }) => /^line \d+ model=m$/.test(text))).toBe(true)
    expect(lines.at(-1)?.text).toBe("line 4999 model=m")
  })
)
