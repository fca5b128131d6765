/** Books in PostgreSQL: an entry is a transaction, or a part of the one that it is written in. */
import type { Unavailable } from "@infernet/contract/ApiError"
import { AccountId, JobId } from "@infernet/contract/Id"
import { Data, DateTime, Effect, Schema } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { away } from "../database/away.ts"
import { accountsOf, customerKinds } from "./accounts.ts"
import { accountOf, type Books, byAccount, isSame, type NewEntry, overdraws, type Posted } from "./Books.ts"
import { type Entry, EntryKind } from "./Ledger.ts"
import type { Move } from "./moves.ts"

const Amounts = Schema.Array(Schema.Struct({ account: Schema.String, amount: Schema.BigInt }))
const Entries = Schema.Array(
  Schema.Struct({
    id: Schema.BigInt,
    kind: EntryKind,
    reference: Schema.String,
    job: Schema.NullOr(JobId),
    note: Schema.NullOr(Schema.String),
    at: Schema.DateTimeUtcFromDate,
    // In JSON, where a number might be rounded.
    moved: Schema.fromJsonString(Schema.Record(Schema.String, Schema.BigIntFromString))
  })
)
const Ids = Schema.Array(Schema.Struct({ id: Schema.BigInt }))
const Differing = Schema.Array(
  Schema.Struct({ account: Schema.String, balance: Schema.BigInt, rebuilt: Schema.BigInt })
)
const Sum = Schema.NonEmptyArray(Schema.Struct({ sum: Schema.BigInt }))
const Found = Schema.Array(Schema.Struct({ id: AccountId }))

/** Two replicas wait for each other: nothing was written, and in a moment the way is free. */
const isInTheWay = ({ reason }: SqlError.SqlError) =>
  reason._tag === "DeadlockError" || reason._tag === "SerializationError"

/** Fails inside, so that the whole transaction is undone. */
class Undone extends Data.TaggedError("Undone")<{ readonly posted: Posted }> {}

const decode = <S extends Schema.ConstraintDecoder<unknown>>(schema: S) => Schema.decodeUnknownEffect(schema)
const isCustomers = Schema.is(Schema.Literals(customerKinds))

/** With one account of a customer all of them: what jobs hold has a place then. */
const opened = ({ kind, owner }: Move): ReadonlyArray<Pick<Move, "kind" | "owner">> =>
  isCustomers(kind) ? customerKinds.map((kind) => ({ kind, owner })) : [{ kind, owner }]

const amountsOf = (rows: typeof Amounts.Type) => new Map(rows.map(({ account, amount }) => [account, amount]))

export const make = (sql: SqlClient.SqlClient): Books => {
  const select = <A>(
    statement: string,
    parameters: ReadonlyArray<unknown>,
    read: (rows: unknown) => Effect.Effect<A, Schema.SchemaError>
  ): Effect.Effect<A, SqlError.SqlError | Schema.SchemaError> => Effect.flatMap(sql.unsafe(statement, parameters), read)

  const postings = (kind: string, reference: string) =>
    Effect.map(
      select(
        `select account_id as account, amount from posting join ledger_entry on id = entry_id
          where kind = $1 and reference = $2`,
        [kind, reference],
        decode(Amounts)
      ),
      amountsOf
    )

  /** The entry first: who comes second waits for it, and holds nothing meanwhile that others wait for. */
  const write = Effect.fnUntraced(function* ({ at, job, kind, moves, note, redeemed, reference }: NewEntry) {
    const [entry] = yield* select(
      `insert into ledger_entry (kind, reference, job_id, note, at) values ($1, $2, $3, $4, $5)
       on conflict (kind, reference) do nothing returning id`,
      [kind, reference, job, note, DateTime.toDate(at)],
      decode(Ids)
    )
    if (entry === undefined) {
      const before: Posted = { _tag: "Before", same: isSame(yield* postings(kind, reference), byAccount(moves)) }
      return before
    }
    const input = JSON.stringify(
      moves.map((move) => ({ id: accountOf(move), kind: move.kind, owner: move.owner, amount: String(move.amount) }))
    )
    const columns = "json_to_recordset($1::json) as move(id text, kind text, owner text, amount bigint)"
    yield* sql.unsafe(
      `insert into ledger_account (id, kind, owner) select concat_ws(':', kind, owner), kind, owner
         from json_to_recordset($1::json) as opened(kind text, owner text) order by 1
       on conflict do nothing`,
      [JSON.stringify(moves.flatMap(opened))]
    )
    const balances = amountsOf(
      yield* select(
        `select ledger_account.id as account, balance as amount from ledger_account
          where id in (select move.id from ${columns}) order by ledger_account.id for no key update`,
        [input],
        decode(Amounts)
      )
    )
    const overdrawn = overdraws(moves, (account) => balances.get(account) ?? 0n)
    if (overdrawn !== undefined) return yield* new Undone({ posted: overdrawn })
    yield* sql.unsafe(
      `update ledger_account set balance = balance + move.amount from ${columns} where ledger_account.id = move.id`,
      [input]
    )
    yield* sql.unsafe(`insert into posting (entry_id, account_id, amount) select $2, id, amount from ${columns}`, [
      input,
      entry.id
    ])
    if (redeemed !== undefined) {
      const found = yield* sql.unsafe(`update channel set redeemed = redeemed + $2 where id = $1 returning id`, [
        redeemed.channel,
        redeemed.amount
      ])
      if (found.length === 0) return yield* Effect.die(new Error(`there is no channel ${redeemed.channel}`))
    }
    const posted: Posted = { _tag: "Posted" }
    return posted
  })

  return {
    post: (entry): Effect.Effect<Posted, Unavailable> =>
      sql.withTransaction(write(entry)).pipe(
        Effect.retry({ while: (error) => error._tag === "SqlError" && isInTheWay(error), times: 3 }),
        Effect.catchTag("Undone", ({ posted }) => Effect.succeed(posted)),
        away
      ),
    balances: (owner) =>
      away(
        Effect.map(
          select(
            `select kind as account, balance as amount from ledger_account where owner = $1`,
            [owner],
            decode(Amounts)
          ),
          amountsOf
        )
      ),
    entries: (owner, { before, limit }) =>
      away(
        Effect.map(
          select(
            `select id, kind, reference, job_id as job, note, at,
                    (select json_object_agg(split_part(account_id, ':', 1), amount::text) from posting
                      where entry_id = id and account_id = any ($2))::text as moved
               from ledger_entry
              where id in (select entry_id from posting where account_id = any ($2) and ($3::bigint is null or entry_id < $3)
                            order by entry_id desc limit $1 * cardinality($2))
              order by id desc limit $1`,
            [limit, accountsOf(owner), before ?? null],
            decode(Entries)
          ),
          (rows): ReadonlyArray<Entry> => rows
        )
      ),
    rebuilt: away(
      Effect.gen(function* () {
        const differing = yield* select(
          `select id as account, balance, coalesce(sum(amount), 0)::bigint as rebuilt
             from ledger_account left join posting on account_id = id group by id
           having balance <> coalesce(sum(amount), 0) order by id`,
          [],
          decode(Differing)
        )
        const [{ sum }] = yield* select(`select coalesce(sum(amount), 0)::bigint as sum from posting`, [], decode(Sum))
        return { sum, differing }
      })
    ),
    hasAccount: (account) =>
      away(
        Effect.map(select(`select id from account where id = $1`, [account], decode(Found)), (rows) => rows.length > 0)
      )
  }
}
