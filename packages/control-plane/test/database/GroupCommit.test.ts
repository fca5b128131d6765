import { describe, expect } from "bun:test"
import { BufferFull, make } from "@infernet/control-plane/database/GroupCommit"
import { it } from "@infernet/testing/harness"
import { Effect, Exit, Fiber, Latch, Scope } from "effect"
import { TestClock } from "effect/testing"

interface Options {
  readonly maxRows?: number
  readonly maxWaiting?: number
  readonly write?: (rows: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<string>, string>
}

/** Writes that stand still until `gate` opens; each answers its row in capitals, and "bad" fails. */
const world = Effect.fnUntraced(function* (options: Options = {}) {
  const gate = yield* Latch.make(true)
  const groups: Array<ReadonlyArray<string>> = []
  const write = yield* make({
    write: (rows: ReadonlyArray<string>) =>
      Effect.gen(function* () {
        groups.push(rows)
        yield* gate.await
        if (options.write !== undefined) return yield* options.write(rows)
        if (rows.includes("bad")) return yield* Effect.fail("bad row")
        if (rows.includes("away")) return yield* Effect.fail("away")
        return rows.map((row) => row.toUpperCase())
      }),
    isolate: (error) => error === "bad row",
    maxRows: options.maxRows ?? 100,
    maxWaiting: options.maxWaiting ?? 100,
    size: (row) => row.length,
    maxSize: 50
  })
  const start = (row: string) => Effect.forkChild(write(row), { startImmediately: true })
  const startAll = (rows: ReadonlyArray<string>) => Effect.forEach(rows, start)
  return { gate, groups, start, startAll, write }
})

describe("a group commit", () => {
  it("writes alone what comes alone, and together what came meanwhile", () =>
    Effect.gen(function* () {
      const { gate, groups, startAll } = yield* world()
      gate.closeUnsafe()
      const first = yield* startAll(["a"])
      yield* TestClock.adjust(0)
      const rest = yield* startAll(["b", "c", "d"])
      gate.openUnsafe()
      const results = yield* Effect.forEach([...first, ...rest], Fiber.join)
      expect(results).toEqual(["A", "B", "C", "D"])
      expect(groups).toEqual([["a"], ["b", "c", "d"]])
    }))

  it("fails a bad row and none of its neighbours", () =>
    Effect.gen(function* () {
      const { startAll } = yield* world()
      const fibers = yield* startAll(["a", "bad", "c"])
      const exits = yield* Effect.forEach(fibers, Fiber.await)
      expect(exits).toEqual([Exit.succeed("A"), Exit.fail("bad row"), Exit.succeed("C")])
    }))

  it("does not try a group row by row when the database is away", () =>
    Effect.gen(function* () {
      const { groups, startAll } = yield* world()
      const exits = yield* Effect.forEach(yield* startAll(["a", "away"]), Fiber.await)
      expect(exits).toEqual([Exit.fail("away"), Exit.fail("away")])
      expect(groups).toHaveLength(1)
    }))

  it("survives a write that dies, or answers too little", () =>
    Effect.gen(function* () {
      let mood = 0
      const { write } = yield* world({
        write: (rows) => (mood++ === 0 ? Effect.die("bug") : Effect.succeed(mood === 2 ? [] : rows))
      })
      expect((yield* Effect.exit(write("a")))._tag).toBe("Failure")
      expect((yield* Effect.exit(write("b")))._tag).toBe("Failure")
      expect(yield* write("c")).toBe("c")
    }))

  it("refuses what its buffer cannot hold", () =>
    Effect.gen(function* () {
      const { gate, startAll, write } = yield* world({ maxWaiting: 2 })
      gate.closeUnsafe()
      yield* startAll(["under way"])
      yield* TestClock.adjust(0)
      const waiting = yield* startAll(["a", "b"])
      expect(yield* Effect.flip(write("c"))).toBeInstanceOf(BufferFull)
      gate.openUnsafe()
      expect(yield* Effect.forEach(waiting, Fiber.join)).toEqual(["A", "B"])
    }))

  it("bounds a statement by rows and by size, and writes a row over the size alone", () =>
    Effect.gen(function* () {
      const { groups, startAll } = yield* world({ maxRows: 4 })
      const [half, huge] = ["x".repeat(25), "y".repeat(80)]
      const rows = ["a", "b", "c", "d", half, half, half, huge]
      yield* Effect.forEach(yield* startAll(rows), Fiber.join)
      expect(groups).toEqual([["a", "b", "c", "d"], [half, half], [half], [huge]])
    }))

  it("leaves nobody waiting when it is over", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { gate, startAll, write } = yield* Scope.provide(world(), scope)
      gate.closeUnsafe()
      const underWay = yield* startAll(["a"])
      yield* TestClock.adjust(0)
      const waiting = yield* startAll(["b", "c"])
      yield* Scope.close(scope, Exit.void)
      const exits = yield* Effect.forEach([...underWay, ...waiting], Fiber.await)
      expect(exits.map(({ _tag }) => _tag)).toEqual(["Failure", "Failure", "Failure"])
      expect((yield* Effect.exit(write("d")))._tag).toBe("Failure")
    }))
})
