/** Channels and bills in PostgreSQL. */
import { ReceiptId } from "@infernet/contract/Id"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { away } from "../database/away.ts"
import { storable } from "../database/json.ts"
import { BillStore, type ListBills } from "./BillStore.ts"
import { BillRow, ChannelRow, channelOf, signingRow, storedBill } from "./rows.ts"

const bills = `
  select b.id, b.attempt_id, b.job_id, b.account_id, b.node_id, n.account_id as operator_id, c.chain_id, c.contract,
         c.terms, b.seq, b.cumulative, b.amount, b.usage, b.basis, b.state, b.dispute, b.node_key, b.node_signature,
         b.plane_key, b.plane_signature, b.created_at, b.answered_at, b.redeemed_at, b.tx_hash
    from bill b join channel c on c.id = b.channel_id join node n on n.id = b.node_id`

/** In the order of their ids, as in every other statement that takes several: two never wait for each other. */
const sign = `
  with input as (
    select * from json_to_recordset($1::json) as x(
      id text, cumulative bigint, node_key text, node_signature text, plane_key text, plane_signature text, at timestamptz)
  ), waiting as (
    select id from bill where id in (select id from input) and state = 'offered' order by id for update
  )
  update bill
     set state = 'signed', node_key = input.node_key, node_signature = input.node_signature, plane_key = input.plane_key,
         plane_signature = input.plane_signature, answered_at = input.at
    from input join waiting on waiting.id = input.id
   where bill.id = input.id and bill.state = 'offered' and bill.cumulative = input.cumulative
  returning bill.id`

const Ids = Schema.Array(Schema.Struct({ id: ReceiptId }))
const Count = Schema.Array(Schema.Struct({ count: Schema.BigInt }))

/** `replica` is whose channels these are: each has its own, so that no two count the same sum. */
export const layer = (replica: string) =>
  Layer.effect(
    BillStore,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const columns = sql.literal(bills)
      const channelRows = Schema.decodeUnknownEffect(Schema.Array(ChannelRow))
      const decodeBills = Schema.decodeUnknownEffect(Schema.Array(BillRow))
      const many = <E>(rows: Effect.Effect<ReadonlyArray<object>, E>) =>
        Effect.map(Effect.flatMap(rows, decodeBills), (found) => found.map(storedBill))

      const open: BillStore["Service"]["open"] = ({ domain, id, node, terms }, at, instead) =>
        Effect.gen(function* () {
          if (instead !== undefined) {
            yield* sql`update channel set state = 'closing' where id = ${instead.id} and state = 'current'`
          }
          // Another process of this name may have made one: what was billed over ours must have its row all the same.
          yield* sql`
            insert into channel (id, node_id, replica, chain_id, contract, terms, fee_bps, state, created_at)
            select ${id}, ${node}, ${replica}, ${domain.chain_id}::bigint, ${domain.contract}, ${JSON.stringify(terms)},
                   ${terms.fee_bps}::integer,
                   case when exists (select from channel where node_id = ${node} and replica = ${replica}
                                        and chain_id = ${domain.chain_id}::bigint and state = 'current')
                        then 'closing' else 'current' end,
                   ${DateTime.toDate(at)}
            on conflict (id) do nothing`
        }).pipe(sql.withTransaction, away)

      const dispute: BillStore["Service"]["dispute"] = ({ at, bill, node, reason }) =>
        Effect.gen(function* () {
          // First of all: jobs that end now add to the sum, and their bills must be among those that are issued anew.
          yield* sql`
            select id from channel where id = (select channel_id from bill where id = ${bill} and node_id = ${node})
               for update`
          // What is signed now is seen by the statement after this one, and nothing is signed between the two.
          yield* sql`
            select later.id
              from bill b join bill later on later.channel_id = b.channel_id and later.seq >= b.seq
             where b.id = ${bill} and b.node_id = ${node} and later.state = 'offered'
             order by later.id for update of later`
          const disputed = yield* sql`
            with disputed as (
              update bill
                 set state = 'disputed', dispute = ${storable(reason)}, answered_at = ${DateTime.toDate(at)}
               where id = ${bill} and node_id = ${node} and state = 'offered'
              returning id, channel_id, seq, amount
            ), taken_out as (
              select * from disputed
               where not exists (select from bill b where b.channel_id = disputed.channel_id and b.seq > disputed.seq
                                    and b.state = 'signed')
            ), lowered as (
              update channel set cumulative = channel.cumulative - taken_out.amount
                from taken_out where channel.id = taken_out.channel_id
            ), reissued as (
              update bill set cumulative = bill.cumulative - taken_out.amount
                from taken_out
               where bill.channel_id = taken_out.channel_id and bill.seq > taken_out.seq and bill.state = 'offered'
            )
            select id from disputed`
          return disputed.length > 0
        }).pipe(sql.withTransaction, away)

      const list = ({ before, job, limit, node, of, status }: ListBills) => {
        const isOf = sql`(b.account_id = ${of ?? ""} or n.account_id = ${of ?? ""})`
        const isNow =
          status === "redeemed"
            ? sql`b.redeemed_at is not null`
            : sql`b.state = ${status ?? ""} and b.redeemed_at is null`
        return away(
          many(
            sql`${columns} where ${sql.and([
              sql`true`,
              ...(of === undefined ? [] : [isOf]),
              ...(job === undefined ? [] : [sql`b.job_id = ${job}`]),
              ...(node === undefined ? [] : [sql`b.node_id = ${node}`]),
              ...(status === undefined ? [] : [isNow]),
              ...(before === undefined ? [] : [sql`b.id < ${before}`])
            ])} order by b.id desc limit ${limit}`
          )
        )
      }

      return BillStore.of({
        channels: away(
          Effect.flatMap(
            sql`select id, node_id, chain_id, contract, terms from channel where replica = ${replica} and state = 'current'`,
            channelRows
          )
        ).pipe(Effect.map((rows) => rows.map(channelOf))),
        open,
        offered: (node, limit) =>
          away(
            many(
              sql`${columns} where b.node_id = ${node} and b.state = 'offered' order by b.channel_id, b.seq limit ${limit}`
            )
          ),
        byIds: (ids) =>
          ids.length === 0
            ? Effect.succeed([])
            : away(many(sql`${columns} where ${sql.in("b.id", ids)} order by b.id`)),
        ofJobs: (jobs) =>
          jobs.length === 0
            ? Effect.succeed([])
            : away(many(sql`${columns} where ${sql.in("b.job_id", jobs)} order by b.id`)),
        list,
        sign: (signed) =>
          away(
            Effect.flatMap(sql.unsafe(sign, [JSON.stringify(signed.map(signingRow))]), Schema.decodeUnknownEffect(Ids))
          ).pipe(Effect.map((rows) => new Set(rows.map(({ id }) => id)))),
        dispute,
        waiting: away(
          Effect.flatMap(
            sql`select count(*) as count from bill where state = 'offered'`,
            Schema.decodeUnknownEffect(Count)
          )
        ).pipe(Effect.map(([row]) => Number(row?.count ?? 0n)))
      })
    })
  )
