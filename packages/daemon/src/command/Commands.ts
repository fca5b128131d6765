/**
 * What the operator asks of this node from afar: each is done once, however often and by whichever way it comes, and
 * told until the control plane has answered.
 *
 *   taken ──written down──▶ running ──▶ over ──answered──▶ told ──▶ forgotten in the end
 *                              └── process gone: begun again by the next one, unless it was killed three times
 */
import { InstallError } from "@infernet/backend/install/Install"
import { allowed, policy as readPolicy, removalAllowed } from "@infernet/backend/install/policy"
import type { Command, CommandProgress, CommandReport } from "@infernet/contract/Command"
import type { CommandId, ControlPlaneId } from "@infernet/contract/Id"
import { remoteInstall, remoteRemoval } from "@infernet/contract/RemoteModel"
import { sentence } from "@infernet/platform/sentence"
import { Cause, Context, Effect, Exit, FiberMap, Latch, Layer, PubSub, Queue, Stream } from "effect"
import { DaemonEvents } from "../DaemonEvents.ts"
import { Jobs } from "../job/Jobs.ts"
import { ControlPlane } from "../node/ControlPlane.ts"
import { Installs, Stopped } from "./Installs.ts"
import { Journal } from "./Journal.ts"
import { type Task, Tasks } from "./Tasks.ts"
import * as tell from "./tell.ts"

export class Commands extends Context.Service<
  Commands,
  {
    readonly take: (command: Command) => void
    /** Whether the operator wants this node to take new jobs, as the control plane has it stored. */
    readonly drain: (on: boolean) => void
    /** How far commands come from now on; a reader that is slow gets the newest. */
    readonly progress: Stream.Stream<{ readonly command: CommandId; readonly progress: CommandProgress }>
    /** Tells this control plane what becomes of commands, for as long as it runs. */
    readonly report: (controlPlane: ControlPlaneId) => Effect.Effect<never>
  }
>()("@infernet/daemon/command/Commands") {
  static readonly layer = Layer.effect(
    Commands,
    Effect.suspend(() => make)
  )
}

/** Commands that have come and wait to be written down; more than these come again by themselves. */
const mostWaiting = 256
/** What ended with its process so often is not tried again: it may be what ends it. */
const mostStarts = 3

