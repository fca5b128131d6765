/** However a start ends, nothing of it is left, and the next one works. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect, Schedule } from "effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { freePort, freshHome, infernet, network, running } from "./infernet.ts"
import { descendants, living } from "./processes.ts"

const within = (millis: number) => Schedule.max([Schedule.spaced("20 millis"), Schedule.recurs(millis / 20)])

/** Waits for something to become true; whether it did. */
const eventually = (is: () => boolean, millis = 8_000) =>
  Effect.suspend(() => (is() ? Effect.succeed(true) : Effect.fail("not yet"))).pipe(
    Effect.retry(within(millis)),
    Effect.orElseSucceed(() => false)
  )

/** Whether a data directory is being made: under a name of its own until it is whole. */
const isMakingDatabase = (home: string) => {
  const place = join(home, "database")
  const partial = existsSync(place) ? readdirSync(place).find((name) => name.startsWith("data.partial")) : undefined
  return partial !== undefined && existsSync(join(place, partial, "base"))
}

/** The main process of the database server, which outlives its owner for a moment. */
const databasePid = (home: string) => {
  const note = join(home, "database", "data", "postmaster.pid")
  return existsSync(note) ? Number.parseInt(readFileSync(note, "utf8"), 10) : undefined
}

it.live(
  "stops well in the middle of its first start, whatever it is doing",
  () =>
    Effect.gen(function* () {
      const home = yield* freshHome
      const port = yield* freePort
      const stages: ReadonlyArray<readonly [string, () => boolean]> = [
        ["the home is made", () => existsSync(join(home, "run", "lock.holder"))],
        ["the database is being made", () => isMakingDatabase(home)],
        ["the database starts", () => databasePid(home) !== undefined],
        // Which a start reaches only where the ones before it left nothing in its way.
        ["the key is written", () => existsSync(join(home, "keys", "client.key"))]
      ]
      for (const [index, [stage, reached]] of stages.entries()) {
        const started = yield* running(["start", "--port", String(port)], { home })
        expect({ stage, reached: yield* eventually(reached) }).toEqual({ stage, reached: true })
        const children = descendants(started.pid)
        const { code, millis } = yield* started.stop(index % 2 === 0 ? "SIGINT" : "SIGTERM")
        expect({ stage, code, output: started.output() }).toEqual({
          stage,
          code: 0,
          output: expect.stringMatching(/stopping\n$/)
        })
        expect(millis).toBeLessThan(3000)
        // The program that makes a data directory is let end by itself.
        yield* eventually(() => living(children).length === 0)
        expect({ stage, left: living(children) }).toEqual({ stage, left: [] })
      }
    }),
  { timeout: 40_000 }
)

it.live(
  "leaves nothing running when it is killed, and the next start works",
  () =>
    Effect.gen(function* () {
      const home = yield* freshHome
      const port = yield* freePort
      const killed = yield* network({ home, port })
      const children = descendants(killed.pid)
      expect(children.length).toBeGreaterThan(3)
      yield* killed.stop("SIGKILL")
      // At once, while the old database server may still be ending.
      yield* network({ home, port })
      yield* eventually(() => living(children).length === 0)
      expect(living(children)).toEqual([])

      // And a database that dies by itself is started again under the process that needs it.
      const database = databasePid(home)
      if (database !== undefined) process.kill(database, "SIGKILL")
      const isBack = () => databasePid(home) !== undefined && databasePid(home) !== database
      expect(yield* eventually(isBack)).toBe(true)
      const ask = Effect.filterOrFail(infernet(["chat", "Echo tavimo"], { home }), ({ code }) => code === 0)
      // The server answers a moment after it is there: it recovers first.
      const { stdout } = yield* Effect.retry(ask, Schedule.recurs(10))
      expect(stdout).toBe("tavimo\n")
    }),
  { timeout: 30_000 }
)
