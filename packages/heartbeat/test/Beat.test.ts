import { describe, expect } from "bun:test"
import { Beat } from "@infernet/heartbeat/Beat"
import { it } from "@infernet/testing/harness"
import { Clock, Effect, Layer, Option } from "effect"
import { TestClock, TestConsole } from "effect/testing"

const reply = { server_time: "", commands: [], replicas: [], drain: false }

/** A heartbeat whose answers the test writes, and the seconds at which it was sent. */
const start = (answer: (nth: number) => Effect.Effect<typeof reply, string> = () => Effect.succeed(reply)) =>
  Effect.gen(function* () {
    const seconds: Array<number> = []
    const send = Effect.gen(function* () {
      seconds.push((yield* Clock.currentTimeMillis) / 1000)
      return yield* answer(seconds.length)
    })
    const beat = yield* Effect.service(Beat).pipe(Effect.provide(yield* Layer.build(Beat.layer(send))))
    return { ...beat, seconds }
  })

describe("a heartbeat", () => {
  it("is sent at once and then every 30 s", () =>
    Effect.gen(function* () {
      const { seconds } = yield* start()
      yield* TestClock.adjust("100 seconds")
      expect(seconds).toEqual([0, 30, 60, 90])
    }))

  it("that fails or hangs is logged, and the next one comes on time", () =>
    Effect.gen(function* () {
      const answers = [Effect.fail("away"), Effect.never, Effect.succeed(reply)]
      const { last, seconds } = yield* start((nth) => answers[nth - 1] ?? Effect.succeed(reply))
      yield* TestClock.adjust("59 seconds")
      expect(yield* last).toEqual(Option.none())
      yield* TestClock.adjust("1 second")
      expect(seconds).toEqual([0, 30, 60])
      expect(yield* last).toEqual(Option.some({ at: 60_000, latencyMillis: 0 }))
      expect((yield* TestConsole.logLines).filter((line) => String(line).includes("heartbeat missed"))).toHaveLength(2)
    }))

  it("comes at once when asked for, once however often it was asked, and tells its latency", () =>
    Effect.gen(function* () {
      const { last, now, seconds } = yield* start(() => Effect.delay(Effect.succeed(reply), "2 seconds"))
      yield* TestClock.adjust("1 second")
      yield* Effect.all([now, now, now])
      yield* TestClock.adjust("10 seconds")
      expect(seconds).toEqual([0, 2])
      expect(yield* last).toEqual(Option.some({ at: 4000, latencyMillis: 2000 }))
      yield* TestClock.adjust("30 seconds")
      expect(seconds).toEqual([0, 2, 32])
    }))
})
