/** What operators ask of their nodes: stored first, sent at once, read and cancelled. */
import { BadRequest, Conflict, type Forbidden, type NotFound, type Unavailable } from "@infernet/contract/ApiError"
import type { CommandView, IssueCommand } from "@infernet/contract/Command"
import { type CommandId, makeCommandId, type NodeId } from "@infernet/contract/Id"
import { Context, DateTime, Effect, Layer, Option } from "effect"
import { Nodes, type Operator } from "../node/Nodes.ts"
import { Relay } from "../relay/Relay.ts"
import { CommandStore, isOpen, openLimit, opposite, type StoredCommand } from "./CommandStore.ts"
import { Deliveries, patience, unknown } from "./Deliveries.ts"
import { commandView, wishOf } from "./view.ts"

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
  }
>()("@infernet/control-plane/command/Commands") {
  static readonly layer = Layer.effect(
    Commands,
    Effect.suspend(() => make)
  )
}

/** A node that was not heard of for so long will hardly do what it is asked. */
const silentMillis = 600_000

const make = Effect.gen(function* () {
  const deliveries = yield* Deliveries
  const nodes = yield* Nodes
  const relay = yield* Relay
  const store = yield* CommandStore

  const view = (stored: StoredCommand) => commandView(stored, deliveries.progress(stored))
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
      deliveries.follow(command)
      if (opposite[wish.kind] !== undefined) drain(node, wish.kind === "drain")
      deliveries.send(command)
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
    const result = yield* store.cancel(node, id, yield* DateTime.now)
    if (Option.isNone(result)) return yield* unknown(id)
    const { changed, command } = result.value
    if (!changed) return view(command)
    deliveries.follow(command)
    deliveries.send(command, true)
    yield* Effect.logInfo("command cancelled", { command: id, node, state: command.state })
    return view(command)
  }, Effect.uninterruptible)

  return Commands.of({
    issue,
    cancel,
    list: (operator, node, page) =>
      Effect.andThen(
        nodes.operated(node, operator),
        Effect.map(store.list({ node, ...page }), (commands) => commands.map(view))
      ),
    get: (operator, node, id) => Effect.andThen(nodes.operated(node, operator), Effect.map(found(node, id), view))
  })
})

const keyUsed = "this Idempotency-Key was used for another command of this node: choose a new one"
const full = `the node has ${openLimit} commands to do, the most it may have: wait for some, or cancel them`
const silent = (millis: number) =>
  Number.isFinite(millis)
    ? `the node was last heard of ${Math.floor(millis / 60_000)} minutes ago: start it, then command it`
    : "the node has not been heard of since it left: start it, then command it"
