/**
 * The live `Backends`: whatever of the plan answers now, checked every ten seconds, looked for at least every minute.
 *
 * One loop owns the state. It wakes by the clock or by its doorbell, which a failed chat, the embedded engine and
 * `refresh` ring; rings while a round runs become one more round.
 */
import type { ChatRequest } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"
import type { EmbeddingRequest } from "@infernet/contract/Embedding"
import { Clock, type Config, Deferred, Duration, Effect, Equal, Layer, PubSub, Queue, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { type Backend, BackendError, type Emit } from "./Backend.ts"
import { Backends, type Snapshot } from "./Backends.ts"
import { EmbeddedEngine } from "./embedded/EmbeddedEngine.ts"
import * as StandIn from "./embedded/StandIn.ts"
import * as Known from "./Known.ts"
import { plan as readPlan } from "./Plan.ts"
import { probe } from "./Probe.ts"
import { able, accepts } from "./unsupported.ts"

const checkMillis = 10_000
/** The pause between two looks for what is not there: doubles from the one to the other, starts again at each loss. */
const probeMillis = { first: 5_000, longest: 60_000 }

/** Faults that say something about the server rather than about the chat. */
const suspicious: ReadonlySet<BackendError["fault"]> = new Set(["backend_unreachable", "backend_error", "timeout"])

const make = Effect.gen(function* () {
  const plan = yield* readPlan
  const fetch = yield* FetchHttpClient.Fetch
  const changes = yield* PubSub.sliding<Snapshot>({ capacity: 16, replay: 1 })
  const bell = yield* Queue.sliding<void>(1)
  const ring = () => void Queue.offerUnsafe(bell, undefined)
  const standIn = yield* StandIn.make(yield* EmbeddedEngine, ring)

  let found: ReadonlyArray<Known.Known> = []
  let snapshot: Snapshot = { backends: [], models: [] }
  /** Those who wait for a round that has not begun. */
  let asked: Deferred.Deferred<Snapshot> | undefined
  let nextCheck = 0
  let nextProbe = 0
  let pause = probeMillis.first

  const known = () => [...found, ...standIn.known()]

  const publish = Effect.suspend(() => {
    const now = Known.snapshotOf(known())
    if (Equal.equals(now, snapshot)) return Effect.void
    snapshot = now
    return PubSub.publish(changes, now)
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
    // Two candidates may share an address; the first that recognised its server has it.
    const byAddress = new Map(
      answers.flatMap((backend) => (backend ? [[backend.address, backend] as const] : [])).toReversed()
    )
    const fresh = [...byAddress.values()].map(Known.make)
    yield* Effect.forEach(fresh, Known.check, { concurrency: "unbounded", discard: true })
    const rank = (one: Known.Known) => plan.candidates.findIndex(({ baseUrl }) => baseUrl === one.backend.address)
    found = [...found, ...fresh.filter((one) => one.up)].toSorted((a, b) => rank(a) - rank(b))
    for (const { backend, up } of fresh) {
      if (up) yield* Effect.logInfo("backend found", { kind: backend.kind, address: backend.address })
    }
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
    yield* standIn.settle(plan.embedded === "only" || (plan.embedded === "fallback" && found.length === 0))
    yield* publish
    if (waiting !== undefined) yield* Deferred.succeed(waiting, snapshot)
  })

  const nextRound = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const wait = Math.max(0, Math.min(nextCheck, nextProbe) - now)
    yield* Queue.take(bell).pipe(Effect.timeoutOption(Duration.millis(wait)))
    yield* round
  })

  /** A connection refused says all: the backend is withdrawn before the next chat is sent its way. */
  const suspect = (one: Known.Known, error: BackendError) =>
    Effect.suspend(() => {
      if (!suspicious.has(error.fault)) return Effect.void
      if (error.fault === "backend_unreachable") one.up = false
      ring()
      return publish
    })

  /** Runs something on the least busy backend that offers the model. */
  const on = Effect.fnUntraced(function* <A>(model: string, use: (backend: Backend) => Effect.Effect<A, BackendError>) {
    const one = Known.offering(known(), model)
    if (one === undefined) {
      return yield* new BackendError({
        fault: "model_not_found",
        message: `No backend of this node serves "${model}".`
      })
    }
    return yield* Effect.acquireUseRelease(
      Effect.sync(() => void (one.inFlight += 1)),
      () => Effect.tapError(use(one.backend), (error) => suspect(one, error)),
      () =>
        Effect.sync(() => {
          one.inFlight -= 1
          // A stand-in that has been replaced leaves with its last chat.
          if (one.inFlight === 0 && !known().includes(one)) ring()
        })
    )
  })

  const chat = Effect.fn("Backends.chat")((request: ChatRequest, emit: Emit) =>
    on(request.model, (backend) => Effect.andThen(accepts(backend, request), backend.chat(request, emit)))
  )

  const complete = Effect.fn("Backends.complete")((request: CompletionRequest, emit: Emit) =>
    on(request.model, (backend) =>
      Effect.andThen(
        accepts(backend, request),
        Effect.flatMap(able(backend.complete), (run) => run(request, emit))
      )
    )
  )

  const embed = Effect.fn("Backends.embed")((request: EmbeddingRequest) =>
    on(request.model, (backend) => Effect.flatMap(able(backend.embed), (run) => run(request)))
  )

  // Whoever subscribes sees the snapshot there is, also an empty one.
  yield* PubSub.publish(changes, snapshot)
  yield* round
  yield* nextRound.pipe(
    Effect.catchCause((cause) => Effect.logError("looking for backends failed", cause)),
    Effect.forever,
    Effect.forkScoped
  )

  return Backends.of({
    snapshot: Effect.sync(() => snapshot),
    changes: Stream.fromPubSub(changes),
    chat,
    complete,
    embed,
    verdicts: Effect.die("being built"),
    install: () => Effect.die("being built"),
    remove: () => Effect.die("being built"),
    refresh: Effect.suspend(() => {
      asked ??= Deferred.makeUnsafe()
      ring()
      return Deferred.await(asked)
    })
  })
})

/** Reads its plan from the environment; see `Plan.ts` for the variables. */
export const layer: Layer.Layer<Backends, Config.ConfigError> = Layer.effect(Backends, make).pipe(
  Layer.provide(EmbeddedEngine.layer)
)

/** As `layer`, with an engine of the caller's: for tests of the taking over. */
export const layerNoDeps = Layer.effect(Backends, make)
