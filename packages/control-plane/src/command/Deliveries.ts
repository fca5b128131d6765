/** What nodes are told of commands, again and again until they have said how each ended; and what they say of them. */
import { NotFound, type Unavailable } from "@infernet/contract/ApiError"
import type { CommandAck, CommandProgress, CommandReport } from "@infernet/contract/Command"
import type { CommandId, NodeId } from "@infernet/contract/Id"
import type { Progress } from "@infernet/contract/Link"
import { sentence } from "@infernet/platform/sentence"
import { Clock, Context, DateTime, Effect, FiberSet, Layer, Option, Schedule } from "effect"
import { Nodes } from "../node/Nodes.ts"
import { Relay } from "../relay/Relay.ts"
import { CommandStore, isOpen, type StoredCommand } from "./CommandStore.ts"
import { LiveProgress } from "./LiveProgress.ts"
import { commandOf } from "./view.ts"

export class Deliveries extends Context.Service<
  Deliveries,
  {
    /** Tells the node over its link, if there is one; `cancelled` says to stop it, whatever is stored. */
    readonly send: (command: StoredCommand, cancelled?: boolean) => void
    /** What the node is to be told: whatever is under way, oldest first. */
    readonly open: (node: NodeId) => Effect.Effect<ReadonlyArray<StoredCommand>, Unavailable>
    /** What a node says of its command; after the command's end it is answered and changes nothing. */
    readonly report: (
      node: NodeId,
      command: CommandId,
      report: CommandReport
    ) => Effect.Effect<CommandAck, NotFound | Unavailable>
    /** How far the node said over its link that it is; newer than what is stored. */
    readonly progress: (command: StoredCommand) => CommandProgress | undefined
    /** The command was stored just now, or changed. */
    readonly follow: (command: StoredCommand) => void
  }
>()("@infernet/control-plane/command/Deliveries") {
  static readonly layer = Layer.effect(
    Deliveries,
    Effect.suspend(() => make)
  )
}

/** Without a word of the node a command is given up. */
export const patience = { hours: 24 }
const keptFor = { days: 90 }

export const unknown = (id: CommandId) => new NotFound({ error_message: `no command of this node has the id ${id}` })

const make = Effect.gen(function* () {
  const nodes = yield* Nodes
  const relay = yield* Relay
  const store = yield* CommandStore
  const clock = yield* Clock.Clock
  const fork = yield* FiberSet.makeRuntime<never>()
  const live = new LiveProgress()
  const now = () => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)

  const send: Deliveries["Service"]["send"] = (stored, cancelled) =>
    relay.send(stored.nodeId, { type: "command", command: commandOf(stored, cancelled) })
  const follow = (stored: StoredCommand) =>
    isOpen(stored) ? live.add(stored.nodeId, stored.id) : live.forget(stored.nodeId, stored.id)

  const take = Effect.fnUntraced(function* (node: NodeId, command: CommandId, report: CommandReport) {
    const at = yield* DateTime.now
    const result = yield* store.report({
      node,
      command,
      report: plain(report),
      at,
      expiresAt: DateTime.add(at, patience)
    })
    if (Option.isNone(result)) return yield* unknown(command)
    const { changed, command: stored } = result.value
    follow(stored)
    if (changed && !isOpen(stored)) {
      const { error, kind, model, state } = stored
      yield* Effect.logInfo("command ended", { command, node, kind, model, state, error })
    }
    return stored
  })

  const report: Deliveries["Service"]["report"] = Effect.fn("Deliveries.report")(function* (node, id, report) {
    const stored = yield* take(node, id, report)
    if (report.progress !== undefined) live.take(node, id, report.progress, now())
    return { state: stored.state, ...(stored.cancelled && { cancelled: true }) }
  })

  const open = Effect.fn("Deliveries.open")(function* (node: NodeId) {
    const commands = yield* store.open(node)
    live.follow(
      node,
      commands.map(({ id }) => id)
    )
    return commands
  })

  relay.attend({
    linked: (node) => {
      if (nodes.isDraining(node)) relay.send(node, { type: "drain" })
      const repeat = Effect.map(open(node), (commands) => commands.forEach((command) => send(command)))
      fork(Effect.ignoreCause(repeat, { log: "Warn", message: "commands wait for the node's next heartbeat" }))
    },
    progress: (node, { command, progress }: typeof Progress.Type) => {
      if (!live.take(node, command, progress, now())) return
      const kept = Effect.map(take(node, command, { state: "running", progress }), (stored) => {
        // It runs on at the node though it has ended here.
        if (!isOpen(stored)) send(stored, true)
      })
      fork(Effect.ignoreCause(kept, { log: "Warn", message: "progress was not stored" }))
    }
  })

  yield* Effect.gen(function* () {
    const at = yield* DateTime.now
    for (const expired of yield* store.expire(at)) {
      follow(expired)
      yield* Effect.logInfo("command expired", { command: expired.id, node: expired.nodeId })
    }
    yield* store.forget(DateTime.subtract(at, keptFor))
  }).pipe(
    Effect.ignoreCause({ log: "Warn", message: "commands that are over could not be ended" }),
    Effect.repeat(Schedule.spaced("1 minute")),
    Effect.forkScoped
  )

  return Deliveries.of({ send, open, report, follow, progress: ({ id, nodeId }) => live.of(nodeId, id) })
})

/** A node's words reach its operator's terminal. */
const plain = ({ error_message, ...report }: CommandReport): CommandReport =>
  error_message === undefined ? report : { ...report, error_message: sentence(error_message) }
