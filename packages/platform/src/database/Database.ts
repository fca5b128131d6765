/** The database, migrated: PostgreSQL at `DATABASE_URL`, else the embedded server of the home. */
import { PgClient } from "@effect/sql-pg"
import { Config, Context, Effect, Layer, Option, Schema, String } from "effect"
import { SqlClient } from "effect/sql"
import { Embedded } from "./Embedded.ts"
import { within } from "../within.ts"
import * as migrations from "./migrations.ts"

/** The server at `DATABASE_URL` is older than the oldest that the schema works with. */
export class DatabaseTooOld extends Schema.TaggedError<DatabaseTooOld>()("DatabaseTooOld", { version: Schema.String }) {
  override get message(): string {
    return `The database server is PostgreSQL ${this.version}: version 15 or later is needed`
  }
}

/** What there is to tell about the database in use; `embedded` where it is our own. */
export class DatabaseInfo extends Context.Service<
  DatabaseInfo,
  { readonly version: string; readonly embedded: Option.Option<Embedded["Service"]> }
>()("@infernet/platform/database/DatabaseInfo") {}

const oldest = 150_000

/** How every connection is set up; JSON is the program's own and keeps its keys. */
const common = {
  transformQueryNames: String.camelToSnake,
  transformResultNames: String.snakeToCamel,
  transformJson: false,
  applicationName: "infernet"
} as const satisfies PgClient.PgPoolConfig

const poolSize = Config.Int("DATABASE_POOL").pipe(
  Config.withDefault(10),
  // None would be waited for without end.
  Config.flatMap(within("DATABASE_POOL", 1, 1000))
)

/** Connections, at most `DATABASE_POOL` of them, to a server named in whatever way. */
export const client = (server: PgClient.PgPoolConfig) =>
  Layer.unwrap(Effect.map(poolSize, (maxConnections) => PgClient.layer({ ...common, maxConnections, ...server })))

const Version = Schema.Struct({ name: Schema.String, number: Schema.NumberFromString })

/** Tells about the server behind a client, and refuses one that is too old. */
export const info = (embedded: Option.Option<Embedded["Service"]>) =>
  Layer.effect(
    DatabaseInfo,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql`
        select current_setting('server_version') as name, current_setting('server_version_num') as number`
      const [{ name, number }] = yield* Schema.decodeUnknownEffect(Schema.Tuple([Version]))(rows)
      if (number < oldest) return yield* new DatabaseTooOld({ version: name })
      return DatabaseInfo.of({ version: name, embedded })
    }).pipe(Effect.catchTag("SchemaError", Effect.die))
  )

const migrated = (server: PgClient.PgPoolConfig, embedded: Option.Option<Embedded["Service"]>, sql: string) =>
  migrations.layer(sql).pipe(Layer.provideMerge(info(embedded)), Layer.provideMerge(client(server)))

const onEmbedded = (sql: string) =>
  Layer.unwrap(
    Effect.map(Embedded, (server) =>
      migrated({ host: server.socketDirectory, username: server.role, database: "postgres" }, Option.some(server), sql)
    )
  ).pipe(Layer.provide(Embedded.layer()))

/** Whoever is built on this sees the newest schema; `sql` is the directory of its migrations. */
export const layer = (sql: string = migrations.directory) =>
  Layer.unwrap(
    Effect.map(
      Config.option(Config.Redacted("DATABASE_URL")),
      Option.match({
        onSome: (url) => migrated({ url }, Option.none(), sql),
        onNone: () => onEmbedded(sql)
      })
    )
  )
