/** The one database server of a test run, started by whoever needs it first and gone with the process. */
import type { PgClient } from "@effect/sql-pg"
import * as Database from "@infernet/platform/database/Database"
import { Embedded } from "@infernet/platform/database/Embedded"
import { Home } from "@infernet/platform/Home"
import { self } from "@infernet/platform/SocketDirectory"
import { Config, Context, Effect, Layer, Option, Random, Redacted, Scope } from "effect"
import { SqlClient } from "effect/sql"

export interface DatabaseServer {
  /** Connected to a database that no test uses. */
  readonly admin: SqlClient.SqlClient
  readonly connection: (database: string) => PgClient.PgPoolConfig
  /** A name that no other database of the server has. */
  readonly freshName: () => string
  /** Whether nobody else uses the server: what a killed run left there may go. */
  readonly exclusive: boolean
}

type Connection = Pick<DatabaseServer, "connection" | "exclusive">

const given = Config.Redacted("TEST_DATABASE_URL").pipe(
  Config.orElse(() => Config.Redacted("DATABASE_URL")),
  Config.option
)

/** How many test runs on this machine may have an embedded server at a time. */
const slots = 16

/** A server kept from run to run, so that only a machine's first run waits for its creation. */
const embedded = (scope: Scope.Scope, slot = 0): Effect.Effect<Connection, unknown> =>
  Layer.buildWithScope(
    Embedded.layer({ durable: false }).pipe(Layer.provide(Home.at(`/tmp/infernet-test-${self().uid}/${slot}`))),
    scope
  ).pipe(
    Effect.map((context): Connection => {
      const { socketDirectory: host, role: username } = Context.get(context, Embedded)
      return { connection: (database) => ({ host, username, database }), exclusive: true }
    }),
    Effect.catch((error) =>
      "reason" in error && error.reason === "held" && slot + 1 < slots ? embedded(scope, slot + 1) : Effect.fail(error)
    )
  )

const remote = (url: Redacted.Redacted): Connection => ({
  connection: (database) => {
    const other = new URL(Redacted.value(url))
    if (database !== "postgres") other.pathname = `/${database}`
    return { url: Redacted.make(other.href) }
  },
  exclusive: false
})

/** Drops what killed runs left behind, and the templates of schemas long past. */
const sweep = Effect.fnUntraced(function* (admin: SqlClient.SqlClient) {
  const past = yield* admin<{ name: string }>`
    select datname as name from pg_database where datname like 'test\\_%'
    union all
    (select datname from pg_database where datname like 'template\\_infernet\\_%' order by oid desc offset 4)`
  yield* Effect.forEach(past, ({ name }) => admin`drop database ${admin(name)} with (force)`.unprepared)
})

const start = Effect.gen(function* () {
  // Never closed: the run ends when its process does, and the embedded server with it.
  const scope = yield* Scope.make()
  const url = yield* given
  const found = Option.isSome(url) ? remote(url.value) : yield* embedded(scope)
  const context = yield* Layer.buildWithScope(Database.client(found.connection("postgres")), scope)
  const admin = Context.get(context, SqlClient.SqlClient)
  if (found.exclusive) yield* sweep(admin)
  // Not the process number alone: runs on other machines may use a given server too.
  const run = `${(yield* Random.nextInt).toString(36).replace("-", "")}_${process.pid}`
  let count = 0
  return { ...found, admin, freshName: () => `test_${run}_${(count += 1)}` } satisfies DatabaseServer
})

const key = Symbol.for("@infernet/testing/DatabaseServer")
const registry: typeof globalThis & { [key]?: Promise<DatabaseServer> } = globalThis

/** On the global object, as test files need not share their modules; on the real clock, whatever the test's. */
export const server = Effect.promise(() => (registry[key] ??= Effect.runPromise(start)))
