/** A ledger as a file for spreadsheets and bookkeeping. Pure. */
import type { EntryView } from "@infernet/contract/Ledger"
import { usdc } from "@infernet/contract/Micros"

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
