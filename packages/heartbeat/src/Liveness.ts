/**
 * Which nodes are online: a node is while it has a link, and for 90 seconds after it was last heard.
 *
 * ```
 *            heard, linkUp                    linkUp
 *   offline ───────────────▶ online, waiting ────────▶ online, linked
 *      ▲                        │   ▲    ▲                  │
 *      └──── 90 s of silence ───┘   └────┘ heard            │
 *                               ▲                           │
 *                               └─────── last linkDown ─────┘
 * ```
 */
import type { NodeId } from "@infernet/contract/Id"
import { Clock, Context, Effect, Latch, Layer, PubSub, Stream } from "effect"
import { Roster, silenceMillis } from "./Roster.ts"

export interface StatusChange {
  readonly id: NodeId
  readonly status: "online" | "offline"
}

export class Liveness extends Context.Service<
  Liveness,
  {
    readonly heard: (id: NodeId) => Effect.Effect<void>
    /** One for each link that opens; `linkDown` one for each that closes, in any order among links of a node. */
    readonly linkUp: (id: NodeId) => Effect.Effect<void>
    readonly linkDown: (id: NodeId) => Effect.Effect<void>
    /** The node left: offline at once, until it is heard again. */
    readonly forget: (id: NodeId) => Effect.Effect<void>
    readonly isOnline: (id: NodeId) => boolean
    /** Hints, of which a reader that is far behind misses the oldest; the truth is `isOnline`. */
    readonly changes: Stream.Stream<StatusChange>
  }
>()("@infernet/heartbeat/Liveness") {
  /** Starts from what is known of the past: nodes heard less than 90 seconds ago are online. */
  static readonly layer = <E, R>(
    initial: Effect.Effect<ReadonlyArray<{ readonly id: NodeId; readonly lastHeardMillis: number }>, E, R>
  ) => Layer.effect(Liveness, make(initial))
}

const capacity = 1024

// Not the wall clock: when that is set right by an hour, no node has been silent for an hour.
const monotonicMillis = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / 1_000_000n))

const make = Effect.fnUntraced(function* <E, R>(
  initial: Effect.Effect<ReadonlyArray<{ readonly id: NodeId; readonly lastHeardMillis: number }>, E, R>
) {
  const changes = yield* Effect.acquireRelease(PubSub.sliding<StatusChange>(capacity), PubSub.shutdown)
  const roster = new Roster((id, status) => PubSub.publishUnsafe(changes, { id, status }))
  const someoneWaits = yield* Latch.make()

  const now = yield* monotonicMillis
  const wall = yield* Clock.currentTimeMillis
  // Oldest first, as the roster expects; a time in the future counts as now.
  for (const { id, lastHeardMillis } of [...(yield* initial)].sort((a, b) => a.lastHeardMillis - b.lastHeardMillis)) {
    const silentFor = Math.max(0, wall - lastHeardMillis)
    if (silentFor < silenceMillis) roster.heard(id, now - silentFor)
  }

  const at = (act: (now: number) => void) =>
    Effect.map(monotonicMillis, (now) => {
      act(now)
      if (roster.earliestDeadline !== undefined) someoneWaits.openUnsafe()
    })

  // One loop for all nodes: a deadline that has moved on costs one look, and nothing is polled.
  yield* Effect.gen(function* () {
    while (true) {
      yield* someoneWaits.await
      roster.expire(yield* monotonicMillis)
      const deadline = roster.earliestDeadline
      if (deadline === undefined) someoneWaits.closeUnsafe()
      else yield* Effect.sleep(deadline - (yield* monotonicMillis))
    }
  }).pipe(Effect.forkScoped)
  yield* at(() => {})

  return Liveness.of({
    heard: (id) => at((now) => roster.heard(id, now)),
    linkUp: (id) => at(() => roster.linkUp(id)),
    linkDown: (id) => at((now) => roster.linkDown(id, now)),
    forget: (id) => Effect.sync(() => roster.forget(id)),
    isOnline: (id) => roster.isOnline(id),
    changes: Stream.fromPubSub(changes)
  })
})
