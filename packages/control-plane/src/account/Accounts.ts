/** Accounts, and the API keys that act for them. Only hashes of keys are stored; a key is shown once. */
import * as ApiKey from "@infernet/auth/ApiKey"
import { type AccountView, type ApiKeyView, Role } from "@infernet/contract/Account"
import { NotFound, Unauthorized, Unavailable } from "@infernet/contract/ApiError"
import type { Caller } from "@infernet/contract/api/Authorization"
import { AccountId, ApiKeyId, makeAccountId, makeApiKeyId } from "@infernet/contract/Id"
import { Context, DateTime, Effect, Layer, Option, type Redacted, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient, SqlSchema } from "effect/sql"

const KeyRow = Schema.Struct({
  id: ApiKeyId,
  accountId: AccountId,
  name: Schema.String,
  hint: Schema.String,
  createdAt: Schema.DateTimeUtcFromDate,
  revokedAt: Schema.NullOr(Schema.DateTimeUtcFromDate)
})

const CallerRow = Schema.Struct({ accountId: AccountId, id: ApiKeyId, role: Role })

export interface CreatedKey extends ApiKeyView {
  readonly key: Redacted.Redacted
}

export class Accounts extends Context.Service<
  Accounts,
  {
    /** Who carries this key. */
    readonly authenticate: (key: Redacted.Redacted) => Effect.Effect<Caller["Service"], Unauthorized | Unavailable>
    /** A key for the administrator's account, which is made with its first key. */
    readonly createKey: (name: string) => Effect.Effect<CreatedKey>
    readonly listKeys: Effect.Effect<ReadonlyArray<ApiKeyView>>
    /** Stops working at once. Revoking twice changes nothing. */
    readonly revokeKey: (id: ApiKeyId) => Effect.Effect<ApiKeyView, NotFound>
    readonly admin: Effect.Effect<AccountView>
  }
>()("@infernet/control-plane/account/Accounts") {
  static readonly layer = Layer.effect(
    Accounts,
    Effect.suspend(() => make)
  )
}

const view = (row: typeof KeyRow.Type): ApiKeyView => ({
  id: row.id,
  account_id: row.accountId,
  name: row.name,
  hint: row.hint,
  created_at: DateTime.formatIso(row.createdAt),
  revoked_at: row.revokedAt === null ? null : DateTime.formatIso(row.revokedAt)
})

const refused = new Unauthorized({ error_message: "this API key does not exist or was revoked" })

/** Callers remembered by key hash, so that a request costs no look-up; bounded, oldest out first. */
const cacheSize = 10_000

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const random = yield* SecureRandom.SecureRandom
  const cache = new Map<string, Caller["Service"]>()
  // Counts revocations: a look-up that one overtook must not put its caller back into the cache.
  let revocations = 0

  const findCaller = SqlSchema.findOneOption({
    Request: Schema.String,
    Result: CallerRow,
    execute: (hash) => sql`
      select k.id, k.account_id, a.role from api_key k join account a on a.id = k.account_id
       where k.hash = ${hash} and k.revoked_at is null`
  })
  const keyColumns = sql.literal("id, account_id, name, hint, created_at, revoked_at")
  const decodeKeys = Schema.decodeUnknownEffect(Schema.Array(KeyRow))
  const AdminRow = Schema.Struct({
    id: AccountId,
    name: Schema.String,
    role: Role,
    createdAt: Schema.DateTimeUtcFromDate
  })

  const authenticate = Effect.fn("Accounts.authenticate")(function* (key: Redacted.Redacted) {
    const hash = ApiKey.hash(key)
    const cached = cache.get(hash)
    if (cached !== undefined) return cached
    const before = revocations
    const row = Option.getOrUndefined(
      yield* findCaller(hash).pipe(
        Effect.catchTag("SchemaError", (error) => Effect.die(error)),
        Effect.timeout("10 seconds"),
        Effect.mapError(() => new Unavailable({ error_message: "the database does not answer: try again in a while" }))
      )
    )
    if (row === undefined) return yield* refused
    const caller = { account: row.accountId, role: row.role, key: { id: row.id, models: null } }
    if (before === revocations) cache.set(hash, caller)
    const oldest = cache.size > cacheSize ? cache.keys().next().value : undefined
    if (oldest !== undefined) cache.delete(oldest)
    return caller
  })

  // The advisory lock makes two first calls at once create one account.
  const admin = Effect.gen(function* () {
    yield* sql`select pg_advisory_xact_lock(hashtext('infernet first account'))`
    const found = yield* sql`select id, name, role, created_at from account where role = 'admin' order by id limit 1`
    const rows =
      found.length > 0
        ? found
        : yield* sql`
            insert into account (id, name, role, created_at)
            values (${yield* makeAccountId}, 'admin', 'admin', ${DateTime.toDate(yield* DateTime.now)})
            returning id, name, role, created_at`
    const [row] = yield* Schema.decodeUnknownEffect(Schema.NonEmptyArray(AdminRow))(rows)
    return { id: row.id, name: row.name, role: row.role, created_at: DateTime.formatIso(row.createdAt) }
  }).pipe(sql.withTransaction, Effect.orDie)

  const createKey = Effect.fn("Accounts.createKey")(function* (name: string) {
    const account = yield* admin
    const key = yield* Effect.provideService(ApiKey.generate, SecureRandom.SecureRandom, random)
    const rows = yield* sql`
      insert into api_key (id, account_id, name, hash, hint, created_at)
      values (${yield* makeApiKeyId}, ${account.id}, ${name}, ${ApiKey.hash(key)}, ${ApiKey.fingerprint(key)},
              ${DateTime.toDate(yield* DateTime.now)})
      returning ${keyColumns}`
    const [row] = yield* Schema.decodeUnknownEffect(Schema.NonEmptyArray(KeyRow))(rows)
    yield* Effect.logInfo("API key created", { key: row.id, name })
    return { ...view(row), key }
  }, Effect.orDie)

  const revokeKey = Effect.fn("Accounts.revokeKey")(function* (id: ApiKeyId) {
    const now = DateTime.toDate(yield* DateTime.now)
    const rows = yield* Effect.orDie(
      Effect.flatMap(
        sql`update api_key set revoked_at = coalesce(revoked_at, ${now}) where id = ${id} returning ${keyColumns}`,
        decodeKeys
      )
    )
    // Few keys are revoked, and each only once: forgetting all of them is the simplest thing that is never late.
    revocations += 1
    cache.clear()
    const [row] = rows
    if (row === undefined) return yield* new NotFound({ error_message: `no API key has the id ${id}` })
    yield* Effect.logInfo("API key revoked", { key: id })
    return view(row)
  })

  return Accounts.of({
    authenticate,
    createKey,
    revokeKey,
    listKeys: sql`select ${keyColumns} from api_key order by id`.pipe(
      Effect.flatMap(decodeKeys),
      Effect.orDie,
      Effect.map((rows) => rows.map(view))
    ),
    admin
  })
})
