/** A process that runs the database of the home named by its argument, writes one row and waits to be killed. */
import * as Database from "@infernet/platform/database/Database"
import { Home } from "@infernet/platform/Home"
import { Console, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"

const [, , home = "", migrations = ""] = process.argv

const program = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`insert into note (words) values (${`from ${process.pid}`})`
  yield* Console.log("written")
  return yield* Effect.never
})

await Effect.runPromise(program.pipe(Effect.provide(Database.layer(migrations).pipe(Layer.provide(Home.at(home))))))
