/** A session as it is stored, when it ends, and as its person sees it. */
import { AccountId, SessionId } from "@infernet/contract/Id"
import { lifetimes, type SessionView } from "@infernet/contract/Session"
import { DateTime, Schema } from "effect"

const Time = Schema.DateTimeUtcFromDate
export const SessionRow = Schema.Struct({
  id: SessionId,
  accountId: AccountId,
  signedInBy: Schema.Literals(["wallet", "link"]),
  browser: Schema.String,
  createdAt: Time,
  lastUsedAt: Time,
  expiresAt: Time
})
export type Session = typeof SessionRow.Type

/** The first of the two limits that it meets. */
export const endsAt = ({ expiresAt, lastUsedAt }: Session): DateTime.Utc =>
  DateTime.min(expiresAt, DateTime.add(lastUsedAt, { days: lifetimes.idleDays }))

export const sessionView = (session: Session): SessionView => ({
  id: session.id,
  signed_in_by: session.signedInBy,
  browser: session.browser,
  created_at: DateTime.formatIso(session.createdAt),
  last_used_at: DateTime.formatIso(session.lastUsedAt),
  expires_at: DateTime.formatIso(endsAt(session))
})
