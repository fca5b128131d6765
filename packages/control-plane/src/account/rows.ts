/** Accounts and keys as rows, and as their owners see them. */
import { type AccountView, type ApiKeyView, Role } from "@infernet/contract/Account"
import { AccountId, ApiKeyId } from "@infernet/contract/Id"
import { type AskedLimits, type Limits, unlimited } from "@infernet/contract/Limits"
import { Micros } from "@infernet/contract/Micros"
import { DateTime, Schema } from "effect"
import { JsonText } from "../database/json.ts"
import type { UsualLimits } from "../Settings.ts"

const Time = Schema.DateTimeUtcFromDate
const MaybeTime = Schema.NullOr(Time)

/** Null: as usual; 0: none. */
const Most = Schema.NullOr(Schema.Int)
const counts = { requestsPerMinute: Most, requestsPerHour: Most, tokensPerMinute: Most, concurrency: Most }
const limitColumns = { ...counts, microsPerDay: Schema.NullOr(Schema.BigInt) }
/** In JSON, where PostgreSQL writes a `bigint` as a number. */
const LimitsRow = Schema.Struct({ ...counts, microsPerDay: Schema.NullOr(Micros) })
type LimitsRow = typeof LimitsRow.Type

export const limitColumnNames = "requests_per_minute, requests_per_hour, tokens_per_minute, concurrency, micros_per_day"

export const accountColumns = `id, name, role, created_at, ${limitColumnNames}`
export const AccountRow = Schema.Struct({
  id: AccountId,
  name: Schema.String,
  role: Role,
  createdAt: Time,
  ...limitColumns
})

export const keyColumns = `id, account_id, name, hint, models, created_at, expires_at, last_used_at, revoked_at, ${limitColumnNames}`
const Models = Schema.NullOr(JsonText(Schema.Array(Schema.String)))
export const KeyRow = Schema.Struct({
  id: ApiKeyId,
  accountId: AccountId,
  name: Schema.String,
  hint: Schema.String,
  models: Models,
  createdAt: Time,
  expiresAt: MaybeTime,
  lastUsedAt: MaybeTime,
  revokedAt: MaybeTime,
  ...limitColumns
})

/** An account by itself, as its requests are judged by. */
export const AccountCallerRow = Schema.Struct({ accountId: AccountId, role: Role, accountLimits: LimitsRow })

/** The same with the key that acts for it. */
export const KeyCallerRow = Schema.Struct({
  ...AccountCallerRow.fields,
  keyId: ApiKeyId,
  models: Models,
  expiresAt: MaybeTime,
  revokedAt: MaybeTime,
  keyLimits: LimitsRow
})

const effective = <A extends number | bigint>(own: A | null, usual: A | null): A | null =>
  own === null ? usual : own === 0 || own === 0n ? null : own

const limitsOf = (row: LimitsRow, usual: Limits): Limits => ({
  requests_per_minute: effective(row.requestsPerMinute, usual.requests_per_minute),
  requests_per_hour: effective(row.requestsPerHour, usual.requests_per_hour),
  tokens_per_minute: effective(row.tokensPerMinute, usual.tokens_per_minute),
  concurrency: effective(row.concurrency, usual.concurrency),
  micros_per_day: effective(row.microsPerDay, usual.micros_per_day)
})

export const limitsOfKey = (row: LimitsRow, usual: UsualLimits): Limits => limitsOf(row, usual.key)

/** An administrator's account has no limits that nobody gave it: what it asks for is its own network's to bear. */
export const limitsOfAccount = (row: LimitsRow, role: Role, usual: UsualLimits): Limits =>
  limitsOf(row, role === "admin" ? unlimited : usual.account)

const column = (asked: number | null | undefined): number | null => (asked === undefined ? null : (asked ?? 0))

/** What is written of limits that were asked for. */
export const limitsRow = (asked: AskedLimits = {}) => ({
  requestsPerMinute: column(asked.requests_per_minute),
  requestsPerHour: column(asked.requests_per_hour),
  tokensPerMinute: column(asked.tokens_per_minute),
  concurrency: column(asked.concurrency),
  microsPerDay: asked.micros_per_day === undefined ? null : (asked.micros_per_day ?? 0n)
})

const iso = (time: DateTime.Utc | null): string | null => (time === null ? null : DateTime.formatIso(time))

export const accountView = (row: typeof AccountRow.Type, usual: UsualLimits): AccountView => ({
  id: row.id,
  name: row.name,
  role: row.role,
  limits: limitsOfAccount(row, row.role, usual),
  created_at: DateTime.formatIso(row.createdAt)
})

export const keyView = (row: typeof KeyRow.Type, usual: UsualLimits): ApiKeyView => ({
  id: row.id,
  account_id: row.accountId,
  name: row.name,
  hint: row.hint,
  models: row.models,
  limits: limitsOfKey(row, usual),
  created_at: DateTime.formatIso(row.createdAt),
  expires_at: iso(row.expiresAt),
  last_used_at: iso(row.lastUsedAt),
  revoked_at: iso(row.revokedAt)
})
