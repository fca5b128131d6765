/**
 * Who is behind a key, known at once for a key that was used lately.
 *
 * A request with such a key costs no look-up. What changed meanwhile, here or through another replica, is read from the
 * database at most every half second, by whichever request finds that time over, and in the background: only after a
 * pause of a second does a request wait for it. So nobody is let in by what was true more than a second before.
 */
import * as ApiKey from "@infernet/auth/ApiKey"
import { Unauthorized, type Unavailable } from "@infernet/contract/ApiError"
import type { Caller } from "@infernet/contract/api/Authorization"
import type { AccountId } from "@infernet/contract/Id"
import { Clock, Context, DateTime, Effect, Layer, type Redacted, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { away, unavailable } from "../database/away.ts"
import type { Subject } from "../limits/Limits.ts"
import { Settings } from "../Settings.ts"
import * as Freshness from "./freshness.ts"
import { LastUses } from "./LastUses.ts"
import { AccountCallerRow, KeyCallerRow, limitsOfAccount, limitsOfKey } from "./rows.ts"

/** Who asks, and how much they may ask for. */
export interface Identity {
  readonly caller: Caller["Service"]
  readonly subject: Subject
}

interface Known extends Identity {
  readonly expiresAt: DateTime.Utc | null
}

export class Callers extends Context.Service<
  Callers,
  {
    /** Who carries this key. `lookUp` runs before the database is asked for a key that is not remembered. */
    readonly authenticate: <E = never>(
      key: Redacted.Redacted,
      lookUp?: Effect.Effect<void, E>
    ) => Effect.Effect<Identity, E | Unauthorized | Unavailable>
    /** An account that acts by itself, without a key: a person with a session. */
    readonly account: (id: AccountId) => Effect.Effect<Identity, Unauthorized | Unavailable>
    /** What changed is read anew before anybody else is let in by this process. */
    readonly changed: Effect.Effect<void>
  }
>()("@infernet/control-plane/account/Callers") {
  static readonly layer = Layer.effect(
    Callers,
    Effect.suspend(() => make)
  ).pipe(Layer.provide(LastUses.layer))
}

/** Callers remembered, oldest out first. */
const remembered = 50_000

const unknown = new Unauthorized({ error_message: "this API key does not exist: check that it is whole" })
const noAccount = new Unauthorized({ error_message: "this account does not exist any more" })
const revoked = (at: DateTime.Utc) =>
  new Unauthorized({ error_message: `this API key was revoked at ${DateTime.formatIso(at)}: use another` })
const expired = (at: DateTime.Utc) =>
  new Unauthorized({ error_message: `this API key expired at ${DateTime.formatIso(at)}: make a new one` })

const limits = (table: "a" | "k") =>
  `json_build_object('requestsPerMinute', ${table}.requests_per_minute, 'requestsPerHour', ${table}.requests_per_hour,
     'tokensPerMinute', ${table}.tokens_per_minute, 'concurrency', ${table}.concurrency, 'microsPerDay', ${table}.micros_per_day)`

const byKey = `
  select a.id as account_id, a.role, ${limits("a")} as account_limits,
         k.id as key_id, k.models, k.expires_at, k.revoked_at, ${limits("k")} as key_limits
    from api_key k join account a on a.id = k.account_id where k.hash = $1`
const byAccount = `select a.id as account_id, a.role, ${limits("a")} as account_limits from account a where a.id = $1`

const decodeKeys = Schema.decodeUnknownEffect(Schema.Array(KeyCallerRow))
const decodeAccounts = Schema.decodeUnknownEffect(Schema.Array(AccountCallerRow))

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const clock = yield* Clock.Clock
  const lastUses = yield* LastUses
  const { limits: usual } = yield* Settings
  /** By the hash of a key, or the id of an account. */
  const known = new Map<string, Known>()
  const forget = (touched: ReadonlySet<string>) => {
    for (const [entry, { caller }] of known) if (touched.has(entry) || touched.has(caller.account)) known.delete(entry)
  }
  const freshness = yield* Freshness.make(forget)

  const ofAccount = ({ accountId, accountLimits, role }: typeof AccountCallerRow.Type): Known => ({
    caller: { account: accountId, role, key: undefined },
    subject: { key: undefined, account: { id: accountId, limits: limitsOfAccount(accountLimits, role, usual) } },
    expiresAt: null
  })
  const ofKey = ({ expiresAt, keyId, keyLimits, models, ...account }: typeof KeyCallerRow.Type): Known => {
    const { caller, subject } = ofAccount(account)
    return {
      caller: { ...caller, key: { id: keyId, models } },
      subject: { ...subject, key: { id: keyId, limits: limitsOfKey(keyLimits, usual) } },
      expiresAt
    }
  }

  const remember = (entry: string, identity: Known): void => {
    known.set(entry, identity)
    const oldest = known.size > remembered ? known.keys().next().value : undefined
    if (oldest !== undefined) known.delete(oldest)
  }

  /** A look-up that a change overtook may have seen what was before it: it counts this once. */
  const lookUp = Effect.fnUntraced(function* <A>(
    entry: string,
    rows: Effect.Effect<ReadonlyArray<A>, SqlError.SqlError | Schema.SchemaError>,
    judge: (row: A | undefined) => Known | Unauthorized
  ) {
    const before = freshness.changes()
    const [row] = yield* away(rows).pipe(
      Effect.timeoutOrElse({ duration: "10 seconds", orElse: () => Effect.fail(unavailable()) })
    )
    const identity = judge(row)
    if (identity instanceof Unauthorized) return yield* identity
    if (before === freshness.changes()) remember(entry, identity)
    return identity
  })

  const findKey = (hash: string) =>
    lookUp(hash, Effect.flatMap(sql.unsafe(byKey, [hash]), decodeKeys), (row) => {
      if (row === undefined) return unknown
      return row.revokedAt === null ? ofKey(row) : revoked(row.revokedAt)
    })
  const findAccount = (id: AccountId) =>
    lookUp(id, Effect.flatMap(sql.unsafe(byAccount, [id]), decodeAccounts), (row) =>
      row === undefined ? noAccount : ofAccount(row)
    )

  const authenticate = Effect.fnUntraced(function* <E = never>(
    key: Redacted.Redacted,
    before?: Effect.Effect<void, E>
  ) {
    const hash = ApiKey.hash(key)
    if (!freshness.isFresh()) yield* freshness.refresh
    let identity = known.get(hash)
    if (identity === undefined) {
      if (before !== undefined) yield* before
      identity = yield* findKey(hash)
    }
    const now = clock.currentTimeMillisUnsafe()
    const { caller, expiresAt } = identity
    if (expiresAt !== null && DateTime.toEpochMillis(expiresAt) <= now) return yield* expired(expiresAt)
    if (caller.key !== undefined) lastUses.note(caller.key.id, now)
    return identity
  })

  return Callers.of({
    authenticate,
    account: Effect.fnUntraced(function* (id) {
      if (!freshness.isFresh()) yield* freshness.refresh
      return known.get(id) ?? (yield* findAccount(id))
    }),
    changed: freshness.changed
  })
})
