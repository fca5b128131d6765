import { describe, expect } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { it } from "@infernet/testing/harness"
import { Effect, Fiber, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { TestConsole } from "effect/testing"
import { anybodyRuns, anyHome, eventually, kill, notes, owner, server, withDatabase } from "./homes.ts"

const timeout = 30_000

/** The number of the server's first process, which starts all others. */
const postmaster = (dataDirectory: string) =>
  Number.parseInt(readFileSync(join(dataDirectory, "postmaster.pid"), "utf8"), 10)

/** Asked again for as long as the server is away. */
const patiently = <A, E, R>(query: Effect.Effect<A, E, R>) =>
  Effect.retry(query, { schedule: Schedule.spaced("20 millis"), times: 500 })

/** How often something was logged. */
const logged = (message: string) =>
  Effect.map(TestConsole.logLines, (lines) => lines.filter((line) => String(line).includes(message)).length)

describe("the embedded database, when one of its processes is killed", () => {
  it.live(
    "comes back in its place with all that was committed, without its owner ending",
    () =>
      Effect.gen(function* () {
        const home = yield* anyHome
        yield* withDatabase(
          home,
          Effect.gen(function* () {
            const sql = yield* SqlClient.SqlClient
            const { dataDirectory, ended } = yield* server
            const end = yield* Effect.forkChild(ended)
            const victims = [
              Effect.sync(() => postmaster(dataDirectory)),
              Effect.map(sql<{ pid: number }>`select pg_backend_pid() as pid`, ([row]) => Number(row?.pid))
            ]
            for (const [index, victim] of victims.entries()) {
              yield* sql`insert into note (words) values ('committed')`
              const before = yield* notes
              process.kill(yield* victim, "SIGKILL")
              yield* eventually(Effect.map(logged("database server is back"), (times) => times === index + 1))
              expect(yield* patiently(notes)).toEqual(before)
              expect(before).toHaveLength(index + 1)
            }
            expect(yield* logged("database server died")).toBe(2)
            expect(end.pollUnsafe()).toBeUndefined()
            yield* Fiber.interrupt(end)
          })
        )
        expect(yield* anybodyRuns(home)).toBe(false)
      }),
    { timeout }
  )

  it.live(
    "still ends with its owner",
    () =>
      Effect.gen(function* () {
        const home = yield* anyHome
        const child = yield* owner(home)
        const dataDirectory = join(home, "database", "data")
        const first = postmaster(dataDirectory)
        process.kill(first, "SIGKILL")
        const again = Effect.try(() => postmaster(dataDirectory) !== first)
        yield* eventually(Effect.orElseSucceed(again, () => false))
        yield* kill(child)
        yield* eventually(Effect.map(anybodyRuns(home), (running) => !running))
      }),
    { timeout }
  )
})
