/** What the gateway reads and writes of this replica's channels, their bills, and its own transactions. */
import type { Unavailable } from "@infernet/contract/ApiError"
import { NodeId } from "@infernet/contract/Id"
import { Address, ChannelId, ChannelTerms, type Domain, Hash } from "@infernet/contract/Receipt"
import type { Sent } from "@infernet/payment/settlement/Escrow"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { isHex } from "viem"
import { away } from "../database/away.ts"
import { JsonText } from "../database/json.ts"

const Row = Schema.Struct({
  id: ChannelId,
  nodeId: NodeId,
  terms: JsonText(ChannelTerms),
  cumulative: Schema.BigInt,
  ceiling: Schema.BigInt,
  reserved: Schema.BigInt,
  redeemed: Schema.BigInt
})
/** A channel of the escrow, closing ones included; sums are micro-USDC. */
export type ChannelRow = typeof Row.Type

const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Hex = Schema.declare((value: unknown): value is `0x${string}` => isHex(value))

const SentJson = Schema.Struct({
  from: Address,
  nonce: count,
  hashes: Schema.TupleWithRest(Schema.Tuple([Hash]), [Hash]),
  call: Schema.Struct({ to: Schema.Literals(["escrow", "token"]), data: Hex, what: Schema.String }),
  gas: Schema.BigIntFromString,
  maxFeePerGas: Schema.BigIntFromString,
  maxPriorityFeePerGas: Schema.BigIntFromString,
  raw: Schema.String
})

/** A payment that an escrow has made over a channel. */
export interface Paid {
  readonly channel: ChannelId
  /** The newest bill that it is for, and what the channel had paid then in all, in micro-USDC. */
  readonly seq: bigint
  readonly paid: bigint
  readonly hash: Hash
}

export class GatewayStore extends Context.Service<
  GatewayStore,
  {
    readonly channels: Effect.Effect<ReadonlyArray<ChannelRow>, Unavailable>
    /** By the last look on chain. */
    readonly reserved: (channel: ChannelId, amount: bigint) => Effect.Effect<void, Unavailable>
    /** The receipts that a payment was for are redeemed. Repeatable. */
    readonly redeemed: (paid: Paid) => Effect.Effect<void, Unavailable>
    /** The last block whose log is booked. */
    readonly cursor: Effect.Effect<bigint | undefined, Unavailable>
    readonly advance: (block: bigint) => Effect.Effect<void, Unavailable>
    /** What was sent and is not known to be done, in the order of its numbers. */
    readonly pending: Effect.Effect<ReadonlyArray<Sent>, Unavailable>
    readonly keep: (sent: Sent) => Effect.Effect<void, Unavailable>
    readonly forget: (sent: Sent) => Effect.Effect<void, Unavailable>
  }
>()("@infernet/control-plane/gateway/GatewayStore") {
  static readonly layerSql = (replica: string, payer: Address, domain: Domain) =>
    Layer.effect(GatewayStore, make(replica, payer, domain))
}

const Rows = Schema.Array(Row)
const Cursor = Schema.Array(Schema.Struct({ block: Schema.BigInt }))
const Pending = Schema.Array(Schema.Struct({ sent: JsonText(SentJson) }))

const make = Effect.fnUntraced(function* (replica: string, payer: Address, { chain_id, contract }: Domain) {
  const sql = yield* SqlClient.SqlClient
  const now = Effect.map(DateTime.now, DateTime.toDate)
  const toText = Schema.encodeSync(Schema.fromJsonString(SentJson))

  return GatewayStore.of({
    channels: away(
      Effect.flatMap(
        sql`
          select id, node_id, terms, cumulative, ceiling, reserved, redeemed from channel
           where replica = ${replica} and chain_id = ${chain_id}::bigint and contract = ${contract} and state <> 'closed'
           order by id`,
        Schema.decodeUnknownEffect(Rows)
      )
    ),
    reserved: (channel, amount) =>
      Effect.flatMap(now, (now) =>
        away(sql`
          update channel set reserved = ${String(amount)}::bigint, opened_at = coalesce(opened_at, ${now})
           where id = ${channel} and reserved <> ${String(amount)}::bigint`)
      ),
    redeemed: ({ channel, hash, paid, seq }) =>
      Effect.flatMap(now, (now) =>
        away(sql`
          update bill set redeemed_at = ${now}, tx_hash = ${hash}
           where channel_id = ${channel} and state = 'signed' and redeemed_at is null
             and seq <= ${String(seq)}::bigint and cumulative <= ${String(paid)}::bigint`)
      ),
    cursor: away(
      Effect.flatMap(
        sql`select block from gateway_cursor
             where replica = ${replica} and chain_id = ${chain_id}::bigint and contract = ${contract}`,
        Schema.decodeUnknownEffect(Cursor)
      )
    ).pipe(Effect.map(([row]) => row?.block)),
    advance: (block) =>
      away(sql`
        insert into gateway_cursor (replica, chain_id, contract, block)
        values (${replica}, ${chain_id}::bigint, ${contract}, ${String(block)}::bigint)
        on conflict (replica, chain_id, contract) do update set block = excluded.block
          where gateway_cursor.block < excluded.block`),
    pending: away(
      Effect.flatMap(
        sql`select sent from gateway_sent where replica = ${replica} and payer = ${payer} order by nonce`,
        Schema.decodeUnknownEffect(Pending)
      )
    ).pipe(Effect.map((rows) => rows.map(({ sent }) => sent))),
    keep: (sent) =>
      Effect.flatMap(now, (now) =>
        away(sql`
          insert into gateway_sent (replica, payer, nonce, sent, at)
          values (${replica}, ${payer}, ${sent.nonce}, ${toText(sent)}, ${now})
          on conflict (replica, payer, nonce) do update set sent = excluded.sent, at = excluded.at`)
      ),
    forget: ({ nonce }) =>
      away(sql`delete from gateway_sent where replica = ${replica} and payer = ${payer} and nonce = ${nonce}`)
  })
})
