/**
 * The models in memory: loaded when first asked for, sent away when others need the room or nobody asks any more.
 *
 * One process a model. All comings and goings pass through one gate, so that two requests never load one model twice and
 * the memory of those who leave is free before those who come take theirs.
 */
import { Clock, Duration, Effect, Exit, Schedule, Scope, Semaphore } from "effect"
import { BackendError } from "../Backend.ts"
import { bytesOf } from "../install/bytes.ts"
import type { Model } from "./Catalog.ts"
import * as EngineProcess from "./EngineProcess.ts"
import * as room from "./room.ts"

interface Resident extends room.Resident {
  readonly version: string
  memoryBytes: number
  inUse: number
  usedAt: number
  readonly process: EngineProcess.EngineProcess
  readonly scope: Scope.Closeable
}

/** How long a model that could not be loaded is left alone. */
const restMillis = 60_000

export interface LoadedModels {
  /** Runs `use` on the model's process, which is started first where there is none. */
  readonly on: <A>(
    model: Model,
    use: (process: EngineProcess.EngineProcess) => Effect.Effect<A, BackendError>
  ) => Effect.Effect<A, BackendError>
  /** `undefined` where the model is not in memory. */
  readonly state: (name: string) => EngineProcess.State | undefined
  readonly inUse: (name: string) => number
  readonly pid: (name: string) => number | undefined
  /** Sends away who is idle and no longer as in this list. */
  readonly keep: (models: ReadonlyArray<Model>) => Effect.Effect<void>
}

export const make = Effect.fnUntraced(function* (options: {
  readonly entry: string
  readonly memoryBytes: number
  readonly keep: Duration.Duration
  readonly changed: () => void
}) {
  const parent = yield* Scope.Scope
  const gate = yield* Semaphore.make(1)
  const residents = new Map<string, Resident>()
  /** Models that failed to load, until when they rest. */
  const resting = new Map<string, { readonly until: number; readonly error: BackendError; readonly version: string }>()

  const leave = (name: string) =>
    Effect.suspend(() => {
      const resident = residents.get(name)
      if (resident === undefined) return Effect.void
      residents.delete(name)
      options.changed()
      return Scope.close(resident.scope, Exit.void)
    })

  const leaveAll = (names: ReadonlyArray<string>) => Effect.forEach(names, leave, { discard: true })

  const come = Effect.fnUntraced(function* (model: Model) {
    const { blueprint, memoryBytes, name, version } = model
    const leaving = room.victims([...residents.values()], memoryBytes, options.memoryBytes)
    if (leaving === undefined) {
      return yield* new BackendError({
        fault: "overloaded",
        message: `"${name}" needs ${bytesOf(memoryBytes)} of memory, which other models are using.`
      })
    }
    yield* leaveAll(leaving)
    yield* Effect.logInfo("loading a model", { model: name, unloaded: leaving })
    const scope = yield* Scope.fork(parent)
    const process = yield* EngineProcess.make({
      model: name,
      blueprint,
      entry: options.entry,
      changed: () => {
        settle(name)
        options.changed()
      }
    }).pipe(Scope.provide(scope))
    const usedAt = yield* Clock.currentTimeMillis
    const resident: Resident = { name, version, memoryBytes, inUse: 0, usedAt, process, scope }
    residents.set(name, resident)
    return resident
  })

  /** A loaded model knows what it takes. */
  const settle = (name: string) => {
    const resident = residents.get(name)
    const state = resident?.process.state()
    if (resident !== undefined && state?._tag === "Loaded") {
      resident.memoryBytes = Math.max(resident.memoryBytes, state.loaded.memoryBytes)
    }
  }

  const admit = (model: Model) =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const rest = resting.get(model.name)
      if (rest !== undefined && rest.version === model.version && now < rest.until) return yield* rest.error
      const there = residents.get(model.name)
      const stale = there !== undefined && there.version !== model.version && there.inUse === 0
      if (stale) yield* leave(model.name)
      const resident = there === undefined || stale ? yield* come(model) : there
      resident.inUse += 1
      return resident
    }).pipe(gate.withPermits(1))

  const release = (resident: Resident) =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      resident.inUse -= 1
      resident.usedAt = now
      const state = resident.process.state()
      if (state._tag !== "Failed" || residents.get(resident.name) !== resident) return
      resting.set(resident.name, { until: now + restMillis, error: state.error, version: resident.version })
      yield* leave(resident.name)
    })

  yield* Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    for (const [name, { until }] of resting) if (until <= now) resting.delete(name)
    const leaving = room.idle([...residents.values()], now, Duration.toMillis(options.keep))
    if (leaving.length > 0) yield* Effect.logInfo("unloading models that nobody asks for", { models: leaving })
    yield* leaveAll(leaving)
  }).pipe(
    gate.withPermits(1),
    Effect.ignoreCause({ log: "Error", message: "idle models cannot be unloaded" }),
    Effect.repeat(Schedule.spaced("30 seconds")),
    Effect.forkScoped
  )

  return {
    on: (model, use) => Effect.acquireUseRelease(admit(model), ({ process }) => use(process), release),
    state: (name) => {
      const resident = residents.get(name)
      if (resident !== undefined) return resident.process.state()
      const rest = resting.get(name)
      return rest === undefined ? undefined : { _tag: "Failed", error: rest.error }
    },
    inUse: (name) => residents.get(name)?.inUse ?? 0,
    pid: (name) => residents.get(name)?.process.pid(),
    keep: (models) =>
      Effect.suspend(() => {
        const versions = new Map(models.map(({ name, version }) => [name, version]))
        const gone = [...residents.values()].filter(
          ({ inUse, name, version }) => inUse === 0 && versions.get(name) !== version
        )
        return leaveAll(gone.map(({ name }) => name))
      }).pipe(gate.withPermits(1))
  } satisfies LoadedModels as LoadedModels
})
