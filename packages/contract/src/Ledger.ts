/** An account's money, as its owner sees it: what there is of it, and why it came or went. All in micro-USDC. */
import { Schema } from "effect"
import { JobId } from "./Id.ts"
import { Micros, SignedMicros } from "./Micros.ts"
import { printable } from "./Text.ts"

/** Whether and how a control plane charges: not at all, from balances that it keeps, or with an escrow on a chain besides. */
export const PaymentsMode = Schema.Literals(["off", "ledger", "chain"])
export type PaymentsMode = typeof PaymentsMode.Type

/** Bought money, and credit that was given; what is held is for jobs that have not ended. */
export const BalanceView = Schema.Struct({
  available_micros: Micros,
  held_micros: Micros,
  credit_micros: Micros,
  credit_held_micros: Micros
})
export type BalanceView = typeof BalanceView.Type

/** The number of an entry of the ledger. */
export const EntryNumber = Schema.String.check(
  Schema.isPattern(/^[1-9][0-9]{0,17}$/, { message: "expected an entry's id, a whole number" })
)

export const EntryView = Schema.Struct({
  id: EntryNumber,
  /** `hold`, `settle`, `release`, `deposit`, `withdraw`, `credit`, `expense`, `redeem` or `correct`. */
  kind: Schema.String,
  at: Schema.String,
  job_id: Schema.NullOr(JobId),
  /** What caused it: a job, an attempt, a deposit. */
  reference: Schema.String,
  note: Schema.NullOr(Schema.String),
  /** What the account has more by it, or less: nothing where money was only held, or given back. */
  amount_micros: SignedMicros,
  /** What each part of the balance changed by. */
  available_micros: SignedMicros,
  held_micros: SignedMicros,
  credit_micros: SignedMicros,
  credit_held_micros: SignedMicros
})
export type EntryView = typeof EntryView.Type

/** `next_cursor` is where the next page begins; null on the last. */
export const LedgerPage = Schema.Struct({ entries: Schema.Array(EntryView), next_cursor: Schema.NullOr(EntryNumber) })
export type LedgerPage = typeof LedgerPage.Type

/** The most entries in one answer: as JSON, and as CSV. */
export const entriesAtOnce = { json: 100, csv: 10_000 } as const

/** What comes by an administrator's word. The same reference books once, however often it is sent. */
export const GiveMoney = Schema.Struct({
  amount_micros: Micros.check(Schema.isGreaterThanOrEqualToBigInt(1n, { message: "expected micro-USDC, at least 1" })),
  /** A payment's number, say. */
  reference: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(128), printable),
  note: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(256), printable))
})
export type GiveMoney = typeof GiveMoney.Type

/** `booked` is false where the same was booked before. */
export const GivenMoney = Schema.Struct({ booked: Schema.Boolean, balance: BalanceView })
