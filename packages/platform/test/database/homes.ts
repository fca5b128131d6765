/** What the tests of the embedded database share: homes that leave nothing behind, and processes to be killed. */
import { chmodSync, mkdtempSync, realpathSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { Subprocess } from "bun"
import * as Database from "@infernet/platform/database/Database"
import { Embedded } from "@infernet/platform/database/Embedded"
import * as ServerUser from "@infernet/platform/database/ServerUser"
import { Home } from "@infernet/platform/Home"
import { self } from "@infernet/platform/SocketDirectory"
import { ConfigProvider, Effect, Layer, Schedule, Stream } from "effect"
import { SqlClient } from "effect/sql"

const migrations = join(import.meta.dir, "sql")

const remove = (path: string) => rmSync(path, { recursive: true, force: true })

/** A directory that others may pass through, as the server's user has to. */
export const directory = Effect.acquireRelease(
  Effect.sync(() => {
    const made = mkdtempSync("/tmp/infernet-")
    chmodSync(made, 0o711)
    return made
  }),
  (made) => Effect.sync(() => remove(made))
)

/** A home, removed with its database, wherever that was put. */
export const home = (path: string) =>
  Effect.acquireRelease(Effect.succeed(path), () =>
    Effect.ignore(Effect.try(() => remove(realpathSync(join(path, "database")))))
  )

/** A home with nothing special about it. */
export const anyHome = Effect.flatMap(directory, (parent) => home(join(parent, "home")))

/** Runs the body with the migrated database of a home. */
export const withDatabase = <A, E, R>(
  home: string,
  body: Effect.Effect<A, E, R | SqlClient.SqlClient | Database.DatabaseInfo>
) =>
  body.pipe(
    Effect.provide(Database.layer(migrations).pipe(Layer.provide(Home.at(home))), { local: true }),
    Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({})))
  )

/** What there is to tell about the server in use. */
export const server = Database.DatabaseInfo.pipe(Effect.flatMap(({ embedded }) => Effect.fromOption(embedded)))

export const notes = SqlClient.SqlClient.pipe(Effect.flatMap((sql) => sql<{ words: string }>`select words from note`))

/** A server of the home, without a client. */
export const start = (home: string) =>
  Effect.scoped(Layer.build(Embedded.layer({ durable: false }).pipe(Layer.provide(Home.at(home)))))

export const kill = (child: Subprocess) =>
  Effect.promise(() => {
    child.kill("SIGKILL")
    return child.exited
  })

/** Another process that starts the database of a home, to be killed. */
export const starter = (home: string) =>
  Effect.acquireRelease(
    Effect.sync(() =>
      Bun.spawn([process.execPath, join(import.meta.dir, "owner.ts"), home, migrations], {
        env: { PATH: "/usr/bin:/bin" },
        stderr: "inherit"
      })
    ),
    kill
  )

/** The same, once the database runs. */
export const owner = (home: string) =>
  Effect.gen(function* () {
    const child = yield* starter(home)
    yield* Stream.fromReadableStream({ evaluate: () => child.stdout, onError: (cause) => cause }).pipe(
      Stream.take(1),
      Stream.runDrain
    )
    return child
  })

/** Whether any process of the server has all the words in its command line. */
export const anybodyRuns = (...words: ReadonlyArray<string>) =>
  ServerUser.run(self(), ["ps", "-ww", "-eo", "args"]).pipe(
    Effect.map(({ output }) =>
      output.split("\n").some((line) => ["postgres", ...words].every((word) => line.includes(word)))
    )
  )

/** Asks again and again until the answer is yes. */
export const eventually = <E, R>(question: Effect.Effect<boolean, E, R>) =>
  Effect.repeat(question, { until: (yes) => yes, schedule: Schedule.spaced("20 millis") })
