/** An account's money as the API tells it. */
import { BadRequest } from "@infernet/contract/ApiError"
import type { AccountId } from "@infernet/contract/Id"
import { type BalanceView, type EntryView, entriesAtOnce } from "@infernet/contract/Ledger"
import { DateTime, Effect } from "effect"
import { csvOf } from "./ledgerCsv.ts"
import type { Balance, Entry, Ledger } from "../ledger/Ledger.ts"

export const balanceView = (balance: Balance): BalanceView => ({
  available_micros: balance.available,
  held_micros: balance.held,
  credit_micros: balance.credit,
  credit_held_micros: balance.credit_held
})

export const entryView = ({ at, id, job, kind, moved, note, reference }: Entry): EntryView => {
  const { available = 0n, credit = 0n, credit_held = 0n, held = 0n } = moved
  return {
    id: String(id),
    kind,
    at: DateTime.formatIso(at),
    job_id: job,
    reference,
    note,
    amount_micros: available + held + credit + credit_held,
    available_micros: available,
    held_micros: held,
    credit_micros: credit,
    credit_held_micros: credit_held
  }
}

const usualPage = 20

export interface AskLedger {
  readonly limit?: number | undefined
  /** The number of an entry. */
  readonly cursor?: string | undefined
}

const read = (ledger: Ledger["Service"], account: AccountId, limit: number, cursor: string | undefined) =>
  Effect.map(ledger.entries(account, { limit, before: cursor === undefined ? undefined : BigInt(cursor) }), (entries) =>
    entries.map(entryView)
  )

/** A page for programs. */
export const ledgerPage = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  account: AccountId,
  { cursor, limit = usualPage }: AskLedger
) {
  if (limit > entriesAtOnce.json) {
    const error_message = `limit: expected 1 to ${entriesAtOnce.json}; with format=csv up to ${entriesAtOnce.csv}`
    return yield* new BadRequest({ field: "limit", error_message })
  }
  const entries = yield* read(ledger, account, limit, cursor)
  return { entries, next_cursor: entries.length < limit ? null : (entries.at(-1)?.id ?? null) }
})

/** The newest entries, or those before `cursor`, as a file. */
export const ledgerCsv = (
  ledger: Ledger["Service"],
  account: AccountId,
  { cursor, limit = entriesAtOnce.csv }: AskLedger
) => Effect.map(read(ledger, account, limit, cursor), csvOf)
