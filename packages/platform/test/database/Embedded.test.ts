import { afterAll, describe, expect } from "bun:test"
import type { Subprocess } from "bun"
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as Binaries from "@infernet/platform/database/Binaries"
import * as Database from "@infernet/platform/database/Database"
import { Embedded } from "@infernet/platform/database/Embedded"
import * as ServerUser from "@infernet/platform/database/ServerUser"
import { Home } from "@infernet/platform/Home"
import { self } from "@infernet/platform/SocketDirectory"
import { it } from "@infernet/testing/harness"
import { ConfigProvider, Effect, Layer, Schedule, Stream } from "effect"
import { SqlClient } from "effect/sql"

const temporary = mkdtempSync("/tmp/infernet-")
chmodSync(temporary, 0o711)
const migrations = join(temporary, "sql")
mkdirSync(migrations)
writeFileSync(
  join(migrations, "0001_note.sql"),
  "create table note (words text not null);\ncreate index on note (words);"
)

const places: Array<string> = []
afterAll(() => {
  for (const place of [...places, temporary]) rmSync(place, { recursive: true, force: true })
})

const withDatabase = <A, E>(home: string, body: Effect.Effect<A, E, SqlClient.SqlClient | Database.DatabaseInfo>) =>
  body.pipe(
    Effect.provide(Database.layer(migrations).pipe(Layer.provide(Home.at(home))), { local: true }),
    Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({})))
  )

const server = Effect.gen(function* () {
  const { embedded } = yield* Database.DatabaseInfo
  const server = yield* Effect.fromOption(embedded)
  places.push(join(server.dataDirectory, ".."), server.socketDirectory)
  return server
})

const notes = SqlClient.SqlClient.pipe(Effect.flatMap((sql) => sql<{ words: string }>`select words from note`))

const start = (home: string) =>
  Effect.flip(Effect.scoped(Layer.build(Embedded.layer({ durable: false }).pipe(Layer.provide(Home.at(home))))))

const kill = (child: Subprocess) =>
  Effect.promise(() => {
    child.kill("SIGKILL")
    return child.exited
  })

/** Another process that runs the database of a home, to be killed. */
const owner = (home: string) =>
  Effect.gen(function* () {
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        Bun.spawn([process.execPath, join(import.meta.dir, "owner.ts"), home, migrations], {
          env: { PATH: "/usr/bin:/bin" },
          stderr: "inherit"
        })
      ),
      kill
    )
    yield* Stream.fromReadableStream({ evaluate: () => child.stdout, onError: (cause) => cause }).pipe(
      Stream.take(1),
      Stream.runDrain
    )
    return child
  })

/** Whether any process has the words in its command line. */
const anybodyRuns = (words: string) =>
  ServerUser.run(self(), ["ps", "-eo", "args"]).pipe(
    Effect.map(({ output }) => output.split("\n").some((line) => line.includes("postgres") && line.includes(words)))
  )

const home = join(temporary, "home")

