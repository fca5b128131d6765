/** What people may sign in with, once: a message for a wallet, or a link. Whoever uses it first has used it. */
import * as SessionSecret from "@infernet/auth/SessionSecret"
import { Conflict, type Unavailable } from "@infernet/contract/ApiError"
import { AccountId } from "@infernet/contract/Id"
import { lifetimes } from "@infernet/contract/Session"
import { Context, DateTime, Effect, Layer, Option, type Redacted, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { away } from "../database/away.ts"

/** Links of one account that wait to be used, and messages of everybody's that wait to be signed. */
export const waitingLimit = { links: 20, messages: 100_000 } as const

export interface Issued {
  readonly secret: Redacted.Redacted
  readonly issuedAt: DateTime.Utc
  readonly expiresAt: DateTime.Utc
}

export class SignIns extends Context.Service<
  SignIns,
  {
    /** The nonce of a message that some wallet may sign. */
    readonly nonce: Effect.Effect<Issued, Conflict | Unavailable>
    /** The code of a link that signs in to this account. */
    readonly link: (account: AccountId) => Effect.Effect<Issued, Conflict | Unavailable>
    /** Uses it up; the account that a link leads to, null for a message's nonce, none where it is unknown, used or late. */
    readonly use: (text: string) => Effect.Effect<Option.Option<AccountId | null>, Unavailable>
  }
>()("@infernet/control-plane/session/SignIns") {
  static readonly layer = Layer.effect(
    SignIns,
    Effect.suspend(() => make)
  )
}

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const random = yield* SecureRandom.SecureRandom
  const decode = Schema.decodeUnknownEffect(
    Schema.Array(Schema.Struct({ accountId: Schema.NullOr(AccountId), expiresAt: Schema.DateTimeUtcFromDate }))
  )

  const issue = Effect.fnUntraced(function* (account: AccountId | null, minutes: number, limit: number) {
    const secret = yield* Effect.provideService(SessionSecret.code.generate, SecureRandom.SecureRandom, random)
    const issuedAt = yield* DateTime.now
    const expiresAt = DateTime.add(issuedAt, { minutes })
    const [now, until] = [DateTime.toDate(issuedAt), DateTime.toDate(expiresAt)]
    yield* away(sql`delete from sign_in where expires_at <= ${now}`)
    const stored = yield* away(sql`
      insert into sign_in (hash, account_id, expires_at)
      select ${SessionSecret.hash(secret)}, ${account}, ${until}
       where (select count(*) from sign_in where account_id is not distinct from ${account}) < ${limit}
      returning hash`)
    if (stored.length === 0) {
      const error_message = `too many sign-ins have begun and not ended: try again in ${minutes} minutes`
      return yield* new Conflict({ error_message })
    }
    return { secret, issuedAt, expiresAt }
  })

  return SignIns.of({
    nonce: issue(null, lifetimes.challengeMinutes, waitingLimit.messages),
    link: (account) => issue(account, lifetimes.linkMinutes, waitingLimit.links),
    use: Effect.fn("SignIns.use")(function* (text) {
      const secret = SessionSecret.code.parse(text)
      if (secret === undefined) return Option.none()
      const now = yield* DateTime.now
      const [row] = yield* away(
        Effect.flatMap(
          sql`delete from sign_in where hash = ${SessionSecret.hash(secret)} returning account_id, expires_at`,
          decode
        )
      )
      return row !== undefined && DateTime.isLessThan(now, row.expiresAt) ? Option.some(row.accountId) : Option.none()
    })
  })
})
