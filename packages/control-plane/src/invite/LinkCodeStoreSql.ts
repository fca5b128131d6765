/** Link codes in PostgreSQL: a code is used under a lock of its row, in one transaction with the node that joins. */
import { Forbidden, type Unavailable } from "@infernet/contract/ApiError"
import { AccountId, NodeId } from "@infernet/contract/Id"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { away } from "../database/away.ts"
import { judge, LinkCodeStore, type NewLinkCode, type Redemption, unusedLimit } from "./LinkCodeStore.ts"

const Time = Schema.DateTimeUtcFromDate
const Row = Schema.Struct({
  hash: Schema.String,
  accountId: AccountId,
  createdAt: Time,
  expiresAt: Time,
  usedBy: Schema.NullOr(NodeId)
})

const date = DateTime.toDate
const failed = (error: SqlError.SqlError) => away(Effect.fail(error))

export const layer = Layer.effect(
  LinkCodeStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const decode = Schema.decodeUnknownEffect(Schema.Array(Row))

    const create = Effect.fn("LinkCodeStore.create")(function* ({
      accountId,
      createdAt,
      expiresAt,
      hash
    }: NewLinkCode) {
      // Two at once both see the codes before them: the account's row lets one in after the other.
      yield* away(sql`select from account where id = ${accountId} for no key update`)
      yield* away(sql`
        delete from link_code where account_id = ${accountId} and used_at is null and expires_at <= ${date(createdAt)}`)
      const stored = yield* away(sql`
        insert into link_code (hash, account_id, created_at, expires_at)
        select ${hash}, ${accountId}, ${date(createdAt)}, ${date(expiresAt)}
         where (select count(*) from link_code where account_id = ${accountId} and used_at is null) < ${unusedLimit}
        returning hash`)
      return stored.length > 0
    })

    const redeem = Effect.fnUntraced(function* <A>(
      { at, hash, node }: Redemption,
      join: (account: AccountId | undefined) => Effect.Effect<A, Forbidden | Unavailable>
    ) {
      const [row] = yield* away(
        Effect.flatMap(
          sql`select hash, account_id, created_at, expires_at, used_by from link_code where hash = ${hash} for update`,
          decode
        )
      )
      const account = judge(row, { at, node })
      if (account instanceof Forbidden) return yield* account
      if (account !== undefined) {
        yield* away(sql`update link_code set used_at = ${date(at)}, used_by = ${node} where hash = ${hash}`)
      }
      return yield* join(account)
    })

    return LinkCodeStore.of({
      create: (code) => sql.withTransaction(create(code)).pipe(Effect.catchTag("SqlError", failed)),
      redeem: (redemption, join) =>
        sql.withTransaction(redeem(redemption, join)).pipe(Effect.catchTag("SqlError", failed))
    })
  })
)
