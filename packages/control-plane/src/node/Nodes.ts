/** The nodes of the network: who they are, what they last said, whether they are there. */
import { type Forbidden, NotFound, type Unavailable } from "@infernet/contract/ApiError"
import type { NodeDetails } from "@infernet/contract/api/Commands"
import type { AccountId, NodeId } from "@infernet/contract/Id"
import type { Heartbeat, HeartbeatReply, NodeState, NodeView, Registration } from "@infernet/contract/Node"
import { Liveness } from "@infernet/heartbeat/Liveness"
import { Context, DateTime, Effect, Layer, Stream } from "effect"
import { NodeStore, type RegisteredNode, type StoredNode } from "./NodeStore.ts"
import { type Operator, refusal } from "./rotation.ts"
import { nodeDetails, nodeView } from "./view.ts"

export type { Operator } from "./rotation.ts"

export interface Operated {
  readonly details: NodeDetails
  /** How long it has been silent, in milliseconds: 0 while it is online, infinite when it was never heard. */
  readonly unheardMillis: number
}

export class Nodes extends Context.Service<
  Nodes,
  {
    /** `write` stores the node and answers what is stored then; without it, the store does so as for anybody. */
    readonly register: <E = never>(
      id: NodeId,
      registration: Registration,
      write?: (node: RegisteredNode) => Effect.Effect<StoredNode, E | Unavailable>
    ) => Effect.Effect<NodeView, E | Unavailable>
    readonly heartbeat: (id: NodeId, beat: Heartbeat) => Effect.Effect<HeartbeatReply, Unavailable>
    /** What the node said over its link. Kept in memory: the next heartbeat stores it. */
    readonly observed: (id: NodeId, state: NodeState) => void
    readonly leave: (id: NodeId) => Effect.Effect<void, Unavailable>
    readonly get: (id: NodeId) => Effect.Effect<NodeView, NotFound>
    readonly list: Effect.Effect<ReadonlyArray<NodeView>>
    /** The node's current key; `undefined` when it is unknown or banned. */
    readonly publicKey: (id: NodeId) => string | undefined
    /** The store has been told which key is the node's, and since when. */
    readonly rekeyed: (id: NodeId, publicKey: string, since: DateTime.Utc) => void
    readonly online: () => number
    /** The node, for the account that owns it and for administrators; who may see that it is there is everybody. */
    readonly operated: (id: NodeId, operator: Operator) => Effect.Effect<Operated, NotFound | Forbidden>
    /** Whose node it is; null: the administrator's, or nobody's yet. */
    readonly owner: (id: NodeId) => AccountId | null
    /** Gives the node to an account, or back to the administrator. */
    readonly assign: (id: NodeId, account: AccountId | null) => Effect.Effect<NodeView, NotFound | Unavailable>
    /** Lets the node have jobs. */
    readonly approve: (id: NodeId) => Effect.Effect<NodeView, NotFound | Unavailable>
    /** Whether it waits for an administrator's word, and may have no jobs. */
    readonly isPending: (id: NodeId) => boolean
    /** The store has been told whether the node is to take jobs. */
    readonly drained: (id: NodeId, on: boolean) => void
    /** Whether its operator wants it to take no new jobs. */
    readonly isDraining: (id: NodeId) => boolean
    /** What the node last said of itself. */
    readonly state: (id: NodeId) => NodeState | undefined
  }