const make = Effect.gen(function* () {
  const controlPlane = yield* ControlPlane
  const events = yield* DaemonEvents
  const installs = yield* Installs
  const jobs = yield* Jobs
  const journal = yield* Journal
  const policy = yield* readPolicy
  const bell = yield* Latch.make()
  const fibers = yield* FiberMap.make<CommandId, void>()
  const coming = yield* Queue.dropping<Command>(mostWaiting)
  const progress = yield* PubSub.sliding<{ command: CommandId; progress: CommandProgress }>(16)
  const tasks = new Tasks(yield* journal.read)
  const written = journal.write(() => tasks.entries())

  const drain = (on: boolean) => {
    if (jobs.drain(on)) events.publish({ type: "draining", on })
  }
  const say = ({ command }: Task, outcome: string) => events.publish({ type: "command", command, outcome })

  const finish = Effect.fnUntraced(function* (task: Task, end: CommandReport) {
    task.end = end
    // What went wrong with an installation has been said of its model.
    const why = task.installation === undefined ? end.error_message : undefined
    say(task, why === undefined ? end.state : `${end.state}: ${why}`)
    yield* written
    bell.openUnsafe()
  })

  const installation = Effect.fnUntraced(function* ({ command }: Task) {
    if (command.kind === "model_install") {
      const source = remoteInstall(command)
      if (source._tag === "Fault") return yield* notAllowed(source.message)
      yield* allowed(policy, source)
      return yield* installs.start(source, undefined, { maxBytes: policy.maxBytes })
    }
    const name = remoteRemoval(command)
    if (typeof name !== "string") return yield* notAllowed(name.message)
    yield* removalAllowed(policy)
    return yield* installs.remove(name)
  })

  /** Runs until the installation is over. Its end with the process is no end, and one in peace is no bad sign of it. */
  const follow = Effect.fnUntraced(function* (task: Task) {
    const { id } = task.command
    const begun = yield* Effect.result(installation(task))
    if (begun._tag === "Failure") return yield* finish(task, failed(begun.failure))
    task.installation = begun.success
    bell.openUnsafe()
    const pass = Stream.runForEach(begun.success.news, (news) =>
      PubSub.publish(progress, { command: id, progress: news })
    )
    const exit = yield* Effect.exit(Effect.raceFirst(begun.success.result, Effect.andThen(pass, Effect.never)))
    if (Exit.isSuccess(exit)) return yield* finish(task, { state: "completed" })
    if (Cause.hasInterrupts(exit.cause)) return
    const error = Cause.squash(exit.cause)
    if (error instanceof Stopped) return yield* finish(task, { state: "cancelled" })
    yield* finish(task, failed(error instanceof InstallError ? error : bug))
  })
  const stopInPeace = (task: Task) =>
    Effect.suspend(() => {
      task.starts -= 1
      return written
    })

  const begin = Effect.fnUntraced(function* (task: Task) {
    const { id, kind } = task.command
    if (task.starts >= mostStarts) return yield* finish(task, failed(endedWithIt))
    task.starts += 1
    yield* written
    if (kind === "model_install" || kind === "model_remove") {
      return yield* Effect.asVoid(
        FiberMap.run(
          fibers,
          id,
          Effect.onInterrupt(follow(task), () => stopInPeace(task))
        )
      )
    }
    drain(kind === "drain")
    yield* finish(task, { state: "completed" })
  })

  const stop = ({ installation }: Task) =>
    installation === undefined ? Effect.void : Effect.asVoid(installs.cancel(installation.id))

  const obey = Effect.fnUntraced(function* (command: Command) {
    const known = tasks.get(command.id)
    // The control plane does not know of the end, whatever it has answered.
    if (known?.isOver === true) {
      known.told = false
      return bell.openUnsafe()
    }
    if (known !== undefined) return yield* command.cancelled === true ? stop(known) : Effect.void
    const task = tasks.add(command)
    if (task === undefined) return yield* Effect.logWarning("too many commands at a time", { command: command.id })
    say(task, "received")
    yield* command.cancelled === true ? finish(task, { state: "cancelled" }) : begin(task)
  })

  const answered: tell.Telling["answered"] = Effect.fnUntraced(function* (task, told, ack) {
    if (told.state !== "running") {
      task.told = true
      return yield* written
    }
    task.heard = true
    // It has ended there, or is to be stopped, or nobody knows of it.
    if (ack?.state !== "running" || ack.cancelled === true) yield* stop(task)
  })

  yield* Effect.gen(function* () {
    for (const task of tasks.all) if (!task.isOver) yield* begin(task)
    return yield* Effect.forever(Effect.flatMap(Queue.take(coming), obey))
  }).pipe(Effect.ignoreCause({ log: "Error", message: "commands are no longer taken" }), Effect.forkScoped)

  return Commands.of({
    take: (command) => void Queue.offerUnsafe(coming, command),
    drain,
    progress: Stream.fromPubSub(progress),
    report: (id) => tell.run(id, { controlPlane, bell, next: () => tasks.next, answered })
  })
})

const notAllowed = (message: string) => new InstallError({ reason: "not_allowed", message })
const bug = new InstallError({ reason: "failed", message: "the node failed while doing it; its log says why" })
const endedWithIt = new InstallError({
  reason: "failed",
  message: `the node ended ${mostStarts} times while doing it, so it is not tried again: its log may say why`
})

const failed = ({ message, reason }: InstallError): CommandReport => ({
  state: "failed",
  error: reason,
  error_message: sentence(message)
})
