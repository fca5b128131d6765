/**
 * Sessions of people's browsers.
 *
 * A session is a cookie that only its own routes read. What acts for it elsewhere is a token of some minutes, which its
 * pages ask for and keep in memory: a request from another site carries no token, and so can do nothing.
 */
import * as SessionSecret from "@infernet/auth/SessionSecret"
import { NotFound, RateLimited, Unauthorized, type Unavailable } from "@infernet/contract/ApiError"
import { AccountId, makeSessionId, type SessionId } from "@infernet/contract/Id"
import { lifetimes } from "@infernet/contract/Session"
import { Clock, Context, DateTime, Effect, Layer, type Redacted, Schedule, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { away } from "../database/away.ts"
import { endsAt, type Session, SessionRow } from "./Session.ts"

const TokenRow = Schema.Struct({ accountId: AccountId, expiresAt: Schema.DateTimeUtcFromDate })

/** Sessions of one account at a time: the oldest ends when there is another one. */
export const sessionsLimit = 100
/** Tokens of one session that are good at a time. */
export const tokensLimit = 200

export class Sessions extends Context.Service<
  Sessions,
  {
    /** The cookie is told this once. */
    readonly begin: (
      account: AccountId,
      by: Session["signedInBy"],
      browser: string
    ) => Effect.Effect<{ readonly cookie: Redacted.Redacted; readonly session: Session }, Unavailable>
    readonly find: (cookie: Redacted.Redacted) => Effect.Effect<Session, Unauthorized | Unavailable>
    /** Acts for the session from now on; the session counts as used. */
    readonly issueToken: (
      session: Session
    ) => Effect.Effect<
      { readonly token: Redacted.Redacted; readonly expiresAt: DateTime.Utc },
      RateLimited | Unavailable
    >
    /**
     * Whose token this is: until its end, or within a second of its session's, here and at other replicas. `lookUp` runs
     * before the database is asked for a token that was not seen here before.
     */
    readonly authenticate: <E = never>(
      token: Redacted.Redacted,
      lookUp?: Effect.Effect<void, E>
    ) => Effect.Effect<AccountId, E | Unauthorized | Unavailable>
    /** The account's own, newest first. */
    readonly list: (account: AccountId) => Effect.Effect<ReadonlyArray<Session>, Unavailable>
    readonly end: (account: AccountId, id: SessionId) => Effect.Effect<void, NotFound | Unavailable>
  }
>()("@infernet/control-plane/session/Sessions") {
  static readonly layer = Layer.effect(
    Sessions,
    Effect.suspend(() => make)
  )
}

const over = new Unauthorized({ error_message: "you are not signed in, or no longer: sign in again" })
const tooManyTokens = new RateLimited({
  error_message: `a session has ${tokensLimit} tokens at most, each for ${lifetimes.tokenMinutes} minutes: use those`,
  retry_after: 60
})
const tokenOver = new Unauthorized({ error_message: "this session token is over: ask for a new one" })

/** How long an answer of the database about a token is believed, in milliseconds. */
const believedFor = 1_000
const cacheSize = 10_000

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const random = yield* SecureRandom.SecureRandom
  const clock = yield* Clock.Clock
  const cache = new Map<string, { readonly account: AccountId; readonly until: number }>()
  const columns = sql.literal("id, account_id, signed_in_by, browser, created_at, last_used_at, expires_at")
  const decode = Schema.decodeUnknownEffect(Schema.Array(SessionRow))
  const decodeTokens = Schema.decodeUnknownEffect(Schema.Array(TokenRow))
  const withRandom = Effect.provideService(SecureRandom.SecureRandom, random)

  const begin = Effect.fn("Sessions.begin")(function* (account: AccountId, by: Session["signedInBy"], browser: string) {
    const cookie = yield* withRandom(SessionSecret.cookie.generate)
    const now = yield* DateTime.now
    const session: Session = {
      id: yield* makeSessionId,
      accountId: account,
      signedInBy: by,
      browser,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: DateTime.add(now, { days: lifetimes.days })
    }
    const row = {
      ...session,
      hash: SessionSecret.hash(cookie),
      createdAt: DateTime.toDate(now),
      lastUsedAt: DateTime.toDate(now),
      expiresAt: DateTime.toDate(session.expiresAt)
    }
    yield* away(sql`insert into session ${sql.insert(row)}`)
    yield* away(sql`
      delete from session where id in
        (select id from session where account_id = ${account} order by id desc offset ${sessionsLimit})`)
    yield* Effect.logInfo("signed in", { account, session: session.id, by })
    return { cookie, session }
  })

  const find = Effect.fn("Sessions.find")(function* (cookie: Redacted.Redacted) {
    const [row] = yield* away(
      Effect.flatMap(sql`select ${columns} from session where hash = ${SessionSecret.hash(cookie)}`, decode)
    )
    if (row === undefined || DateTime.isLessThanOrEqualTo(endsAt(row), yield* DateTime.now)) return yield* over
    return row
  })

  const issueToken = Effect.fn("Sessions.issueToken")(function* (session: Session) {
    const token = yield* withRandom(SessionSecret.token.generate)
    const now = yield* DateTime.now
    const expiresAt = DateTime.min(DateTime.add(now, { minutes: lifetimes.tokenMinutes }), session.expiresAt)
    const stored = yield* away(sql`
      with used as (
        update session set last_used_at = ${DateTime.toDate(now)}
         where id = ${session.id}
           and (select count(*) from session_token where session_id = ${session.id}) < ${tokensLimit}
        returning id)
      insert into session_token (hash, session_id, expires_at)
      select ${SessionSecret.hash(token)}, id, ${DateTime.toDate(expiresAt)} from used
      returning session_id`)
    return stored.length === 0 ? yield* tooManyTokens : { token, expiresAt }
  })

  const authenticate = Effect.fn("Sessions.authenticate")(function* <E = never>(
    token: Redacted.Redacted,
    lookUp: Effect.Effect<void, E> = Effect.void
  ) {
    const hash = SessionSecret.hash(token)
    const now = clock.currentTimeMillisUnsafe()
    const known = cache.get(hash)
    if (known !== undefined && now < known.until) return known.account
    // One that was good lately is no guess: others at its address who do guess must not lock it out.
    if (known === undefined) yield* lookUp
    cache.delete(hash)
    const [row] = yield* away(
      Effect.flatMap(
        sql`
          select s.account_id, t.expires_at
            from session_token t join session s on s.id = t.session_id
           where t.hash = ${hash}`,
        decodeTokens
      )
    )
    const expiresAt = row === undefined ? 0 : DateTime.toEpochMillis(row.expiresAt)
    if (row === undefined || expiresAt <= now) return yield* tokenOver
    cache.set(hash, { account: row.accountId, until: Math.min(now + believedFor, expiresAt) })
    const oldest = cache.size > cacheSize ? cache.keys().next().value : undefined
    if (oldest !== undefined) cache.delete(oldest)
    return row.accountId
  })

  const end = Effect.fn("Sessions.end")(function* (account: AccountId, id: SessionId) {
    const gone = yield* away(sql`delete from session where id = ${id} and account_id = ${account} returning id`)
    cache.clear()
    if (gone.length === 0) return yield* new NotFound({ error_message: `you have no session with the id ${id}` })
    yield* Effect.logInfo("session ended", { account, session: id })
  })

  const sweep = Effect.gen(function* () {
    const now = yield* DateTime.now
    const idle = DateTime.toDate(DateTime.subtract(now, { days: lifetimes.idleDays }))
    yield* sql`delete from session where expires_at <= ${DateTime.toDate(now)} or last_used_at <= ${idle}`
    yield* sql`delete from session_token where expires_at <= ${DateTime.toDate(now)}`
  })
  yield* sweep.pipe(
    Effect.ignoreCause({ log: "Warn", message: "old sessions could not be forgotten" }),
    Effect.repeat(Schedule.spaced("1 minute")),
    Effect.forkScoped
  )

  return Sessions.of({
    begin,
    find,
    issueToken,
    authenticate,
    end,
    list: (account) =>
      Effect.gen(function* () {
        const now = yield* DateTime.now
        const rows = yield* away(
          Effect.flatMap(
            sql`select ${columns} from session where account_id = ${account} order by id desc limit 1000`,
            decode
          )
        )
        return rows.filter((row) => DateTime.isLessThan(now, endsAt(row)))
      })
  })
})
