/** The schema as numbered SQL files, each run once, all of them before anybody sees the database. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { PgMigrator } from "@effect/sql-pg"
import { Effect, FileSystem, Layer, Path } from "effect"
import { Migrator, SqlClient } from "effect/sql"
import { travelling } from "../travelling.ts"

/** The migrations of this program, from wherever the process was started. */
export const directory = travelling(import.meta.url, "../../../../sql", "sql")

/** The files `NNNN_name.sql` of a directory, in order; anything else there is an error, not something to skip. */
const load = Effect.fnUntraced(
  function* (directory: string) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const files = yield* fs.readDirectory(directory)
    return yield* Effect.forEach(files.toSorted(), (file) => {
      const [, id, name] = /^(\d{4})_(\w+)\.sql$/.exec(file) ?? []
      if (id === undefined || name === undefined) {
        const message = `${file} is not named NNNN_name.sql`
        return Effect.fail(new Migrator.MigrationError({ kind: "BadState", message }))
      }
      const run = Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const text = yield* fs.readFileString(path.join(directory, file))
        // The extended protocol takes one statement per query: a file of many goes in as one block.
        yield* sql.unsafe(`do $migration$ begin\n${text}\nend $migration$`).unprepared
      })
      return Effect.succeed<Migrator.ResolvedMigration>([Number(id), name, Effect.succeed(run)])
    })
  },
  Effect.catchTag("PlatformError", (cause) =>
    Effect.fail(new Migrator.MigrationError({ kind: "Failed", message: "the migrations cannot be read", cause }))
  )
)

/** Brings the database up to date; any number of processes may do so at once, one of them does it. */
export const layer = (from: string) =>
  PgMigrator.layer({ loader: load(from), table: "migration" }).pipe(Layer.provide(NodeServices.layer))
