/** The ledger in PostgreSQL. What jobs move is written with the jobs themselves (`JobStoreSql`). */
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import * as BooksSql from "./BooksSql.ts"
import { Ledger } from "./Ledger.ts"
import { ofBooks } from "./ofBooks.ts"

export const layer = Layer.effect(
  Ledger,
  Effect.map(SqlClient.SqlClient, (sql) => ofBooks(BooksSql.make(sql)))
)
