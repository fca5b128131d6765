/** The durable registry of nodes. */
import type { Conflict, Forbidden, NotFound, RateLimited, Unavailable } from "@infernet/contract/ApiError"
import { AccountId, NodeId } from "@infernet/contract/Id"
import { NodeState, PublicKey } from "@infernet/contract/Node"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { away } from "../database/away.ts"
import { JsonText } from "../database/json.ts"
import { retiredKeysMemory } from "./RetiredKeysMemory.ts"
import { retiredKeysSql } from "./RetiredKeysSql.ts"
import type { KeyRotation, RetiredKey } from "./rotation.ts"

const Time = Schema.DateTimeUtcFromDate

export const StoredNode = Schema.Struct({
  id: NodeId,
  publicKey: PublicKey,
  /** Since when that is its key; null: since it registered. */
  keySince: Schema.NullOr(Time),
  name: Schema.String,
  version: Schema.String,
  banned: Schema.Boolean,
  /** Whether it may have jobs; else an administrator has not said so yet. */
  approved: Schema.Boolean,
  /** Whose node it is; null: the administrator's. */
  accountId: Schema.NullOr(AccountId),
  /** Whether its operator wants it to take no new jobs. */
  draining: Schema.Boolean,
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
  /** Whose it is from now on; without one, whose it was. */
  readonly account?: AccountId | undefined
  /** Of a node that is not stored yet; a stored one keeps what it has. */
  readonly approved?: boolean
}

export class NodeStore extends Context.Service<
  NodeStore,
  {
    readonly all: Effect.Effect<ReadonlyArray<StoredNode>>
    /** Inserts the node or updates its name, version and account; never its key. Answers what is stored now. */
    readonly register: (node: RegisteredNode) => Effect.Effect<StoredNode, Unavailable>
    readonly heard: (id: NodeId, state: NodeState, at: DateTime.Utc) => Effect.Effect<void, Unavailable>
    readonly left: (id: NodeId, at: DateTime.Utc) => Effect.Effect<void, Unavailable>
    /** Joins the transaction it is called in, if any. */
    readonly drain: (id: NodeId, on: boolean) => Effect.Effect<void, Unavailable>
    /** Gives the node to an account; `false` when there is no such account, and nothing was changed. */
    readonly assign: (id: NodeId, account: AccountId | null) => Effect.Effect<boolean, Unavailable>
    readonly approve: (id: NodeId) => Effect.Effect<void, Unavailable>
    /** Whose key it is, or was. */
    readonly keyOwner: (publicKey: string) => Effect.Effect<NodeId | undefined, Unavailable>
    /** Puts one key in the place of another, or finds that this was done before; answers the old one's retirement. */
    readonly rotate: (
      rotation: KeyRotation
    ) => Effect.Effect<RetiredKey, NotFound | Forbidden | Conflict | RateLimited | Unavailable>
    /** Keys of before that may still sign receipts then, the newest first. */
    readonly retiredKeys: (id: NodeId, at: DateTime.Utc) => Effect.Effect<ReadonlyArray<RetiredKey>, Unavailable>
  }
>()("@infernet/control-plane/node/NodeStore") {
  static readonly layerSql = Layer.effect(
    NodeStore,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const columns = sql.literal(
        "id, public_key, key_since, name, version, banned, approved, account_id, draining, registered_at, last_heard_at, state"
      )
      const decode = Schema.decodeUnknownEffect(Schema.Array(StoredNode))
      return NodeStore.of({
        all: Effect.orDie(Effect.flatMap(sql`select ${columns} from node`, decode)),
        register: ({ account, approved, at, id, name, publicKey, version }) =>
          sql`
            insert into node (id, public_key, name, version, registered_at, account_id, approved)
            values (${id}, ${publicKey}, ${name}, ${version}, ${DateTime.toDate(at)}, ${account ?? null}, ${approved ?? true})
            on conflict (id) do update
               set name = excluded.name, version = excluded.version, left_at = null,
                   account_id = coalesce(excluded.account_id, node.account_id)
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
          ),
        drain: (id, on) => away(Effect.asVoid(sql`update node set draining = ${on} where id = ${id}`)),
        assign: (id, account) =>
          away(sql`
            update node set account_id = ${account}
             where id = ${id} and (${account}::text is null or exists (select from account where id = ${account}))
            returning id`).pipe(Effect.map((rows) => rows.length > 0)),
        approve: (id) => away(Effect.asVoid(sql`update node set approved = true where id = ${id}`)),
        ...retiredKeysSql(sql)
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
      register: ({ account, approved = true, at, id, name, publicKey, version }) =>
        Effect.sync(() => {
          const before = rows.get(id)
          const accountId = account ?? before?.accountId ?? null
          const none = { keySince: null, banned: false, approved, draining: false, lastHeardAt: null, state: null }
          const row: StoredNode = before
            ? { ...before, name, version, accountId }
            : { id, publicKey, name, version, accountId, registeredAt: at, ...none }
          rows.set(id, row)
          return row
        }),
      heard: (id, state, at) => change(id, { state, lastHeardAt: at }),
      left: (id) => change(id, { lastHeardAt: null }),
      drain: (id, draining) => change(id, { draining }),
      assign: (id, accountId) => Effect.as(change(id, { accountId }), true),
      approve: (id) => change(id, { approved: true }),
      ...retiredKeysMemory(rows)
    }
  })
}
