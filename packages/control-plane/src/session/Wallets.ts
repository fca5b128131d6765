/** The wallets that sign in to accounts. */
import { Conflict, NotFound, type Unavailable } from "@infernet/contract/ApiError"
import { AccountId } from "@infernet/contract/Id"
import { Context, DateTime, Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { away } from "../database/away.ts"

/** Addresses are in lower case. */
export class Wallets extends Context.Service<
  Wallets,
  {
    readonly accountOf: (address: string) => Effect.Effect<Option.Option<AccountId>, Unavailable>
    /** Adding one that is there already changes nothing; it cannot be another account's as well. */
    readonly add: (account: AccountId, address: string) => Effect.Effect<void, Conflict | Unavailable>
    readonly list: (account: AccountId) => Effect.Effect<ReadonlyArray<string>, Unavailable>
    readonly remove: (account: AccountId, address: string) => Effect.Effect<void, NotFound | Unavailable>
  }
>()("@infernet/control-plane/session/Wallets") {
  static readonly layer = Layer.effect(
    Wallets,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const decode = Schema.decodeUnknownEffect(
        Schema.Array(Schema.Struct({ address: Schema.String, accountId: AccountId }))
      )
      const rows = (column: "address" | "account_id", value: string) =>
        away(
          Effect.flatMap(
            sql`select address, account_id from wallet where ${sql(column)} = ${value} order by created_at`,
            decode
          )
        )
      const accountOf = (address: string) =>
        Effect.map(rows("address", address), ([row]) => Option.fromUndefinedOr(row?.accountId))

      return Wallets.of({
        accountOf,
        list: (account) => Effect.map(rows("account_id", account), (found) => found.map(({ address }) => address)),
        add: Effect.fn("Wallets.add")(function* (account, address) {
          const now = DateTime.toDate(yield* DateTime.now)
          yield* away(sql`
            insert into wallet (address, account_id, created_at) values (${address}, ${account}, ${now})
            on conflict (address) do nothing`)
          if (Option.getOrUndefined(yield* accountOf(address)) === account) return
          return yield* new Conflict({ error_message: `${address} signs in to another account already` })
        }),
        remove: Effect.fn("Wallets.remove")(function* (account, address) {
          const gone = yield* away(
            sql`delete from wallet where address = ${address} and account_id = ${account} returning address`
          )
          if (gone.length === 0)
            return yield* new NotFound({ error_message: `${address} is no wallet of your account` })
        })
      })
    })
  )
}
