/** What operators ask of their nodes: stored first, delivered until the node has spoken, followed to its end. */
import { BadRequest, Conflict, type Forbidden, NotFound, type Unavailable } from "@infernet/contract/ApiError"
import type { Command, CommandAck, CommandReport, CommandView, IssueCommand } from "@infernet/contract/Command"
import { type CommandId, makeCommandId, type NodeId } from "@infernet/contract/Id"
import type { Progress } from "@infernet/contract/Link"
import { sentence } from "@infernet/platform/sentence"
import { Clock, Context, DateTime, Effect, FiberSet, Layer, Option, Schedule } from "effect"
import { Nodes, type Operator } from "../node/Nodes.ts"
import { Relay } from "../relay/Relay.ts"
import { CommandStore, isOpen, openLimit, opposite, type Report, type StoredCommand } from "./CommandStore.ts"
import { LiveProgress } from "./LiveProgress.ts"
import { commandOf, commandView, wishOf } from "./view.ts"

type NotYours = NotFound | Forbidden

export class Commands extends Context.Service<
  Commands,
  {
    /** Stores a command and sends it. The same wish while it is under way, or under the same key, is the same command. */
    readonly issue: (
      operator: Operator,
      node: NodeId,
      asked: IssueCommand,
      idempotencyKey: string | undefined
    ) => Effect.Effect<CommandView, NotYours | BadRequest | Conflict | Unavailable>
    /** Newest first; those older than `before`. */
    readonly list: (
      operator: Operator,
      node: NodeId,
      page: { readonly limit: number; readonly before: CommandId | undefined }
    ) => Effect.Effect<ReadonlyArray<CommandView>, NotYours | Unavailable>
    readonly get: (
      operator: Operator,
      node: NodeId,
      command: CommandId
    ) => Effect.Effect<CommandView, NotYours | Unavailable>
    readonly cancel: (
      operator: Operator,
      node: NodeId,
      command: CommandId
    ) => Effect.Effect<CommandView, NotYours | Conflict | Unavailable>
    /** What the node itself says; after a command's end it is answered and changes nothing. */
    readonly report: (
      node: NodeId,
      command: CommandId,
      report: CommandReport
    ) => Effect.Effect<CommandAck, NotFound | Unavailable>
    /** What the node has to do, again until it has said how it ended. */
    readonly open: (node: NodeId) => Effect.Effect<ReadonlyArray<Command>, Unavailable>
  }
>()("@infernet/control-plane/command/Commands") {
  static readonly layer = Layer.effect(
    Commands,
    Effect.suspend(() => make)
  )
}

/** A node that was not heard of for so long will hardly do what it is asked. */
const silentMillis = 600_000
/** Without a word of the node a command is given up. */
const patience = { hours: 24 }
const keptFor = { days: 90 }

