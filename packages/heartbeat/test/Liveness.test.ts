import { describe, expect } from "bun:test"
import { NodeId } from "@infernet/contract/Id"
import { Liveness, type StatusChange } from "@infernet/heartbeat/Liveness"
import { it } from "@infernet/testing/harness"
import { Arbitrary, Effect, Layer, Schema, Stream } from "effect"
import { TestClock } from "effect/testing"

const [a, b, c] = ["aa", "bb", "cc"].map((byte) => NodeId.make(`0x${byte.repeat(20)}`)) as [NodeId, NodeId, NodeId]

const start = (initial: ReadonlyArray<{ id: NodeId; lastHeardMillis: number }> = []) =>
  Effect.gen(function* () {
    const layer = Liveness.layer(Effect.succeed(initial))
    const liveness = yield* Effect.service(Liveness).pipe(Effect.provide(yield* Layer.build(Layer.fresh(layer))))
    const changes: Array<StatusChange> = []
    const note = (change: StatusChange) => Effect.sync(() => void changes.push(change))
    yield* liveness.changes.pipe(Stream.runForEach(note), Effect.forkScoped({ startImmediately: true }))
    return { ...liveness, changes }
  })

describe("a node", () => {
  it("is offline to the millisecond after 90 s of silence, and online at the next beat", () =>
    Effect.gen(function* () {
      const { changes, heard, isOnline } = yield* start()
      yield* heard(a)
      yield* TestClock.adjust(50_000)
      yield* heard(a)
      yield* TestClock.adjust(89_999)
      expect(isOnline(a)).toBe(true)
      yield* TestClock.adjust(1)
      expect(isOnline(a)).toBe(false)
      yield* heard(a)
      expect(isOnline(a)).toBe(true)
      yield* TestClock.adjust(0)
      expect(changes.map(({ status }) => status)).toEqual(["online", "offline", "online"])
    }))

  it("stays online on its link alone, and for 90 s after the last of its links", () =>
    Effect.gen(function* () {
      const { isOnline, linkDown, linkUp } = yield* start()
      yield* linkUp(a)
      yield* TestClock.adjust("1 hour")
      yield* linkUp(a)
      yield* linkDown(a)
      yield* TestClock.adjust("1 hour")
      expect(isOnline(a)).toBe(true)
      yield* linkDown(a)
      yield* TestClock.adjust(89_999)
      expect(isOnline(a)).toBe(true)
      yield* TestClock.adjust(1)
      expect(isOnline(a)).toBe(false)
    }))

  it("that leaves is offline at once, and its link's end does not bring it back", () =>
    Effect.gen(function* () {
      const { changes, forget, isOnline, linkDown, linkUp } = yield* start()
      yield* linkUp(a)
      yield* forget(a)
      yield* linkDown(a)
      expect(isOnline(a)).toBe(false)
      yield* TestClock.adjust(0)
      expect(changes.map(({ status }) => status)).toEqual(["online", "offline"])
    }))
})

it("starts from the past: who was heard less than 90 s ago is online for the rest of it", () =>
  Effect.gen(function* () {
    yield* TestClock.setTime(1_000_000)
    const { isOnline } = yield* start([
      { id: a, lastHeardMillis: 990_000 },
      { id: b, lastHeardMillis: 910_000 },
      { id: c, lastHeardMillis: 910_001 }
    ])
    expect([a, b, c].map(isOnline)).toEqual([true, false, true])
    yield* TestClock.adjust(1)
    expect([a, b, c].map(isOnline)).toEqual([true, false, false])
    yield* TestClock.adjust(79_999)
    expect([a, b, c].map(isOnline)).toEqual([false, false, false])
  }))

const Step = Schema.Struct({
  node: Schema.Literals([a, b, c]),
  act: Schema.Literals(["heard", "linkUp", "linkDown", "forget"]),
  thenSeconds: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 60 }))
})

/** The same rule said naively: from the whole history, no deadlines kept. */
const expected = (history: ReadonlyArray<{ node: NodeId; act: string; at: number }>, node: NodeId, now: number) => {
  let links = 0
  let heardAt = -Infinity
  for (const { act, at } of history.filter((event) => event.node === node)) {
    if (act === "linkUp") links++
    if (act === "heard" || (act === "linkDown" && links > 0)) heardAt = at
    if (act === "linkDown") links = Math.max(0, links - 1)
    if (act === "forget") [links, heardAt] = [0, -Infinity]
  }
  return links > 0 || now - heardAt < 90_000
}

it("agrees with a naive model over random schedules, second by second", () =>
  Effect.gen(function* () {
    const agrees = Effect.fnUntraced(function* (steps: ReadonlyArray<typeof Step.Type>) {
      const liveness = yield* start()
      const history: Array<{ node: NodeId; act: string; at: number }> = []
      let now = 0
      for (const { act, node, thenSeconds } of steps) {
        yield* liveness[act](node)
        history.push({ node, act, at: now })
        for (let second = 0; second <= thenSeconds; second += 5) {
          for (const id of [a, b, c]) if (liveness.isOnline(id) !== expected(history, id, now)) return false
          if (second === thenSeconds) break
          const ahead = Math.min(5, thenSeconds - second) * 1000
          yield* TestClock.adjust(ahead)
          now += ahead
        }
      }
      return true
    }, Effect.scoped)
    const schedules = Arbitrary.array(Arbitrary.schema(Step), { maxLength: 25 })
    const result = yield* Arbitrary.checkEffect(schedules, agrees, { runs: 60, seed: "liveness" })
    expect(Arbitrary.formatCheckFailure(result)).toBeUndefined()
  }))
