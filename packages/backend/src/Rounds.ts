/**
 * Keeps in mind which backends of the plan answer: checked every ten seconds, looked for at least every minute.
 *
 * One loop owns the state. It wakes by the clock or by its doorbell, which a failed chat, the embedded engine and
 * `refresh` ring; rings while a round runs become one more round.
 */
import { Clock, Deferred, Duration, Effect, Equal, PubSub, Queue, Stream } from "effect"
import type { BackendError } from "./Backend.ts"
import type { Snapshot } from "./Backends.ts"
import type { EmbeddedEngine } from "./embedded/EmbeddedEngine.ts"
import * as StandIn from "./embedded/StandIn.ts"
import * as Known from "./Known.ts"
import type { Plan } from "./Plan.ts"
import { probe } from "./Probe.ts"

const checkMillis = 10_000
/** The pause between two looks for what is not there: doubles from the one to the other, starts again at each loss. */
const probeMillis = { first: 5_000, longest: 60_000 }

/** Faults that say something about the server rather than about the chat. */
const suspicious: ReadonlySet<BackendError["fault"]> = new Set(["backend_unreachable", "backend_error", "timeout"])

interface Options {
  readonly plan: Plan
  readonly fetch: typeof globalThis.fetch
  readonly engine: EmbeddedEngine["Service"]
  /** Whether a model that some backend has may be offered at this moment. */
  readonly offered: (model: string) => boolean
  /** The models in this node's own folder, which the embedded engine serves where nobody else does. */
  readonly folder: Effect.Effect<ReadonlyArray<string>>
}

export interface Rounds {
  readonly known: () => ReadonlyArray<Known.Known>
  readonly snapshot: () => Snapshot
  readonly changes: Stream.Stream<Snapshot>
  /** One more round, soon. */
  readonly ring: () => void
  /** One whole round, from now on. */
  readonly refresh: Effect.Effect<Snapshot>
  /** Tells the snapshot where it has changed, e.g. as `offered` has. */
  readonly publish: Effect.Effect<void>
  /** What a failed request says of its backend. */
  readonly suspect: (one: Known.Known, error: BackendError) => Effect.Effect<void>
}

/** Runs until the scope closes; the first round is over when this returns. */
export const make = Effect.fnUntraced(function* ({ engine, fetch, folder, offered, plan }: Options) {
  const changes = yield* PubSub.sliding<Snapshot>({ capacity: 16, replay: 1 })
  const bell = yield* Queue.sliding<void>(1)
  const ring = () => void Queue.offerUnsafe(bell, undefined)
  const standIn = yield* StandIn.make(engine, ring)

  let found: ReadonlyArray<Known.Known> = []
  let snapshot: Snapshot = { backends: [], models: [] }
  /** Those who wait for a round that has not begun. */
  let asked: Deferred.Deferred<Snapshot> | undefined
  let nextCheck = 0
  let nextProbe = 0
  let pause = probeMillis.first

  const known = () => [...found, ...standIn.known()]

  const publish = Effect.suspend(() => {
    const now = Known.snapshotOf(known(), offered)
    const before = snapshot
    snapshot = now
    if (Equal.equals(Known.lasting(now), Known.lasting(before))) return Effect.void
    return Effect.asVoid(PubSub.publish(changes, now))
  })

  /** What no longer answers is forgotten, and found again by its address. */
  const checkKnown = Effect.fnUntraced(function* (now: number) {
    yield* Effect.forEach(known(), Known.check, { concurrency: "unbounded", discard: true })
    const up = found.filter((one) => one.up)
    if (up.length === found.length) return
    found = up
    pause = probeMillis.first
    nextProbe = now + pause
  })

  const lookForMore = Effect.fnUntraced(function* (now: number) {
    nextProbe = now + pause
    pause = Math.min(pause * 2, probeMillis.longest)
    const missing = plan.candidates.filter(({ baseUrl }) => found.every(({ backend }) => backend.address !== baseUrl))
    const answers = yield* Effect.forEach(missing, (candidate) => probe(candidate, plan, fetch), {
      concurrency: "unbounded"
    })
    const fresh = answers.flatMap((probed) => (probed._tag === "Found" ? [probed.backend] : []))
    // Two candidates may share an address; the first that recognised its server has it.
    const byAddress = new Map(fresh.toReversed().map((backend) => [backend.address, Known.make(backend)]))
    yield* Effect.forEach(byAddress.values(), Known.check, { concurrency: "unbounded", discard: true })
    const up = [...byAddress.values()].filter((one) => one.up)
    const rank = (one: Known.Known) => plan.candidates.findIndex(({ baseUrl }) => baseUrl === one.backend.address)
    found = [...found, ...up].toSorted((a, b) => rank(a) - rank(b))
    for (const { backend } of up) {
      yield* Effect.logInfo("backend found", { kind: backend.kind, address: backend.address })
    }
  })

  const engineWanted = Effect.gen(function* () {
    if (plan.embedded !== "fallback") return plan.embedded === "only"
    if (found.length === 0) return true
    const models = yield* folder
    return models.some((model) => offered(model) && Known.offering(found, model) === undefined)
  })

  const round = Effect.gen(function* () {
    const waiting = asked
    asked = undefined
    const now = yield* Clock.currentTimeMillis
    nextCheck = now + checkMillis
    yield* checkKnown(now)
    // Losses are told before the slower search begins.
    yield* publish
    if (waiting !== undefined || now >= nextProbe) yield* lookForMore(now)
    yield* standIn.settle(yield* engineWanted)
    yield* publish
    if (waiting !== undefined) yield* Deferred.succeed(waiting, snapshot)
  })

  const nextRound = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const wait = Math.max(0, Math.min(nextCheck, nextProbe) - now)
    yield* Queue.take(bell).pipe(Effect.timeoutOption(Duration.millis(wait)))
    yield* round
  })

  /** A connection refused says all: the backend is withdrawn before the next request is sent its way. */
  const suspect: Rounds["suspect"] = (one, error) =>
    Effect.suspend(() => {
      if (!suspicious.has(error.fault)) return Effect.void
      if (error.fault === "backend_unreachable") one.up = false
      ring()
      return publish
    })

  // Whoever subscribes sees the snapshot there is, also an empty one.
  yield* PubSub.publish(changes, snapshot)
  yield* round
  yield* nextRound.pipe(
    Effect.catchCause((cause) => Effect.logError("looking for backends failed", cause)),
    Effect.forever,
    Effect.forkScoped
  )

  const refresh = Effect.suspend(() => {
    asked ??= Deferred.makeUnsafe()
    ring()
    return Deferred.await(asked)
  })

  return {
    known,
    snapshot: () => snapshot,
    changes: Stream.fromPubSub(changes),
    ring,
    refresh,
    publish,
    suspect
  } satisfies Rounds as Rounds
})
