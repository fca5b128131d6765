/** One-time codes by which a machine joins the account of its operator. */
import { Schema } from "effect"
import { AccountId } from "./Id.ts"

/** How long a code can be used, in minutes. */
export const lifeMinutes = 15

/** What somebody typed; its form is judged where it is looked up. */
export const TypedLinkCode = Schema.String.check(Schema.isMaxLength(64))

/** The only answer that ever carries a code. */
export const LinkCodeCreated = Schema.Struct({
  code: Schema.String,
  /** Whose nodes those will be that join with it. */
  account_id: AccountId,
  created_at: Schema.String,
  expires_at: Schema.String
})
export type LinkCodeCreated = typeof LinkCodeCreated.Type
