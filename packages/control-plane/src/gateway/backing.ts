/** What the platform owes for money that was paid in, against what its gateway has on chain. */
import type { Address } from "@infernet/contract/Receipt"
import { Escrow } from "@infernet/payment/settlement/Escrow"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { away } from "../database/away.ts"
import { GatewayStore } from "./GatewayStore.ts"

const Owed = Schema.NonEmptyArray(Schema.Struct({ micros: Schema.BigIntFromString }))

const sum = (amounts: ReadonlyArray<bigint>): bigint => amounts.reduce((a, b) => a + b, 0n)

/** What the gateway lacks to pay for all that customers have and all that nodes have not redeemed, in micro-USDC. */
export const shortage = Effect.fnUntraced(function* (payer: Address) {
  const sql = yield* SqlClient.SqlClient
  const escrow = yield* Escrow
  const store = yield* GatewayStore
  const rows = yield* store.channels
  const states = yield* escrow.channels(rows.map(({ id }) => id))
  const { pool, wallet } = yield* escrow.funds(payer)
  const [{ micros: ofCustomers }] = yield* away(
    Effect.flatMap(
      sql`select coalesce(sum(balance), 0)::text as micros from ledger_account where kind in ('available', 'held')`,
      Schema.decodeUnknownEffect(Owed)
    )
  )
  const unredeemed = sum(rows.map(({ cumulative }, index) => cumulative - (states[index]?.paid ?? 0n)))
  const reserved = sum(states.map(({ paid, reserved }) => reserved - paid))
  const missing = ofCustomers + unredeemed - pool - wallet - reserved
  return missing > 0n ? missing : 0n
})
