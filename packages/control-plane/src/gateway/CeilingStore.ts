/** What was signed for each channel, written down for the next process of this replica. */
import type { Unavailable } from "@infernet/contract/ApiError"
import { ChannelId, type Voucher } from "@infernet/contract/Receipt"
import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { away } from "../database/away.ts"

export interface StoredCeiling {
  readonly channel: ChannelId
  /** Micro-USDC: billed in all, and signed for at most. */
  readonly cumulative: bigint
  readonly ceiling: bigint
}

export class CeilingStore extends Context.Service<
  CeilingStore,
  {
    /** Of channels over which this replica bills. */
    readonly all: Effect.Effect<ReadonlyArray<StoredCeiling>, Unavailable>
    /** Never lowers a ceiling. Answers whose channels are stored: the others wait for theirs. */
    readonly save: (vouchers: ReadonlyArray<Voucher>) => Effect.Effect<ReadonlySet<ChannelId>, Unavailable>
  }
>()("@infernet/control-plane/gateway/CeilingStore") {
  static readonly layerSql = (replica: string) => Layer.effect(CeilingStore, make(replica))
}

const Rows = Schema.Array(Schema.Struct({ channel: ChannelId, cumulative: Schema.BigInt, ceiling: Schema.BigInt }))
const Ids = Schema.Array(Schema.Struct({ id: ChannelId }))

const make = Effect.fnUntraced(function* (replica: string) {
  const sql = yield* SqlClient.SqlClient
  return CeilingStore.of({
    all: away(
      Effect.flatMap(
        sql`select id as channel, cumulative, ceiling from channel where replica = ${replica} and state = 'current'`,
        Schema.decodeUnknownEffect(Rows)
      )
    ),
    save: (vouchers) =>
      away(
        Effect.flatMap(
          sql`
            with input as (
              select * from json_to_recordset(${JSON.stringify(
                vouchers.map((voucher) => ({
                  id: voucher.channel_id,
                  ceiling: voucher.max_cumulative,
                  voucher: JSON.stringify(voucher)
                }))
              )}::json) as x(id text, ceiling bigint, voucher text)
            ), locked as (
              select id from channel where id in (select id from input) order by id for update
            ), raised as (
              update channel set ceiling = input.ceiling, voucher = input.voucher
                from input where channel.id = input.id and channel.ceiling < input.ceiling
            )
            select id from locked`,
          Schema.decodeUnknownEffect(Ids)
        )
      ).pipe(Effect.map((rows) => new Set(rows.map(({ id }) => id))))
  })
})
