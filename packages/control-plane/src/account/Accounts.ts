/** The accounts of this network: who they are, what they may do, how much they may ask for. */
import type { AccountView, ChangeAccount, CreateAccount } from "@infernet/contract/Account"
import { NotFound, type Unavailable } from "@infernet/contract/ApiError"
import { type AccountId, makeAccountId } from "@infernet/contract/Id"
import { limitNames } from "@infernet/contract/Limits"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { away } from "../database/away.ts"
import * as BooksSql from "../ledger/BooksSql.ts"
import * as moves from "../ledger/moves.ts"
import { Settings } from "../Settings.ts"
import { Callers } from "./Callers.ts"
import { accountColumns, AccountRow, accountView, limitsRow } from "./rows.ts"

export class Accounts extends Context.Service<
  Accounts,
  {
    readonly create: (asked: CreateAccount) => Effect.Effect<AccountView, Unavailable>
    readonly get: (id: AccountId) => Effect.Effect<AccountView, NotFound | Unavailable>
    /** Oldest first. */
    readonly list: Effect.Effect<ReadonlyArray<AccountView>, Unavailable>
    /** Counts from the next request of its keys on. What is not given stays as it is. */
    readonly change: (id: AccountId, asked: ChangeAccount) => Effect.Effect<AccountView, NotFound | Unavailable>
    /** The administrator's account, made when it is first asked for. */
    readonly admin: Effect.Effect<AccountView, Unavailable>
  }
>()("@infernet/control-plane/account/Accounts") {
  static readonly layer = Layer.effect(
    Accounts,
    Effect.suspend(() => make)
  )
}

const failed = (error: SqlError.SqlError) => away(Effect.fail(error))
const notFound = (id: AccountId) => new NotFound({ error_message: `no account has the id ${id}` })

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const callers = yield* Callers
  const { limits: usual, payments } = yield* Settings
  const books = BooksSql.make(sql)
  const columns = sql.literal(accountColumns)
  const one = Schema.decodeUnknownEffect(Schema.NonEmptyArray(AccountRow))
  const many = Schema.decodeUnknownEffect(Schema.Array(AccountRow))

  const withinTransaction = <A>(effect: Effect.Effect<A, Unavailable>) =>
    Effect.catchTag(sql.withTransaction(effect), "SqlError", failed)

  const create = Effect.fn("Accounts.create")(function* ({ limits, name, role }: CreateAccount) {
    const at = yield* DateTime.now
    const row = { id: yield* makeAccountId, name, role, createdAt: DateTime.toDate(at) }
    const [created] = yield* away(
      Effect.flatMap(sql`insert into account ${sql.insert({ ...row, ...limitsRow(limits) })} returning ${columns}`, one)
    )
    if (payments.mode !== "off" && payments.startingCredit > 0n) {
      const moved = moves.credit(row.id, payments.startingCredit)
      yield* books.post({ kind: "credit", reference: row.id, job: null, note: "for the start", at, moves: moved })
    }
    yield* Effect.logInfo("account created", { account: created.id, role })
    return accountView(created, usual)
  }, withinTransaction)

  // The advisory lock makes two first calls at once create one account.
  const admin = Effect.gen(function* () {
    yield* away(sql`select pg_advisory_xact_lock(hashtext('infernet first account'))`)
    const [found] = yield* away(
      Effect.flatMap(sql`select ${columns} from account where role = 'admin' order by id limit 1`, many)
    )
    return found === undefined ? yield* create({ name: "admin", role: "admin" }) : accountView(found, usual)
  }).pipe(withinTransaction)

  const change = Effect.fn("Accounts.change")(function* (id: AccountId, { limits = {}, ...asked }: ChangeAccount) {
    const given = limitNames.filter((name) => limits[name] !== undefined)
    const set = {
      ...asked,
      ...Object.fromEntries(given.map((name) => [name, limits[name] ?? (name === "micros_per_day" ? 0n : 0)]))
    }
    // Its own number first: whoever remembers its keys reads on from there.
    const [row] = yield* Effect.gen(function* () {
      // What was spent today is counted anew when the next limit is asked for: not all of it was while there was none.
      if (limits.micros_per_day !== undefined) yield* sql`delete from day_spending where owner = ${id}`
      const [version] = yield* sql<{ version: bigint }>`update key_change set version = version + 1 returning version`
      return yield* Effect.flatMap(
        sql`update account set ${sql.update({ ...set, changed: version?.version })} where id = ${id} returning ${columns}`,
        many
      )
    }).pipe(sql.withTransaction, away)
    yield* callers.changed
    if (row === undefined) return yield* notFound(id)
    yield* Effect.logInfo("account changed", { account: id, ...asked, limits: given })
    return accountView(row, usual)
  })

  return Accounts.of({
    create,
    admin,
    change,
    list: Effect.map(away(Effect.flatMap(sql`select ${columns} from account order by id`, many)), (rows) =>
      rows.map((row) => accountView(row, usual))
    ),
    get: Effect.fn("Accounts.get")(function* (id) {
      const [row] = yield* away(Effect.flatMap(sql`select ${columns} from account where id = ${id}`, many))
      return row === undefined ? yield* notFound(id) : accountView(row, usual)
    })
  })
})
