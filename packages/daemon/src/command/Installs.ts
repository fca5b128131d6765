/**
 * Models that come onto this machine or leave it, asked for from afar or by the person at it: one at a time.
 *
 *   waiting ──▶ running ──▶ done, or failed
 *      └───────────┴─ cancel ──▶ stopped
 */
import { Backends, type InstallLimits } from "@infernet/backend/Backends"
import { InstallError, type ModelSource, type OnProgress } from "@infernet/backend/install/Install"
import type { CommandProgress } from "@infernet/contract/Command"
import type { BackendKind } from "@infernet/contract/Node"
import { sentence } from "@infernet/platform/sentence"
import { Cause, Context, Data, Deferred, Effect, Exit, FiberMap, Layer, PubSub, Semaphore, Stream } from "effect"
import { DaemonEvents } from "../DaemonEvents.ts"
import * as milestones from "./milestones.ts"

/** Somebody has cancelled it. */
export class Stopped extends Data.TaggedError("Stopped")<{}> {}

export interface Installation {
  readonly id: number
  /** What was asked for, in a word: a name, an address or a path. */
  readonly model: string
  /** How far it is; none while it waits for those before it. */
  readonly progress: () => CommandProgress | undefined
  /** The progress now and from now on, at most twice a second; ends with the installation. */
  readonly news: Stream.Stream<CommandProgress>
  /** The name under which the model is offered from now on, or was until now. */
  readonly result: Effect.Effect<string, InstallError | Stopped>
}

export class Installs extends Context.Service<
  Installs,
  {
    /** Goes on whoever waits for it. `to` is the backend it is for; none: the first that takes such a source. */
    readonly start: (
      source: ModelSource,
      to: BackendKind | undefined,
      limits?: InstallLimits
    ) => Effect.Effect<Installation, InstallError>
    readonly remove: (model: string) => Effect.Effect<Installation, InstallError>
    /** Those that wait or run, in their order. */
    readonly list: Effect.Effect<ReadonlyArray<Installation>>
    /** Stops it and waits until it has stopped; `false` when there is none of this id any more. */
    readonly cancel: (id: number) => Effect.Effect<boolean>
    /** Rings whenever a model has come or gone. */
    readonly changed: Stream.Stream<void>
  }
>()("@infernet/daemon/command/Installs") {
  static readonly layer = Layer.effect(
    Installs,
    Effect.suspend(() => make)
  )
}

/** How many may wait and run. */
const most = 64
const newsEveryMillis = 500
/** For the backends to be asked what they offer now. */
const refreshMillis = 10_000

/** What is done, given where to say how far it is. */
type Work = (progress: OnProgress) => Effect.Effect<string, InstallError>

const named = (source: ModelSource): string => {
  switch (source._tag) {
    case "Library":
      return source.name
    case "HuggingFace":
      return `${source.repository}/${source.file}`
    case "Url":
      return source.url
    case "Path":
      return source.path
  }
}

const make = Effect.gen(function* () {
  const backends = yield* Backends
  const events = yield* DaemonEvents
  const turn = yield* Semaphore.make(1)
  const fibers = yield* FiberMap.make<number, void>()
  const changes = yield* Effect.acquireRelease(PubSub.sliding<void>(1), PubSub.shutdown)
  const all = new Map<number, Installation>()
  const cancelled = new Set<number>()
  let last = 0

  const begin = Effect.fnUntraced(function* (model: string, work: Work) {
    if (all.size >= most) {
      const message = `${most} installations are waiting on this node already: wait for some, or cancel them`
      return yield* new InstallError({ reason: "failed", message })
    }
    const id = (last += 1)
    const result = Deferred.makeUnsafe<string, InstallError | Stopped>()
    const hub = yield* PubSub.sliding<CommandProgress>({ capacity: 1, replay: 1 })
    const milestone = milestones.make()
    const say = (news: string) => events.publish({ type: "model", model, news })
    let progress: CommandProgress | undefined
    let told: CommandProgress | undefined

    const tell = Effect.sync(() => {
      if (progress === undefined || progress === told) return
      told = progress
      PubSub.publishUnsafe(hub, progress)
      const line = milestone(progress)
      if (line !== undefined) say(line)
    }).pipe(Effect.andThen(Effect.sleep(newsEveryMillis)), Effect.forever)

    const run = Effect.gen(function* () {
      const name = yield* Effect.raceFirst(
        work((news) => void (progress = news)),
        tell
      )
      // Advertised from this moment on, and not at the next look.
      yield* Effect.timeoutOption(backends.refresh, refreshMillis)
      return name
    })

    const end = (exit: Exit.Exit<string, InstallError>) =>
      Effect.gen(function* () {
        all.delete(id)
        const stopped = cancelled.delete(id) && Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
        const outcome: Exit.Exit<string, InstallError | Stopped> = stopped ? Exit.fail(new Stopped()) : exit
        say(stopped ? "stopped" : outcomeOf(exit))
        if (Exit.isFailure(exit) && Cause.hasDies(exit.cause)) yield* Effect.logError("installation died", exit.cause)
        yield* PubSub.publish(changes, undefined)
        yield* Deferred.done(result, outcome)
      })

    const news = Stream.interruptWhen(Stream.fromPubSub(hub), Effect.exit(Deferred.await(result)))
    const installation: Installation = { id, model, progress: () => progress, news, result: Deferred.await(result) }
    all.set(id, installation)
    yield* FiberMap.run(fibers, id, Effect.ignoreCause(Effect.onExit(turn.withPermits(1)(run), end)))
    return installation
  })

  return Installs.of({
    start: (source, to, limits) => begin(named(source), (progress) => backends.install(source, to, progress, limits)),
    remove: (model) =>
      begin(model, (progress) =>
        Effect.suspend(() => {
          progress({ phase: "removing" })
          return Effect.as(backends.remove(model), model)
        })
      ),
    list: Effect.sync(() => [...all.values()]),
    cancel: (id) =>
      Effect.suspend(() => {
        if (!all.has(id)) return Effect.succeed(false)
        cancelled.add(id)
        return Effect.as(FiberMap.remove(fibers, id), true)
      }),
    changed: Stream.fromPubSub(changes)
  })
})

const outcomeOf = (exit: Exit.Exit<string, InstallError>): string => {
  if (Exit.isSuccess(exit)) return "done"
  const error = Cause.squash(exit.cause)
  return error instanceof InstallError ? `failed: ${sentence(error.message)}` : "ended with the node"
}
