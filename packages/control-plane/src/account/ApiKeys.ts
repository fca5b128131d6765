/** The keys of accounts: made, listed, revoked. Only their hashes are stored; a key is shown once. */
import * as ApiKey from "@infernet/auth/ApiKey"
import type { ApiKeyView, CreateApiKey } from "@infernet/contract/Account"
import { type BadRequest, Conflict, type Forbidden, NotFound, type Unavailable } from "@infernet/contract/ApiError"
import { type AccountId, type ApiKeyId, makeApiKeyId } from "@infernet/contract/Id"
import { Context, DateTime, Effect, Layer, type Redacted, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { away } from "../database/away.ts"
import { Settings } from "../Settings.ts"
import { Accounts } from "./Accounts.ts"
import { Callers } from "./Callers.ts"
import {
  type By,
  deniesAccount,
  deniesExpiry,
  deniesLimits,
  deniesManaging,
  deniesWider,
  modelsOf,
  ownLimits
} from "./keyRules.ts"
import { keyColumns, KeyRow, keyView, limitsRow } from "./rows.ts"

export interface CreatedKey extends ApiKeyView {
  readonly key: Redacted.Redacted
}

export interface ListKeys {
  /** Undefined: everybody's. */
  readonly account: AccountId | undefined
  readonly limit: number
  /** Keys older than this one. */
  readonly before: ApiKeyId | undefined
}

/** Keys of one account that work, at a time. */
export const keysLimit = 100

export class ApiKeys extends Context.Service<
  ApiKeys,
  {
    /** `by` undefined: the owner of the machine, for the administrator's account unless another is named. */
    readonly create: (
      asked: CreateApiKey,
      by: By | undefined
    ) => Effect.Effect<CreatedKey, BadRequest | Conflict | Forbidden | NotFound | Unavailable>
    readonly find: (id: ApiKeyId) => Effect.Effect<ApiKeyView, NotFound | Unavailable>
    /** Newest first. */
    readonly list: (query: ListKeys) => Effect.Effect<ReadonlyArray<ApiKeyView>, Unavailable>
    /** Stops working at once here, within a second elsewhere. Only a key of `account`, if given. */
    readonly revoke: (id: ApiKeyId, account: AccountId | undefined) => Effect.Effect<ApiKeyView, NotFound | Unavailable>
  }
>()("@infernet/control-plane/account/ApiKeys") {
  static readonly layer = Layer.effect(
    ApiKeys,
    Effect.suspend(() => make)
  )
}

const notFound = (id: ApiKeyId) => new NotFound({ error_message: `no API key has the id ${id}` })
const tooMany = new Conflict({
  error_message: `an account has ${keysLimit} keys at most, and this one has: revoke one that is not needed`
})

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const accounts = yield* Accounts
  const callers = yield* Callers
  const random = yield* SecureRandom.SecureRandom
  const { limits: usual } = yield* Settings
  const columns = sql.literal(keyColumns)
  const decode = Schema.decodeUnknownEffect(Schema.Array(KeyRow))
  const view = (row: typeof KeyRow.Type) => keyView(row, usual)

  const find = Effect.fn("ApiKeys.find")(function* (id: ApiKeyId) {
    const [row] = yield* away(Effect.flatMap(sql`select ${columns} from api_key where id = ${id}`, decode))
    return row === undefined ? yield* notFound(id) : view(row)
  })

  /** What bounds the key that asks: when it expires, if it does, and the limits of its own. */
  const boundsOf = Effect.fnUntraced(function* ({ key }: By) {
    if (key === undefined) return { expiry: null, limits: {} }
    const { expires_at, limits } = yield* find(key.id)
    return {
      expiry: expires_at === null ? null : DateTime.makeUnsafe(expires_at),
      limits: ownLimits(limits, usual.key)
    }
  })

  /** When it is to expire and within which limits, if it may be made at all. */
  const permit = Effect.fnUntraced(function* (asked: CreateApiKey, by: By, account: AccountId, now: DateTime.Utc) {
    const parent = yield* boundsOf(by)
    const most = by.role === "admin" ? undefined : (yield* accounts.get(account)).limits
    const limits = asked.limits ?? {}
    const denial =
      deniesExpiry(asked, parent.expiry, now) ??
      deniesWider(limits, parent.limits) ??
      (most === undefined ? undefined : deniesLimits(limits, most))
    if (denial !== undefined) return yield* denial
    return { expiresAt: asked.expires_at ?? parent.expiry, limits: { ...parent.limits, ...limits } }
  })

  /** Two at once both count the keys before them: the account's row lets one in after the other. */
  const insert = Effect.fnUntraced(function* (
    row: Record<string, unknown> & { readonly accountId: AccountId; readonly createdAt: Date }
  ) {
    yield* sql`select from account where id = ${row.accountId} for no key update`
    const [count] = yield* sql<{ keys: number }>`
      select count(*)::int as keys from api_key
       where account_id = ${row.accountId} and revoked_at is null and (expires_at is null or expires_at > ${row.createdAt})`
    if (count === undefined || count.keys >= keysLimit) return []
    return yield* Effect.flatMap(sql`insert into api_key ${sql.insert(row)} returning ${columns}`, decode)
  }, sql.withTransaction)

  const create = Effect.fn("ApiKeys.create")(function* (asked: CreateApiKey, by: By | undefined) {
    const now = yield* DateTime.now
    const account = asked.account_id ?? by?.account ?? (yield* accounts.admin).id
    // Before it is looked for: whether there is another account is nobody's to learn.
    const denied = by === undefined ? undefined : (deniesManaging(by) ?? deniesAccount(by, asked.account_id))
    if (denied !== undefined) return yield* denied
    yield* accounts.get(account)
    const none = by === undefined ? deniesExpiry(asked, null, now) : undefined
    if (none !== undefined) return yield* none
    const { expiresAt, limits } =
      by === undefined ? { expiresAt: asked.expires_at, limits: asked.limits } : yield* permit(asked, by, account, now)
    const models = modelsOf(asked.models)
    const key = yield* Effect.provideService(ApiKey.generate, SecureRandom.SecureRandom, random)
    const [row] = yield* away(
      insert({
        id: yield* makeApiKeyId,
        accountId: account,
        name: asked.name,
        hash: ApiKey.hash(key),
        hint: ApiKey.fingerprint(key),
        models: models === null ? null : JSON.stringify(models),
        createdAt: DateTime.toDate(now),
        expiresAt: expiresAt ? DateTime.toDate(expiresAt) : null,
        ...limitsRow(limits)
      })
    )
    if (row === undefined) return yield* tooMany
    yield* Effect.logInfo("API key created", { key: row.id, account, name: row.name })
    return { ...view(row), key }
  })

  /** Its own number first: whoever remembers the key reads on from there. */
  const revokeRow = (id: ApiKeyId, account: AccountId | undefined, at: Date) =>
    Effect.gen(function* () {
      const [version] = yield* sql<{ version: bigint }>`update key_change set version = version + 1 returning version`
      const own = account === undefined ? [] : [sql`account_id = ${account}`]
      return yield* Effect.flatMap(
        sql`update api_key set revoked_at = coalesce(revoked_at, ${at}), changed = ${version?.version}
             where ${sql.and([sql`id = ${id}`, ...own])} returning ${columns}`,
        decode
      )
    }).pipe(sql.withTransaction, away)

  const revoke = Effect.fn("ApiKeys.revoke")(function* (id: ApiKeyId, account: AccountId | undefined) {
    const [row] = yield* revokeRow(id, account, DateTime.toDate(yield* DateTime.now))
    yield* callers.changed
    if (row === undefined) return yield* notFound(id)
    yield* Effect.logInfo("API key revoked", { key: id })
    return view(row)
  }, Effect.uninterruptible)

  return ApiKeys.of({
    create,
    find,
    revoke,
    list: Effect.fn("ApiKeys.list")(function* ({ account, before, limit }) {
      const conditions = [
        ...(account === undefined ? [] : [sql`account_id = ${account}`]),
        ...(before === undefined ? [] : [sql`id < ${before}`])
      ]
      const rows = sql`select ${columns} from api_key where ${sql.and(conditions)} order by id desc limit ${limit}`
      return (yield* away(Effect.flatMap(rows, decode))).map(view)
    })
  })
})
