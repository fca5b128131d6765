/** A write whose rows share a statement, over `GroupCommit`: the rows go as one JSON parameter, and answers come by number. */
import { Effect, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { make as groupCommit } from "../database/GroupCommit.ts"
import type { StoreUnavailable } from "./JobStore.ts"

/** What one statement may carry: many short jobs, or one large one. */
const maxStatementSize = 8 << 20

export interface GroupWrite<Row, Answer, Out> {
  /** Its text never changes for the same kind of rows. */
  readonly statement: (rows: ReadonlyArray<Row>) => string
  readonly toRow: (row: Row) => object
  readonly size: (row: Row) => number
  /** One row of the answer, without its number. */
  readonly answer: Schema.Codec<Answer, unknown>
  /** `answer` is undefined where the statement answered nothing for the row. */
  readonly outcome: (answer: Answer | undefined, row: Row) => Out
}

type Failure = SqlError.SqlError | StoreUnavailable

/** Two replicas in each other's way: nothing was written, and in a moment the way is free. */
const passes = (error: Failure): boolean =>
  error._tag === "SqlError" && (error.reason._tag === "DeadlockError" || error.reason._tag === "SerializationError")

const isOfData = (error: Failure): boolean => error._tag === "SqlError" && error.reason._tag !== "ConnectionError"

/** `inTime` gives up a statement that takes too long. */
export const make = Effect.fnUntraced(function* <Row, Answer, Out>(
  { answer, outcome, size, statement, toRow }: GroupWrite<Row, Answer, Out>,
  inTime: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E | StoreUnavailable>
) {
  const sql = yield* SqlClient.SqlClient
  const decodeNumber = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ n: Schema.Int })))
  const decode = Schema.decodeUnknownEffect(Schema.Array(answer))

  return yield* groupCommit({
    write: Effect.fnUntraced(function* (rows: ReadonlyArray<Row>) {
      const parameter = JSON.stringify(rows.map((row, n) => ({ n, ...toRow(row) })))
      const answered = yield* Effect.retry(inTime(sql.unsafe(statement(rows), [parameter])), {
        while: passes,
        times: 3
      })
      const numbers = yield* Effect.orDie(decodeNumber(answered))
      const answers = yield* Effect.orDie(decode(answered))
      const byNumber = new Map(numbers.map(({ n }, i) => [n, answers[i]]))
      return rows.map((row, n) => outcome(byNumber.get(n), row))
    }),
    isolate: isOfData,
    maxRows: 200,
    maxWaiting: 10_000,
    size,
    maxSize: maxStatementSize
  })
})