describe("the embedded database", () => {
  it.live(
    "is made once, reachable through a private socket alone, and leaves no process behind",
    () =>
      Effect.gen(function* () {
        const { socketDirectory, dataDirectory } = yield* withDatabase(
          home,
          Effect.gen(function* () {
            const sql = yield* SqlClient.SqlClient
            yield* sql`insert into note (words) values ('first')`
            expect(yield* sql`show listen_addresses`).toEqual([{ listenAddresses: "" }])
            const found = yield* server
            expect(found.created).toBe(true)
            expect(statSync(found.socketDirectory).mode & 0o077).toBe(0)
            expect(statSync(found.dataDirectory).mode & 0o077).toBe(0)
            return found
          })
        )
        expect(yield* anybodyRuns(dataDirectory)).toBe(false)
        const again = yield* withDatabase(home, Effect.all({ notes, server }))
        expect(again.notes).toEqual([{ words: "first" }])
        expect(again.server).toMatchObject({ created: false, socketDirectory })
      }),
    { timeout: 30_000 }
  )

  it.live(
    "ends with its owner, however the owner ends, and keeps what was committed",
    () =>
      Effect.gen(function* () {
        const first = yield* owner(home)
        yield* kill(first)
        // At once, while the first server may still be ending …
        const second = yield* owner(home)
        yield* kill(second)
        // … and after nothing but time.
        yield* anybodyRuns(home).pipe(
          Effect.repeat({ until: (running) => !running, schedule: Schedule.spaced("50 millis") })
        )
        const words = (yield* withDatabase(home, notes)).map((note) => note.words)
        expect(words).toContain(`from ${first.pid}`)
        expect(words).toContain(`from ${second.pid}`)
      }),
    { timeout: 30_000 }
  )

  it.live(
    "is not fooled by a number that has gone to another process",
    () =>
      Effect.gen(function* () {
        const { dataDirectory } = yield* withDatabase(home, server)
        writeFileSync(join(dataDirectory, "postmaster.pid"), `${process.pid}\n${dataDirectory}\n`)
        expect((yield* withDatabase(home, notes)).length).toBeGreaterThan(0)
      }),
    { timeout: 30_000 }
  )

  it.live(
    "is one process's at a time",
    () =>
      Effect.gen(function* () {
        const child = yield* owner(home)
        const error = yield* start(home)
        expect(error).toMatchObject({ _tag: "EmbeddedUnavailable", reason: "held" })
        expect(error.message).toContain(`pid ${child.pid}`)
      }),
    { timeout: 30_000 }
  )

  it.live(
    "says what to do when its programs or data are not of its kind",
    () =>
      Effect.gen(function* () {
        const { dataDirectory, version } = yield* withDatabase(home, server)
        const library = join(dataDirectory, "..", `postgresql-${version}`, "lib")
        renameSync(library, `${library}.away`)
        const incomplete = yield* start(home)
        renameSync(`${library}.away`, library)
        expect(incomplete).toMatchObject({ reason: "start" })
        expect(incomplete.message).toContain("shared libraries")
        expect(incomplete.message).toContain("DATABASE_URL")

        writeFileSync(join(dataDirectory, "PG_VERSION"), "17\n")
        const older = yield* start(home)
        writeFileSync(join(dataDirectory, "PG_VERSION"), "18\n")
        expect(older).toMatchObject({ reason: "version" })
        expect(older.message).toContain("PostgreSQL 17")
      }),
    { timeout: 30_000 }
  )
})

describe("under directories closed to everybody else", () => {
  const closed = join(temporary, "closed")

  it.live(
    "runs all the same, and opens none of them",
    () =>
      Effect.gen(function* () {
        mkdirSync(closed, { mode: 0o700 })
        // Long, too: the socket has to go elsewhere.
        const home = join(closed, "long".repeat(30))
        const { adminSocket } = yield* Home.use(Effect.succeed).pipe(Effect.provide(Home.at(home)))
        places.push(join(adminSocket, ".."))
        const found = yield* withDatabase(home, server)
        expect(found.socketDirectory.length).toBeLessThan(90)
        expect(statSync(found.socketDirectory).mode & 0o777).toBe(0o700)
        expect(statSync(closed).mode & 0o777).toBe(0o700)
        expect(realpathSync(join(home, "database", "data"))).toBe(found.dataDirectory)
        const again = yield* withDatabase(home, server)
        expect(again).toMatchObject({ created: false, dataDirectory: found.dataDirectory })
      }),
    { timeout: 30_000 }
  )

  it.live(
    "takes its programs out of a package that nobody else can read",
    () =>
      Effect.gen(function* () {
        const user = yield* ServerUser.find
        const secret = join(temporary, "secret")
        mkdirSync(secret, { mode: 0o700 })
        yield* ServerUser.run(self(), ["cp", "-R", yield* Binaries.packaged, join(secret, "package")])
        yield* ServerUser.run(self(), ["chmod", "-R", "go-rwx", secret])
        const place = join(temporary, "place")
        mkdirSync(place, { mode: 0o711 })
        const { directory } = yield* Binaries.install(join(secret, "package"), place)
        const { code, output } = yield* ServerUser.run(user, [join(directory, "bin", "postgres"), "--version"])
        expect([code, output]).toEqual([0, expect.stringContaining("PostgreSQL) 18")])
      }).pipe(Effect.provide(Layer.merge(NodeFileSystem.layer, NodePath.layer))),
    { timeout: 30_000 }
  )
})
