/** Accounts and the API keys that act for them. */
import { Schema } from "effect"
import { AccountId, ApiKeyId } from "./Id.ts"
import { printable } from "./Text.ts"

export const Role = Schema.Literals(["client", "operator", "admin"])
export type Role = typeof Role.Type

export const AccountView = Schema.Struct({
  id: AccountId,
  name: Schema.String,
  role: Role,
  created_at: Schema.String
})
export type AccountView = typeof AccountView.Type

/** An API key without its secret: `hint` is its first characters. */
export const ApiKeyView = Schema.Struct({
  id: ApiKeyId,
  account_id: AccountId,
  name: Schema.String,
  hint: Schema.String,
  created_at: Schema.String,
  revoked_at: Schema.NullOr(Schema.String)
})
export type ApiKeyView = typeof ApiKeyView.Type

export const CreateApiKey = Schema.Struct({
  name: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(64), printable)
})

/** The only answer that ever carries a key's secret. */
export const ApiKeyCreated = Schema.Struct({ ...ApiKeyView.fields, key: Schema.String })
