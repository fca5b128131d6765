/** Accounts and the API keys that act for them. */
import { Schema } from "effect"
import { ModelName } from "./Chat.ts"
import { AccountId, ApiKeyId } from "./Id.ts"
import { AskedLimits, Limits } from "./Limits.ts"
import { printable } from "./Text.ts"

export const Role = Schema.Literals(["client", "operator", "admin"])
export type Role = typeof Role.Type

const Name = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(64), printable)

export const AccountView = Schema.Struct({
  id: AccountId,
  name: Schema.String,
  role: Role,
  /** For all of its keys together. */
  limits: Limits,
  created_at: Schema.String
})
export type AccountView = typeof AccountView.Type

export const CreateAccount = Schema.Struct({
  name: Name,
  role: Role,
  limits: Schema.optionalKey(AskedLimits)
})
export type CreateAccount = typeof CreateAccount.Type

/** What is absent stays as it is. */
export const ChangeAccount = Schema.Struct({
  name: Schema.optionalKey(Name),
  role: Schema.optionalKey(Role),
  limits: Schema.optionalKey(AskedLimits)
})
export type ChangeAccount = typeof ChangeAccount.Type

/** An API key without its secret: `hint` is its first and last characters. */
export const ApiKeyView = Schema.Struct({
  id: ApiKeyId,
  account_id: AccountId,
  name: Schema.String,
  hint: Schema.String,
  /** The models that it may ask for, one name for all of their spellings; null: all. */
  models: Schema.NullOr(Schema.Array(Schema.String)),
  limits: Limits,
  created_at: Schema.String,
  /** From then on it is refused; null: never. */
  expires_at: Schema.NullOr(Schema.String),
  /** Give or take a minute; null: never. */
  last_used_at: Schema.NullOr(Schema.String),
  revoked_at: Schema.NullOr(Schema.String)
})
export type ApiKeyView = typeof ApiKeyView.Type

export const CreateApiKey = Schema.Struct({
  name: Name,
  /** The models that it may ask for, in any spelling; a quantisation in a name counts for nothing. Absent: all. */
  models: Schema.optionalKey(Schema.Array(ModelName).check(Schema.isMinLength(1), Schema.isMaxLength(32))),
  expires_at: Schema.optionalKey(Schema.DateTimeUtcFromString),
  /** At most what the account may; administrators may set any. */
  limits: Schema.optionalKey(AskedLimits),
  /** For administrators: whose key it is. Absent: one's own. */
  account_id: Schema.optionalKey(AccountId)
})
export type CreateApiKey = typeof CreateApiKey.Type

/** The only answer that ever carries a key's secret. */
export const ApiKeyCreated = Schema.Struct({ ...ApiKeyView.fields, key: Schema.String })
