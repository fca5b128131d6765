/** Changes of keys in PostgreSQL: decided and stored under a lock of the node's row, in one transaction. */
import { isApiError } from "@infernet/contract/ApiError"
import { AccountId, NodeId } from "@infernet/contract/Id"
import { PublicKey } from "@infernet/contract/Node"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { away } from "../database/away.ts"
import type { NodeStore } from "./NodeStore.ts"
import { dayBefore, judge, type KeyRotation, shortened } from "./rotation.ts"

const Time = Schema.DateTimeUtcFromDate
const NodeRow = Schema.Struct({ publicKey: PublicKey, banned: Schema.Boolean, accountId: Schema.NullOr(AccountId) })
const RetiredRow = Schema.Struct({ publicKey: PublicKey, nodeId: NodeId, retiredAt: Time, receiptsUntil: Time })

const date = DateTime.toDate
const failed = (error: SqlError.SqlError) => away(Effect.fail(error))

export const retiredKeysSql = (
  sql: SqlClient.SqlClient
): Pick<NodeStore["Service"], "keyOwner" | "rotate" | "retiredKeys"> => {
  const columns = sql.literal("public_key, node_id, retired_at, receipts_until")
  const nodeRows = Schema.decodeUnknownEffect(Schema.Array(NodeRow))
  const retiredRows = Schema.decodeUnknownEffect(Schema.Array(RetiredRow))

  const owners = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ id: NodeId })))

  const keyOwner = (key: string) =>
    sql`
      select id from node where public_key = ${key}
      union all select node_id from retired_key where public_key = ${key}`.pipe(
      Effect.flatMap(owners),
      Effect.map(([owner]) => owner?.id)
    )

  /** Whoever changes this node's key next waits for the end of the transaction. */
  const facts = Effect.fnUntraced(function* ({ at, from, id, to }: KeyRotation) {
    const [node] = yield* Effect.flatMap(
      sql`select public_key, banned, account_id from node where id = ${id} for update`,
      nodeRows
    )
    const [retirement] = yield* Effect.flatMap(
      sql`select ${columns} from retired_key where public_key = ${from}`,
      retiredRows
    )
    const isUsed = (yield* keyOwner(to)) !== undefined
    const recent = yield* Effect.flatMap(
      sql`
        select ${columns} from retired_key
         where node_id = ${id} and retired_at > ${date(dayBefore(at))} order by retired_at`,
      retiredRows
    )
    return { node, retirement, isUsed, recent: recent.map(({ retiredAt }) => retiredAt) }
  })

  const rotate = Effect.fnUntraced(function* (rotation: KeyRotation) {
    const { at, from, id, receiptsUntil, to } = rotation
    const verdict = judge(yield* away(facts(rotation)), rotation)
    if (isApiError(verdict)) return yield* Effect.fail(verdict)
    yield* away(sql`
      update retired_key set receipts_until = greatest(retired_at, ${date(receiptsUntil)})
       where node_id = ${id} and receipts_until > ${date(receiptsUntil)}`)
    if (verdict !== "rotate") return shortened(verdict, receiptsUntil)
    yield* away(sql`update node set public_key = ${to}, key_since = ${date(at)} where id = ${id}`)
    yield* away(sql`
      insert into retired_key (${columns}) values (${from}, ${id}, ${date(at)}, ${date(receiptsUntil)})`)
    return { publicKey: from, nodeId: id, retiredAt: at, receiptsUntil }
  })

  return {
    keyOwner: (key) => away(keyOwner(key)),
    rotate: (rotation) => sql.withTransaction(rotate(rotation)).pipe(Effect.catchTag("SqlError", failed)),
    retiredKeys: (id, at) =>
      away(
        Effect.flatMap(
          sql`
            select ${columns} from retired_key
             where node_id = ${id} and receipts_until > ${date(at)} order by retired_at desc`,
          retiredRows
        )
      )
  }
}
