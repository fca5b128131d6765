import { afterAll, describe, expect } from "bun:test"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as DatabaseServer from "@infernet/testing/DatabaseServer"
import { it } from "@infernet/testing/harness"
import * as TestDatabase from "@infernet/testing/TestDatabase"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const directory = mkdtempSync(join(tmpdir(), "infernet-sql-"))
afterAll(() => rmSync(directory, { recursive: true }))
const note = `create table note (words text); -- run ${process.pid}, which has no template yet`
writeFileSync(join(directory, "0001_note.sql"), note)

const inFresh = <A, E>(body: Effect.Effect<A, E, SqlClient.SqlClient>) =>
  body.pipe(Effect.provide(TestDatabase.of(directory), { local: true }))

const name = SqlClient.SqlClient.pipe(
  Effect.flatMap((sql) => sql<{ name: string }>`select current_database() as name`),
  Effect.map((rows) => rows[0]?.name ?? "")
)

const exists = Effect.fnUntraced(function* (name: string) {
  const { admin } = yield* DatabaseServer.server
  return (yield* admin`select from pg_database where datname = ${name}`).length > 0
})

describe("TestDatabase", () => {
  it(
    "gives each a database of its own, migrated, empty and gone afterwards, under a clock that stands still",
    () =>
      Effect.gen(function* () {
        const write = Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* sql`insert into note (words) values ('mine')`
          const [row] = yield* sql`select count(*) from note`
          return { name: yield* name, count: row?.["count"], exists: yield* exists(yield* name) }
        })
        const [one, two] = yield* Effect.all([inFresh(write), inFresh(write)], { concurrency: 2 })
        expect([one.count, two.count]).toEqual([1n, 1n])
        expect([one.exists, two.exists]).toEqual([true, true])
        expect(one.name).not.toBe(two.name)
        expect([yield* exists(one.name), yield* exists(two.name)]).toEqual([false, false])
      }),
    { timeout: 30_000 }
  )
})
