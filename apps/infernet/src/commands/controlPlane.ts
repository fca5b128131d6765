/** `infernet control-plane`: a control plane alone, for a server. */
import { DatabaseInfo } from "@infernet/platform/database/Database"
import { Home } from "@infernet/platform/Home"
import * as Telemetry from "@infernet/platform/Telemetry"
import { Console, Context, Effect, Option } from "effect"
import { Command } from "effect/cli"
import * as options from "../settings/options.ts"
import { bold, row } from "../terminal/style.ts"
import { version } from "../version.ts"

export const command = Command.make(
  "control-plane",
  { host: options.host, port: options.port },
  Effect.fn(
    function* (given) {
      // Loaded only here: a chat must not wait for a control plane's code.
      const controlPlane = yield* Effect.promise(() => import("../network/controlPlane.ts"))
      const home = yield* Home
      yield* home.lock
      const http = yield* controlPlane.listen(given)
      yield* Console.log(`${bold("infernet")} ${version}\n`)
      yield* Console.log(row("home", home.root))
      const database = yield* controlPlane.openDatabase
      const { embedded, version: server } = Context.get(database, DatabaseInfo)
      const where = Option.isSome(embedded) ? "embedded (set DATABASE_URL for a server of your own)" : "at DATABASE_URL"
      yield* Console.log(row("database", `PostgreSQL ${server}, ${where}`))
      yield* controlPlane.serve(given, http, database)
      yield* Console.log(`\n${bold("ready")}  ${controlPlane.urlOf(given)}`)
      return yield* Effect.never
    },
    Effect.scoped,
    Effect.provide(Telemetry.layer())
  )
).pipe(
  Command.withDescription("Run a control plane: PostgreSQL by DATABASE_URL, else the embedded one."),
  Command.withExamples([
    {
      command: "DATABASE_URL=postgres://… infernet control-plane --host 0.0.0.0",
      description: "A server that nodes and clients elsewhere reach"
    }
  ])
)
