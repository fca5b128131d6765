import { expect } from "bun:test"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { it } from "@infernet/testing/harness"
import { Effect, FileSystem, Logger, PlatformError } from "effect"
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

it.live("leaves no half line where the disk was full, and goes on when there is room", () =>
  Effect.gen(function* () {
    const path = join(yield* freshHome, "infernet.log")
    const fs = yield* FileSystem.FileSystem
    let room = Infinity
    const small: FileSystem.FileSystem = {
      ...fs,
      writeFileString: (path, text, options) =>
        text.length <= room
          ? fs.writeFileString(path, text, options)
          : Effect.andThen(
              fs.writeFileString(path, text.slice(0, room), options),
              Effect.fail(
                PlatformError.systemError({
                  _tag: "Unknown",
                  module: "FileSystem",
                  method: "writeFile",
                  pathOrDescriptor: path,
                  cause: Object.assign(new Error("ENOSPC"), { code: "ENOSPC" })
                })
              )
            )
    }
    const write = yield* Effect.provideService(logFile.writer(path), FileSystem.FileSystem, small)
    yield* write("before\n")
    room = 3
    yield* write("lost\n")
    yield* write("lost too\n")
    room = Infinity
    yield* write("after\n")
    expect(readFileSync(path, "utf8")).toBe("before\nafter\n")
  }).pipe(Effect.provide(NodeFileSystem.layer))
)
