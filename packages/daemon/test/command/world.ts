/** A node that is commanded: its journal, its installations and what it tells, with a control plane of the test's. */
import type { InstallError } from "@infernet/backend/install/Install"
import type { CommandAck, CommandReport, Command } from "@infernet/contract/Command"
import { CommandId } from "@infernet/contract/Id"
import { Commands } from "@infernet/daemon/command/Commands"
import { Installs } from "@infernet/daemon/command/Installs"
import { Journal } from "@infernet/daemon/command/Journal"
import { type DaemonEvent, DaemonEvents } from "@infernet/daemon/DaemonEvents"
import { Jobs } from "@infernet/daemon/job/Jobs"
import { ControlPlane, type ControlPlaneAway, type ControlPlaneRefused } from "@infernet/daemon/node/ControlPlane"
import type { OnProgress, ModelSource } from "@infernet/backend/install/Install"
import * as Files from "@infernet/testing/fakes/Files"
import * as ScriptedBackends from "@infernet/testing/fakes/ScriptedBackends"
import { ConfigProvider, Context, Deferred, Effect, Exit, Layer, Path, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import { plane } from "../world.ts"

export const commandId = (n: number) => CommandId.make(`cmd_${String(n).padStart(20, "0")}`)
export const install = (n: number, part: Partial<Command> = {}): Command => ({
  id: commandId(n),
  kind: "model_install",
  model: `model${n}`,
  ...part
})

/** An installation under way at the backends. */
export class Work {
  readonly result = Deferred.makeUnsafe<string, InstallError>()
  interrupted = false
  readonly source: ModelSource | string
  readonly progress: OnProgress
  readonly maxBytes: number | undefined

  constructor(source: ModelSource | string, progress: OnProgress, maxBytes?: number) {
    this.source = source
    this.progress = progress
    this.maxBytes = maxBytes
  }

  finish(): void {
    Deferred.doneUnsafe(this.result, Effect.succeed("model"))
  }

  fail(error: InstallError): void {
    Deferred.doneUnsafe(this.result, Effect.fail(error))
  }

  die(): void {
    Deferred.doneUnsafe(this.result, Effect.die(new Error("adapter bug")))
  }
}

/** What several processes of one node share: its disk, its backends, and its control plane. */
export const machine = (environment: Record<string, string> = {}) => {
  const disk = new Map<string, string>()
  const works: Array<Work> = []
  /** What was told, in order: `1 running`. */
  const told: Array<string> = []
  const reports: Array<CommandReport> = []
  const plan = {
    answer: (_n: number, report: CommandReport): Effect.Effect<CommandAck, ControlPlaneAway | ControlPlaneRefused> =>
      Effect.succeed({ state: report.state })
  }

  const run = (work: Work) =>
    Effect.suspend(() => {
      works.push(work)
      return Effect.onInterrupt(Deferred.await(work.result), () => Effect.sync(() => void (work.interrupted = true)))
    })
  const backends = ScriptedBackends.layer({
    chat: () => Effect.never,
    install: (source, _to, progress, limits) => run(new Work(source, progress, limits?.maxBytes)),
    remove: (model) => Effect.asVoid(run(new Work(model, () => undefined)))
  })
  const controlPlane = Layer.mock(ControlPlane)({
    report: (_plane, id, report) =>
      Effect.suspend(() => {
        const n = Number(id.slice(4))
        told.push(`${n} ${report.state}`)
        reports.push(report)
        return plan.answer(n, report)
      })
  })

  /** One process of the node, that ends when it is told to. */
  const start = Effect.gen(function* () {
    const scope = yield* Scope.fork(yield* Effect.scope)
    let dead = false
    const layer = Commands.layer.pipe(
      Layer.provideMerge(Installs.layer),
      Layer.provide([Journal.layerFile("/home/commands.json"), controlPlane]),
      Layer.provideMerge(Jobs.layer),
      Layer.provideMerge(DaemonEvents.layer),
      Layer.provide([backends, Files.layer(disk, { isDead: () => dead }), Path.layer]),
      Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(environment)))
    )
    const context = yield* Layer.buildWithScope(Layer.fresh(layer), scope)
    const commands = Context.get(context, Commands)
    const events: Array<DaemonEvent> = []
    const progress: Array<{ readonly command: CommandId }> = []
    const keep = <A>(stream: Stream.Stream<A>, list: Array<A>) =>
      Stream.runForEach(stream, (item) => Effect.sync(() => void list.push(item))).pipe(
        Effect.forkIn(scope, { startImmediately: true })
      )
    yield* keep(Context.get(context, DaemonEvents).stream, events)
    yield* keep(commands.progress, progress)
    yield* Effect.forkIn(commands.report(plane), scope)
    yield* TestClock.adjust(0)
    return {
      events,
      progress,
      installs: Context.get(context, Installs),
      jobs: Context.get(context, Jobs),
      take: (...given: ReadonlyArray<Command>) =>
        Effect.andThen(
          Effect.sync(() => given.forEach(commands.take)),
          TestClock.adjust(0)
        ),
      /** As by SIGKILL: what it had not written down is lost. */
      kill: Effect.suspend(() => {
        dead = true
        return Scope.close(scope, Exit.void)
      }),
      stop: Effect.suspend(() => Scope.close(scope, Exit.void))
    }
  })

  const work = (n: number): Work => {
    const found = works[n]
    if (found === undefined) throw new Error(`installation ${n} has not begun`)
    return found
  }
  return { disk, plan, reports, start, told, work, works }
}

/** Lets everything happen that needs no time. */
export const settle = TestClock.adjust(0)
