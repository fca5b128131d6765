import { afterAll, describe, expect } from "bun:test"
import { chmodSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { anybodyRuns, eventually, kill, notes, owner, server, start, withDatabase } from "./homes.ts"

// One for all tests here, as each costs seconds.
const temporary = mkdtempSync("/tmp/infernet-")
chmodSync(temporary, 0o711)
afterAll(() => rmSync(temporary, { recursive: true, force: true }))
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
        yield* eventually(Effect.map(anybodyRuns(home), (running) => !running))
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
        const error = yield* Effect.flip(start(home))
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
        const incomplete = yield* Effect.flip(start(home))
        renameSync(`${library}.away`, library)
        expect(incomplete).toMatchObject({ reason: "start" })
        expect(incomplete.message).toContain("shared libraries")
        expect(incomplete.message).toContain("DATABASE_URL")

        writeFileSync(join(dataDirectory, "PG_VERSION"), "17\n")
        const older = yield* Effect.flip(start(home))
        writeFileSync(join(dataDirectory, "PG_VERSION"), "18\n")
        expect(older).toMatchObject({ reason: "version" })
        expect(older.message).toContain("PostgreSQL 17")
      }),
    { timeout: 30_000 }
  )
})
