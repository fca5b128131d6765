/** The durable registry of nodes. */
import type { Unavailable } from "@infernet/contract/ApiError"
import { NodeId } from "@infernet/contract/Id"
import { NodeState, PublicKey } from "@infernet/contract/Node"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { away } from "../database/away.ts"
import { JsonText } from "../database/json.ts"

const Time = Schema.DateTimeUtcFromDate

export const StoredNode = Schema.Struct({
  id: NodeId,
  publicKey: PublicKey,
  name: Schema.String,
  version: Schema.String,
  banned: Schema.Boolean,
  registeredAt: Time,
  lastHeardAt: Schema.NullOr(Time),
  state: Schema.NullOr(JsonText(NodeState))
})
export type StoredNode = typeof StoredNode.Type

export interface RegisteredNode {
  readonly id: NodeId
  readonly publicKey: string
  readonly name: string
  readonly version: string
  readonly at: DateTime.Utc
}

export class NodeStore extends Context.Service<
  NodeStore,
  {
    readonly all: Effect.Effect<ReadonlyArray<StoredNode>>
    /** Inserts the node or updates its name and version; never its key. Answers what is stored now. */
    readonly register: (node: RegisteredNode) => Effect.Effect<StoredNode, Unavailable>
    readonly heard: (id: NodeId, state: NodeState, at: DateTime.Utc) => Effect.Effect<void, Unavailable>
    readonly left: (id: NodeId, at: DateTime.Utc) => Effect.Effect<void, Unavailable>
  }
>()("@infernet/control-plane/node/NodeStore") {
  static readonly layerSql = Layer.effect(
    NodeStore,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const columns = sql.literal("id, public_key, name, version, banned, registered_at, last_heard_at, state")
      const decode = Schema.decodeUnknownEffect(Schema.Array(StoredNode))
      return NodeStore.of({
        all: Effect.orDie(Effect.flatMap(sql`select ${columns} from node`, decode)),
        register: ({ at, id, name, publicKey, version }) =>
          sql`
            insert into node (id, public_key, name, version, registered_at)
            values (${id}, ${publicKey}, ${name}, ${version}, ${DateTime.toDate(at)})
            on conflict (id) do update set name = excluded.name, version = excluded.version, left_at = null
            returning ${columns}`.pipe(
            Effect.flatMap(decode),
            Effect.flatMap(([row]) =>
              row === undefined ? Effect.die(new Error("no row returned")) : Effect.succeed(row)
            ),
            away
          ),
        heard: (id, state, at) =>
          away(
            Effect.asVoid(
              sql`update node set state = ${JSON.stringify(state)}, last_heard_at = ${DateTime.toDate(at)} where id = ${id}`
            )
          ),
        left: (id, at) =>
          away(
            Effect.asVoid(sql`update node set left_at = ${DateTime.toDate(at)}, last_heard_at = null where id = ${id}`)
          )
      })
    })
  )

  static readonly layerMemory = Layer.sync(NodeStore, () => {
    const rows = new Map<NodeId, StoredNode>()
    const change = (id: NodeId, part: Partial<StoredNode>) =>
      Effect.sync(() => {
        const row = rows.get(id)
        if (row !== undefined) rows.set(id, { ...row, ...part })
      })
    return {
      all: Effect.sync(() => [...rows.values()]),
      register: ({ at, id, name, publicKey, version }) =>
        Effect.sync(() => {
          const before = rows.get(id)
          const row: StoredNode = before
            ? { ...before, name, version }
            : { id, publicKey, name, version, banned: false, registeredAt: at, lastHeardAt: null, state: null }
          rows.set(id, row)
          return row
        }),
      heard: (id, state, at) => change(id, { state, lastHeardAt: at }),
      left: (id) => change(id, { lastHeardAt: null })
    }
  })
}
