import { describe, expect } from "bun:test"
import { InstallError } from "@infernet/backend/install/Install"
import { Stopped } from "@infernet/daemon/command/Installs"
import { it } from "@infernet/testing/harness"
import { Effect, Exit, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { machine, settle } from "./world.ts"

const url = { _tag: "Url", url: "https://example.com/m.gguf", sha256: undefined } as const

describe("an installation of the person at the machine", () => {
  it("may be of any address, and gives its progress and its name", () =>
    Effect.gen(function* () {
      const { start, work } = machine()
      const { events, installs } = yield* start
      const installation = yield* installs.start(url, "embedded")
      const news = yield* Effect.forkChild(Stream.runCollect(installation.news), { startImmediately: true })
      yield* settle
      expect(work(0).source).toEqual(url)
      work(0).progress({ phase: "downloading", completed_bytes: 1, total_bytes: 2 })
      yield* TestClock.adjust("1 second")
      expect(installation.progress()).toMatchObject({ completed_bytes: 1 })
      work(0).progress({ phase: "loading" })
      yield* TestClock.adjust("1 second")
      work(0).finish()
      expect(yield* installation.result).toBe("model")
      expect((yield* Fiber.join(news)).map(({ phase }) => phase)).toEqual(["downloading", "loading"])
      const lines = events.flatMap((event) => (event.type === "model" ? [`${event.model} ${event.news}`] : []))
      expect(lines).toEqual([`${url.url} downloading 50 % of 0 MB`, `${url.url} loading`, `${url.url} done`])
    }))

  it("goes on when whoever asked has gone, and is stopped by its number", () =>
    Effect.gen(function* () {
      const { start, work } = machine()
      const { installs } = yield* start
      const { id, result } = yield* Effect.flatMap(
        Effect.forkChild(installs.start({ _tag: "Path", path: "/m.gguf" }, undefined)),
        Fiber.join
      )
      yield* settle
      expect(work(0).interrupted).toBe(false)
      expect(yield* installs.cancel(id)).toBe(true)
      expect(work(0).interrupted).toBe(true)
      expect(yield* Effect.flip(result)).toBeInstanceOf(Stopped)
      expect(yield* installs.cancel(id)).toBe(false)
      expect(yield* installs.list).toEqual([])
    }))

  it("that was stopped while it waited never begins, and those behind it do", () =>
    Effect.gen(function* () {
      const { start, work, works } = machine()
      const { installs } = yield* start
      const [, second, third] = yield* Effect.all([1, 2, 3].map(() => installs.start(url, undefined)))
      yield* installs.cancel(second?.id ?? 0)
      work(0).fail(new InstallError({ reason: "unreachable", message: "no route" }))
      yield* settle
      expect(works).toHaveLength(2)
      work(1).finish()
      expect(yield* third?.result ?? Effect.void).toBe("model")
    }))

  it("is refused when very many wait", () =>
    Effect.gen(function* () {
      const { start } = machine()
      const { installs } = yield* start
      for (let n = 0; n < 64; n++) yield* installs.start(url, undefined)
      expect(yield* Effect.flip(installs.remove("m"))).toMatchObject({ reason: "failed" })
      expect(yield* installs.list).toHaveLength(64)
    }))

  it("ends with its node: whoever waits is not left waiting", () =>
    Effect.gen(function* () {
      const { start } = machine()
      const { installs, stop } = yield* start
      const { result } = yield* installs.start(url, undefined)
      const waiting = yield* Effect.forkChild(result, { startImmediately: true })
      yield* stop
      expect(Exit.isFailure(yield* Fiber.await(waiting))).toBe(true)
    }))
})
