/** What `/metrics` tells of the process, under the names that Prometheus' own clients use. */
import { Effect, Layer } from "effect"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { gauge, total } from "./gauge.ts"

const nanos = 1e9
const micros = 1e6

/** The native timer behind it wakes this often; a shorter delay is not seen. */
const resolution = 20

const loopDelay = Effect.acquireRelease(
  Effect.sync(() => {
    const delay = monitorEventLoopDelay({ resolution })
    delay.enable()
    return delay
  }),
  (delay) => Effect.sync(() => delay.disable())
)

export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const delay = yield* loopDelay
    yield* gauge("infernet_event_loop_lag_seconds", "Longest delay of the event loop since the last reading", () => {
      const longest = delay.max / nanos
      delay.reset()
      return longest
    })
    yield* gauge("process_resident_memory_bytes", "Memory of the process", () => process.memoryUsage.rss())
    yield* gauge("process_start_time_seconds", "When the process began, as Unix time", () => {
      return performance.timeOrigin / 1000
    })
    yield* total("process_cpu_seconds_total", "Processor time of the process", () => {
      const { system, user } = process.cpuUsage()
      return (system + user) / micros
    })
  })
)
