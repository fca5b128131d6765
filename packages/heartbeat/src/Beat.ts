/** The daemon's heartbeat: at once, then every 30 seconds for as long as the layer lives; a missed beat is not fatal. */
import type { HeartbeatReply } from "@infernet/contract/Node"
import { Clock, Context, Effect, Latch, Layer, Option } from "effect"

export interface LastBeat {
  /** Milliseconds of the epoch when the reply came. */
  readonly at: number
  readonly latencyMillis: number
}

export class Beat extends Context.Service<
  Beat,
  {
    /** The last beat that was answered. */
    readonly last: Effect.Effect<Option.Option<LastBeat>>
    /** Asks for a beat at once and does not wait for it; asked often before it starts, it is still one. */
    readonly now: Effect.Effect<void>
  }
>()("@infernet/heartbeat/Beat") {
  /** `send` delivers one beat and does with the reply what is to be done with it. */
  static readonly layer = <E, R>(send: Effect.Effect<HeartbeatReply, E, R>) => Layer.effect(Beat, make(send))
}

const intervalMillis = 30_000
/** A control plane that takes longer has missed the beat. */
const patienceMillis = 10_000

const make = Effect.fnUntraced(function* <E, R>(send: Effect.Effect<HeartbeatReply, E, R>) {
  let last = Option.none<LastBeat>()
  const asked = yield* Latch.make()

  const beat = Effect.gen(function* () {
    const start = yield* Clock.monotonicTimeNanos
    yield* send.pipe(Effect.timeout(patienceMillis))
    const latencyMillis = Number((yield* Clock.monotonicTimeNanos) - start) / 1e6
    last = Option.some({ at: yield* Clock.currentTimeMillis, latencyMillis })
  }).pipe(Effect.ignoreCause({ log: "Warn", message: "heartbeat missed" }))

  yield* Effect.gen(function* () {
    while (true) {
      asked.closeUnsafe()
      const start = yield* Clock.monotonicTimeNanos
      yield* beat
      const elapsed = Number((yield* Clock.monotonicTimeNanos) - start) / 1e6
      yield* asked.await.pipe(Effect.timeoutOption(intervalMillis - elapsed))
    }
  }).pipe(Effect.forkScoped)

  return Beat.of({ last: Effect.sync(() => last), now: Effect.asVoid(asked.open) })
})