>()("@infernet/control-plane/node/Nodes") {
  static readonly layerNoLiveness = Layer.effect(
    Nodes,
    Effect.gen(function* () {
      const store = yield* NodeStore
      const liveness = yield* Liveness
      // The registry is small (kilobytes a node) and asked for at every signed request.
      const nodes = new Map<NodeId, StoredNode>((yield* store.all).map((node) => [node.id, node]))

      yield* liveness.changes.pipe(
        Stream.runForEach(({ id, status }) => Effect.logInfo(`node ${status}`, { node: id })),
        Effect.ignoreCause({ log: "Error", message: "watching nodes ended" }),
        Effect.forkScoped
      )

      const view = (node: StoredNode) => nodeView(node, liveness.isOnline(node.id))
      const change = (id: NodeId, part: Partial<StoredNode>) => {
        const node = nodes.get(id)
        if (node !== undefined) nodes.set(id, { ...node, ...part })
      }

      const find = (id: NodeId) =>
        Effect.suspend(() => {
          const node = nodes.get(id)
          return node === undefined
            ? Effect.fail(new NotFound({ error_message: `no node has the id ${id}` }))
            : Effect.succeed(node)
        })
      const isDraining = (id: NodeId) => nodes.get(id)?.draining ?? false

      const operated = Effect.fnUntraced(function* (id: NodeId, operator: Operator) {
        const node = yield* find(id)
        const refused = refusal(id, node.accountId, operator)
        if (refused !== undefined) return yield* refused
        const isOnline = liveness.isOnline(id)
        const heard = node.lastHeardAt === null ? Number.NEGATIVE_INFINITY : DateTime.toEpochMillis(node.lastHeardAt)
        const unheardMillis = isOnline ? 0 : DateTime.toEpochMillis(yield* DateTime.now) - heard
        return { details: nodeDetails(node, isOnline), unheardMillis }
      })

      const assign = Effect.fn("Nodes.assign")(function* (id: NodeId, account: AccountId | null) {
        yield* find(id)
        if (!(yield* store.assign(id, account))) {
          return yield* new NotFound({ error_message: `no account has the id ${account}` })
        }
        change(id, { accountId: account })
        yield* Effect.logInfo("node assigned", { node: id, account })
        return view(yield* find(id))
      })

      const approve = Effect.fn("Nodes.approve")(function* (id: NodeId) {
        yield* find(id)
        yield* store.approve(id)
        change(id, { approved: true })
        yield* Effect.logInfo("node approved", { node: id })
        return view(yield* find(id))
      })
      const isPending = (id: NodeId) => nodes.get(id)?.approved === false

      const register = Effect.fn("Nodes.register")(function* <E = never>(
        id: NodeId,
        registration: Registration,
        write: (node: RegisteredNode) => Effect.Effect<StoredNode, E | Unavailable> = store.register
      ) {
        const { name, public_key: publicKey, version } = registration
        const row = yield* write({ id, publicKey, name, version, at: yield* DateTime.now })
        const known = nodes.get(id)
        nodes.set(id, { ...row, ...keyOf(known, row), state: known?.state ?? row.state })
        yield* Effect.logInfo("node registered", { node: id, name, version })
        return view(row)
      })

      const heartbeat = Effect.fn("Nodes.heartbeat")(function* (id: NodeId, beat: Heartbeat) {
        const now = yield* DateTime.now
        change(id, { state: beat.state, lastHeardAt: now })
        yield* liveness.heard(id)
        yield* store.heard(id, beat.state, now)
        const reply = { server_time: DateTime.formatIso(now), commands: [], replicas: [], drain: isDraining(id) }
        return isPending(id) ? { ...reply, pending: true } : reply
      })

      const leave = Effect.fn("Nodes.leave")(function* (id: NodeId) {
        yield* liveness.forget(id)
        yield* store.left(id, yield* DateTime.now)
        yield* Effect.logInfo("node left", { node: id })
      })

      return Nodes.of({
        register,
        heartbeat,
        observed: (id, state) => change(id, { state }),
        leave,
        operated,
        owner: (id) => nodes.get(id)?.accountId ?? null,
        assign,
        approve,
        isPending,
        drained: (id, draining) => change(id, { draining }),
        isDraining,
        state: (id) => nodes.get(id)?.state ?? undefined,
        get: (id) => Effect.map(find(id), view),
        list: Effect.sync(() => [...nodes.values()].map(view)),
        publicKey: (id) => {
          const node = nodes.get(id)
          return node === undefined || node.banned ? undefined : node.publicKey
        },
        rekeyed: (id, publicKey, keySince) => change(id, { publicKey, keySince }),
        online: () => [...nodes.keys()].filter((id) => liveness.isOnline(id)).length
      })
    })
  )

  /** With the watch over the nodes, which starts from what the store last heard. */
  static readonly layer = this.layerNoLiveness.pipe(
    Layer.provideMerge(
      Layer.unwrap(
        Effect.map(NodeStore, (store) =>
          Liveness.layer(
            Effect.map(store.all, (nodes) =>
              nodes.flatMap(({ id, lastHeardAt }) =>
                lastHeardAt === null ? [] : [{ id, lastHeardMillis: DateTime.toEpochMillis(lastHeardAt) }]
              )
            )
          )
        )
      )
    )
  )
}

type Keyed = Pick<StoredNode, "publicKey" | "keySince">

/** The later key of two: a row that was read before a rotation may come in after it. */
const keyOf = (known: StoredNode | undefined, row: StoredNode): Keyed => {
  const isLater = known?.keySince && (row.keySince === null || DateTime.isGreaterThan(known.keySince, row.keySince))
  const { keySince, publicKey } = isLater ? known : row
  return { keySince, publicKey }
}
