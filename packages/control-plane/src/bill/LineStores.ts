/** Sums of bytes and tokens: in PostgreSQL, where replicas add them up together, or in memory. */
import { plus, remembered } from "@infernet/payment/bill/Line"
import { lineKinds } from "@infernet/payment/bill/Lines"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { away } from "../database/away.ts"
import { LineStore, type StoredLine } from "./BytesPerToken.ts"

const Rows = Schema.Array(
  Schema.Struct({
    model: Schema.String,
    kind: Schema.Literals(lineKinds),
    operator: Schema.String,
    jobs: Schema.BigInt,
    bytes: Schema.BigInt,
    tokens: Schema.BigInt,
    bytesSquared: Schema.BigInt,
    bytesTokens: Schema.BigInt
  })
)

const sums = ["jobs", "bytes", "tokens", "bytes_squared", "bytes_tokens"]
const columns = ["model", "kind", "operator", ...sums].join(", ")

/** As `plus` does it. */
const sumOf = (column: string): string =>
  `${column} = (t.${column} + excluded.${column}) / case when t.jobs + excluded.jobs >= ${remembered} then 2 else 1 end`

const add = `
  insert into bytes_per_token as t (${columns}, updated_at)
  select ${columns}, $2::timestamptz from json_to_recordset($1::json) as x(
    model text, kind text, operator text, jobs bigint, bytes bigint, tokens bigint, bytes_squared bigint, bytes_tokens bigint)
   order by model, kind, operator
  on conflict (model, kind, operator) do update set ${sums.map(sumOf).join(", ")}, updated_at = excluded.updated_at
  returning ${columns}`

const rowOf = ({ line, name }: StoredLine) => ({
  ...name,
  jobs: `${line.jobs}`,
  bytes: `${line.bytes}`,
  tokens: `${line.tokens}`,
  bytes_squared: `${line.bytesSquared}`,
  bytes_tokens: `${line.bytesTokens}`
})

const storedLine = ({ kind, model, operator, ...line }: (typeof Rows.Type)[number]): StoredLine => ({
  name: { kind, model, operator },
  line
})

export const layerSql = Layer.effect(
  LineStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const decode = Schema.decodeUnknownEffect(Rows)
    const stored = <E>(rows: Effect.Effect<ReadonlyArray<object>, E>) =>
      Effect.map(Effect.flatMap(rows, decode), (found) => found.map(storedLine))
    return LineStore.of({
      since: (at, limit) =>
        away(
          stored(sql`
            select ${sql.literal(columns)} from bytes_per_token where updated_at >= ${DateTime.toDate(at)}
             order by updated_at desc limit ${limit}`)
        ).pipe(Effect.map((lines) => lines.toReversed())),
      add: (lines, at) => away(stored(sql.unsafe(add, [JSON.stringify(lines.map(rowOf)), DateTime.toDate(at)]))),
      forget: (before) =>
        away(Effect.asVoid(sql`delete from bytes_per_token where updated_at < ${DateTime.toDate(before)}`))
    })
  })
)

/** For simulations and tests: known for as long as the layer lives. */
export const layerMemory = Layer.sync(LineStore, () => {
  const stored = new Map<string, StoredLine>()
  return LineStore.of({
    since: () => Effect.sync(() => [...stored.values()]),
    add: (lines) =>
      Effect.sync(() =>
        lines.map(({ line, name }) => {
          const key = `${name.kind} ${name.operator} ${name.model}`
          const before = stored.get(key)
          const now = { name, line: before === undefined ? line : plus(before.line, line) }
          stored.set(key, now)
          return now
        })
      ),
    forget: () => Effect.void
  })
})
