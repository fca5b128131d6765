/** An account's money as the API tells it. */
import { BadRequest } from "@infernet/contract/ApiError"
import type { AccountId } from "@infernet/contract/Id"
import { type BalanceView, type EntryView, entriesAtOnce } from "@infernet/contract/Ledger"
import { usdc } from "@infernet/contract/Micros"
import { DateTime, Effect } from "effect"
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

/** A spreadsheet takes what begins so for a formula, and these words are other people's. */
const text = (value: string): string => {
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\n\r]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

const columns = "id,at,kind,job_id,reference,note,amount_usdc,available_usdc,held_usdc,credit_usdc,credit_held_usdc"

const line = (entry: EntryView): string =>
  [
    entry.id,
    entry.at,
    entry.kind,
    entry.job_id ?? "",
    text(entry.reference),
    text(entry.note ?? ""),
    usdc(entry.amount_micros),
    usdc(entry.available_micros),
    usdc(entry.held_micros),
    usdc(entry.credit_micros),
    usdc(entry.credit_held_micros)
  ].join(",")

/** As RFC 4180 has it, amounts as decimal USDC to the last micro-USDC. */
export const csvOf = (entries: ReadonlyArray<EntryView>): string =>
  [columns, ...entries.map(line)].map((row) => `${row}\r\n`).join("")

/** The newest entries, or those before `cursor`, as a file. */
export const ledgerCsv = (
  ledger: Ledger["Service"],
  account: AccountId,
  { cursor, limit = entriesAtOnce.csv }: AskLedger
) => Effect.map(read(ledger, account, limit, cursor), csvOf)
