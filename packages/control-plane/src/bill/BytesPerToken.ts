/**
 * How operators count tokens, model by model: learned from jobs that were done, held in memory, where a job's end asks for
 * it, and stored every few seconds, so that a restart and other replicas know it.
 *
 * What a killed process had learned in its last seconds is not worth a write in a job's way.
 */
import type { Unavailable } from "@infernet/contract/ApiError"
import { type Line, plus } from "@infernet/payment/bill/Line"
import { type Expected, type LineName, Lines } from "@infernet/payment/bill/Lines"
import { Context, DateTime, Duration, Effect, Layer, Schedule } from "effect"

export interface StoredLine {
  readonly name: LineName
  readonly line: Line
}

/** The sums of all replicas. */
export class LineStore extends Context.Service<
  LineStore,
  {
    /** Those that were added to since, the latest last, and of them the last so many. */
    readonly since: (at: DateTime.Utc, limit: number) => Effect.Effect<ReadonlyArray<StoredLine>, Unavailable>
    /** Adds to them; answers what they are then. No two of one name. */
    readonly add: (
      lines: ReadonlyArray<StoredLine>,
      at: DateTime.Utc
    ) => Effect.Effect<ReadonlyArray<StoredLine>, Unavailable>
    readonly forget: (before: DateTime.Utc) => Effect.Effect<void, Unavailable>
  }
>()("@infernet/control-plane/bill/LineStore") {}

export class BytesPerToken extends Context.Service<
  BytesPerToken,
  {
    /** What the operator may be expected to count for so many bytes; `undefined` where nothing was learned. */
    readonly expected: (name: LineName, bytes: bigint) => Expected | undefined
    readonly learn: (name: LineName, line: Line) => void
  }
>()("@infernet/control-plane/bill/BytesPerToken") {
  static readonly layer = Layer.effect(
    BytesPerToken,
    Effect.suspend(() => make)
  )
}

const storeEvery = Duration.seconds(5)
const readEvery = Duration.minutes(5)
const keptFor = { days: 30 }
/** Lines that are read, and that wait to be stored: more are not learned of. */
const most = 50_000
/** Lines in one statement. */
const atOnce = 1_000

const make = Effect.gen(function* () {
  const store = yield* LineStore
  const lines = new Lines()
  const waiting = new Map<string, StoredLine>()

  const learn: BytesPerToken["Service"]["learn"] = (name, line) => {
    lines.add(name, line)
    const key = `${name.kind} ${name.operator} ${name.model}`
    const before = waiting.get(key)
    if (before === undefined && waiting.size >= most) return
    waiting.set(key, { name, line: before === undefined ? line : plus(before.line, line) })
  }

  const read = Effect.gen(function* () {
    const since = DateTime.subtract(yield* DateTime.now, keptFor)
    yield* store.forget(since)
    for (const { line, name } of yield* store.since(since, most)) lines.set(name, line)
  })

  const write = Effect.gen(function* () {
    while (waiting.size > 0) {
      const some = [...waiting].slice(0, atOnce)
      for (const [key] of some) waiting.delete(key)
      const added = store.add(
        some.map(([, line]) => line),
        yield* DateTime.now
      )
      const now = yield* Effect.onError(added, () =>
        Effect.sync(() => some.forEach(([key, line]) => waiting.has(key) || waiting.set(key, line)))
      )
      // With what other replicas have learned; what came meanwhile here is added again by the next write.
      for (const { line, name } of now) lines.set(name, line)
    }
  })

  const again = (task: typeof read, every: Duration.Duration, message: string) =>
    task.pipe(Effect.ignoreCause({ log: "Warn", message }), Effect.repeat(Schedule.spaced(every)), Effect.forkScoped)
  yield* again(read, readEvery, "bytes a token could not be read")
  yield* again(write, storeEvery, "bytes a token are stored later")

  return BytesPerToken.of({ expected: (name, bytes) => lines.expected(name, bytes), learn })
})
