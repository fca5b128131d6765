/** A fresh, migrated PostgreSQL database for whoever builds the layer, gone when the layer is. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { PgClient } from "@effect/sql-pg"
import * as Database from "@infernet/platform/database/Database"
import * as migrations from "@infernet/platform/database/migrations"
import { Effect, Layer, Option } from "effect"
import type { SqlClient } from "effect/sql"
import * as DatabaseServer from "./DatabaseServer.ts"

/** The name of a database that holds the migrations of a directory and nothing else; made if there is none. */
const template = Effect.fnUntraced(function* (directory: string) {
  const { admin, connection, freshName } = yield* DatabaseServer.server
  const files = readdirSync(directory).toSorted()
  const content = files.map((file) => `${file}\n${readFileSync(join(directory, file), "utf8")}`).join("\n")
  const name = `template_infernet_${Bun.hash(content).toString(36)}`
  const exists = admin`select from pg_database where datname = ${name}`.pipe(Effect.map((rows) => rows.length > 0))
  if (yield* exists) return name

  // Built under another name: a template that is there is whole. Another run may have been faster.
  const building = freshName()
  yield* admin`create database ${admin(building)}`.unprepared
  yield* Layer.build(migrations.layer(directory).pipe(Layer.provide(Database.client(connection(building))))).pipe(
    Effect.scoped
  )
  yield* admin`alter database ${admin(building)} rename to ${admin(name)}`.unprepared.pipe(
    Effect.catch((error) =>
      Effect.flatMap(exists, (exists) => (exists ? admin`drop database ${admin(building)}`.unprepared : error))
    )
  )
  return name
})

const create = Effect.fnUntraced(function* (template: string) {
  const { admin, freshName } = yield* DatabaseServer.server
  const name = freshName()
  // Copied through the log: copying files would wait for a checkpoint.
  yield* admin`create database ${admin(name)} template ${admin(template)} strategy wal_log`.unprepared
  return name
})

const spares = new Map<string, Promise<string>>()

/**
 * A copy of the template. Where the server is ours the next one is made meanwhile, since making one takes
 * longer than many a test; the last is left over, for the next run to remove.
 */
const take = Effect.fnUntraced(function* (template: string) {
  const { exclusive } = yield* DatabaseServer.server
  if (!exclusive) return yield* create(template)
  const context = yield* Effect.context<never>()
  const make = () => Effect.runPromiseWith(context)(create(template))
  const spare = spares.get(template) ?? make()
  const next = spare.then(make)
  // Whoever takes it hears of its failure; until then nobody does.
  next.catch(() => undefined)
  spares.set(template, next)
  return yield* Effect.promise(() => spare)
})

const drop = Effect.fnUntraced(function* (name: string) {
  const { admin } = yield* DatabaseServer.server
  // A connection just closed is gone in a moment; finding one, `drop database` would wait a tenth of a second.
  yield* admin`select from pg_stat_activity where datname = ${name}`.pipe(
    Effect.repeat({ until: (rows) => rows.length === 0, times: 50 })
  )
  yield* admin`drop database ${admin(name)} with (force)`.unprepared
}, Effect.orDie)

/**
 * A database with the migrations of a directory. A machine's first run of a set of migrations makes a
 * template of them; from then on a database is a copy of it.
 */
export const of = (directory: string): Layer.Layer<PgClient.PgClient | SqlClient.SqlClient | Database.DatabaseInfo> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { connection } = yield* DatabaseServer.server
      const name = yield* Effect.acquireRelease(Effect.flatMap(template(directory), take), drop)
      return Database.info(Option.none()).pipe(Layer.provideMerge(Database.client(connection(name))))
    })
  ).pipe(Layer.orDie)

/** A database with the schema of the product. */
export const layer = of(migrations.directory)
