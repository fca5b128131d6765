import { describe, expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Clock, Console, Effect, Ref } from "effect"
import { TestClock, TestConsole } from "effect/testing"

describe("it", () => {
  it("moves time only when told to", () =>
    Effect.gen(function* () {
      const woken = yield* Ref.make(0)
      yield* Effect.sleep("1 hour").pipe(Effect.andThen(Ref.set(woken, 1)), Effect.forkScoped)
      yield* TestClock.adjust("59 minutes")
      expect(yield* Ref.get(woken)).toBe(0)
      yield* TestClock.adjust("1 minute")
      expect(yield* Ref.get(woken)).toBe(1)
    }))

  it("starts every test at the epoch with an empty console", () =>
    Effect.gen(function* () {
      expect(yield* Clock.currentTimeMillis).toBe(0)
      expect(yield* TestConsole.logLines).toEqual([])
      yield* Console.log("held back")
      expect(yield* TestConsole.logLines).toEqual(["held back"])
    }))

  it.live("has the real time in a live test", () =>
    Effect.gen(function* () {
      expect(yield* Clock.currentTimeMillis).toBeGreaterThan(1_700_000_000_000)
    })
  )
})

/** Runs one test in a process of its own, as only there can it fail. */
const run = (body: string) =>
  Effect.gen(function* () {
    const source = `import { it } from "@infernet/testing/harness"; import { Effect } from "effect"; ${body}`
    const file = `${import.meta.path}.${process.pid}.${Bun.hash(body).toString(36)}.test.ts`
    yield* Effect.acquireRelease(
      Effect.promise(() => Bun.write(file, source)),
      () => Effect.promise(() => Bun.file(file).delete())
    )
    const child = Bun.spawn([process.execPath, "test", file], { stderr: "pipe", stdout: "ignore" })
    const [text, code] = yield* Effect.promise(() => Promise.all([new Response(child.stderr).text(), child.exited]))
    return { text, code }
  })

describe("a failing test", () => {
  it.live("replays what it logged", () =>
    Effect.gen(function* () {
      const { text, code } = yield* run(
        `it("a", () => Effect.logInfo("kept words").pipe(Effect.andThen(Effect.fail("why"))))`
      )
      expect(text).toContain("kept words")
      expect(text).toContain("why")
      expect(code).toBe(1)
    })
  )

  it.live("is interrupted at its limit, finalizers included, under either clock", () =>
    Effect.gen(function* () {
      const { text, code } = yield* run(
        `it("a", () => Effect.never.pipe(Effect.onInterrupt(() => Effect.sync(() => process.stderr.write("released")))), { timeout: 50 })`
      )
      expect(text).toContain("released")
      expect(text).toContain("still running after 50 ms")
      expect(code).toBe(1)
    })
  )
})
