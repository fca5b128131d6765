import { expect } from "bun:test"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { it } from "@infernet/testing/harness"
import { Effect, Logger } from "effect"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import * as logFile from "../../src/terminal/logFile.ts"
import { freshHome } from "../infernet.ts"

const limit = 2_000

it.live("keeps six files of a limited size, the newest lines among them, for their owner alone", () =>
  Effect.gen(function* () {
    const directory = yield* freshHome
    const path = join(directory, "infernet.log")
    for (let start = 0; start < 40; start++) {
      const lines = Effect.forEach([1, 2, 3, 4], (line) => Effect.logInfo("a line", { start, line }), { discard: true })
      yield* Effect.gen(function* () {
        const logger = yield* logFile.make(path, limit)
        yield* Effect.provide(lines, Logger.layer([logger]))
      }).pipe(Effect.scoped)
    }
    const files = readdirSync(directory).toSorted()
    expect(files).toEqual(["infernet.log", ...[1, 2, 3, 4, 5].map((number) => `infernet.log.${number}`)])
    for (const file of files) {
      const { mode, size } = statSync(join(directory, file))
      expect(size).toBeLessThanOrEqual(limit)
      expect(mode & 0o777).toBe(0o600)
    }
    expect(readFileSync(path, "utf8")).toContain(`{"start":39,"line":4}`)
  }).pipe(Effect.provide(NodeFileSystem.layer))
)