const make = Effect.gen(function* () {
  const nodes = yield* Nodes
  const relay = yield* Relay
  const store = yield* CommandStore
  const clock = yield* Clock.Clock
  const fork = yield* FiberSet.makeRuntime<never>()
  const live = new LiveProgress()
  const now = () => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)

  const view = (stored: StoredCommand) => commandView(stored, live.of(stored.nodeId, stored.id))
  const send = (stored: StoredCommand, cancelled?: boolean) =>
    relay.send(stored.nodeId, { type: "command", command: commandOf(stored, cancelled) })
  /** The router hears of it now, and not when the node has obeyed. */
  const drain = (node: NodeId, on: boolean) => {
    nodes.drained(node, on)
    const state = nodes.state(node)
    if (state !== undefined) relay.observe(node, state)
  }

  const issue: Commands["Service"]["issue"] = Effect.fn("Commands.issue")(
    function* (operator, node, asked, idempotencyKey) {
      const { unheardMillis } = yield* nodes.operated(node, operator)
      const wish = wishOf(asked)
      if ("_tag" in wish) {
        return yield* new BadRequest({ field: wish.field, error_message: `${wish.field}: ${wish.message}` })
      }
      if (unheardMillis >= silentMillis) return yield* new Conflict({ error_message: silent(unheardMillis) })
      const createdAt = yield* DateTime.now
      const issued = yield* store.issue({
        ...wish,
        id: yield* makeCommandId,
        nodeId: node,
        issuedBy: operator.account,
        idempotencyKey: idempotencyKey ?? null,
        createdAt,
        expiresAt: DateTime.add(createdAt, patience)
      })
      if (issued._tag === "KeyUsed") return yield* new Conflict({ error_message: keyUsed })
      if (issued._tag === "Full") return yield* new Conflict({ error_message: full })
      const { command } = issued
      if (issued._tag === "Known") return view(command)
      live.add(node, command.id)
      if (opposite[wish.kind] !== undefined) drain(node, wish.kind === "drain")
      send(command)
      yield* Effect.logInfo("command issued", { command: command.id, node, kind: wish.kind, model: wish.model })
      return view(command)
    },
    // A client that hangs up has asked: what is stored is also sent.
    Effect.uninterruptible
  )

  const found = (node: NodeId, id: CommandId) =>
    Effect.flatMap(
      store.get(node, id),
      Option.match({ onNone: () => Effect.fail(unknown(id)), onSome: (stored) => Effect.succeed(stored) })
    )

  const cancel: Commands["Service"]["cancel"] = Effect.fn("Commands.cancel")(function* (operator, node, id) {
    yield* nodes.operated(node, operator)
    const { kind, state } = yield* found(node, id)
    const back = opposite[kind]
    if (back !== undefined && isOpen({ state })) {
      return yield* new Conflict({ error_message: `${kind} took effect when it was issued: send ${back} instead` })
    }
    const changed = yield* store.cancel(node, id, yield* DateTime.now)
    if (Option.isNone(changed)) return yield* unknown(id)
    const { command } = changed.value
    if (changed.value.changed) {
      if (!isOpen(command)) live.forget(node, id)
      send(command, true)
      yield* Effect.logInfo("command cancelled", { command: id, node, state: command.state })
    }
    return view(command)
  }, Effect.uninterruptible)

  const take = Effect.fnUntraced(function* (node: NodeId, command: CommandId, report: CommandReport) {
    const at = yield* DateTime.now
    const entry: Report = { node, command, report: plain(report), at, expiresAt: DateTime.add(at, patience) }
    const result = yield* store.report(entry)
    if (Option.isNone(result)) return yield* unknown(command)
    const { changed, command: stored } = result.value
    if (!isOpen(stored)) live.forget(node, command)
    else if (changed) live.add(node, command)
    if (changed && !isOpen(stored)) {
      const { error, kind, model, state } = stored
      yield* Effect.logInfo("command ended", { command, node, kind, model, state, error })
    }
    return stored
  })

  const report: Commands["Service"]["report"] = Effect.fn("Commands.report")(function* (node, id, report) {
    const stored = yield* take(node, id, report)
    if (report.progress !== undefined) live.take(node, id, report.progress, now())
    return { state: stored.state, ...(stored.cancelled && { cancelled: true }) }
  })

  const open = Effect.fn("Commands.open")(function* (node: NodeId) {
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
    for (const { id, nodeId } of yield* store.expire(at)) {
      live.forget(nodeId, id)
      yield* Effect.logInfo("command expired", { command: id, node: nodeId })
    }
    yield* store.forget(DateTime.subtract(at, keptFor))
  }).pipe(
    Effect.ignoreCause({ log: "Warn", message: "commands that are over could not be ended" }),
    Effect.repeat(Schedule.spaced("1 minute")),
    Effect.forkScoped
  )

  return Commands.of({
    issue,
    cancel,
    report,
    open: (node) => Effect.map(open(node), (commands) => commands.map((command) => commandOf(command))),
    list: (operator, node, page) =>
      Effect.andThen(
        nodes.operated(node, operator),
        Effect.map(store.list({ node, ...page }), (commands) => commands.map(view))
      ),
    get: (operator, node, id) => Effect.andThen(nodes.operated(node, operator), Effect.map(found(node, id), view))
  })
})

const unknown = (id: CommandId) => new NotFound({ error_message: `no command of this node has the id ${id}` })
const keyUsed = "this Idempotency-Key was used for another command of this node: choose a new one"
const full = `the node has ${openLimit} commands to do, the most it may have: wait for some, or cancel them`
const silent = (millis: number) =>
  Number.isFinite(millis)
    ? `the node was last heard of ${Math.floor(millis / 60_000)} minutes ago: start it, then command it`
    : "the node has not been heard of since it left: start it, then command it"

/** A node's words reach its operator's terminal. */
const plain = ({ error_message, ...report }: CommandReport): CommandReport =>
  error_message === undefined ? report : { ...report, error_message: sentence(error_message) }
