import { expect } from "bun:test"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { it } from "@infernet/testing/harness"
import { Effect, FileSystem } from "effect"
import { join } from "node:path"
import { read, write } from "../../src/settings/ConfigFile.ts"

const inFolder = (
  body: (path: string, fs: FileSystem.FileSystem) => Effect.Effect<void, unknown, FileSystem.FileSystem>
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* body(join(yield* fs.makeTempDirectoryScoped(), "home", "config.json"), fs)
  }).pipe(Effect.provide(NodeFileSystem.layer))

it.live("writes what is changed, keeps the rest as it was written, and lets nobody else read it", () =>
  inFolder((path, fs) =>
    Effect.gen(function* () {
      expect(yield* read(path)).toMatchObject({ exists: false, texts: {} })
      yield* write(path, { port: 8080, node_name: "attic" })
      yield* write(path, { require_invite: true, node_name: undefined })
      expect(JSON.parse(yield* fs.readFileString(path))).toEqual({ port: 8080, require_invite: true })
      expect((yield* read(path)).texts).toEqual({ port: "8080", require_invite: "true" })
      yield* fs.chmod(path, 0o644)
      yield* write(path, { bearer_token: "inft_x" })
      expect((yield* fs.stat(path)).mode & 0o777).toBe(0o600)
      expect(yield* fs.readDirectory(join(path, ".."))).toEqual(["config.json"])
    })
  )
)

it.live("goes on from a draft that a killed process left, and never over a file that is wrong", () =>
  inFolder((path, fs) =>
    Effect.gen(function* () {
      yield* write(path, { port: 8080 })
      yield* fs.writeFileString(`${path}.new`, '{"port": 1', { mode: 0o644 })
      yield* write(path, { port: 8081 })
      expect((yield* fs.stat(path)).mode & 0o777).toBe(0o600)
      const broken = '{\n  "port": "many"\n}\n'
      yield* fs.writeFileString(path, broken)
      const error = yield* Effect.flip(write(path, { host: "::1" }))
      expect(error.message).toContain('line 2, column 3: "port": expected a port from 1 to 65535, got "many"')
      expect(yield* fs.readFileString(path)).toBe(broken)
    })
  )
)

it.live("refuses secrets that others can read, and quotes none", () =>
  inFolder((path, fs) =>
    Effect.gen(function* () {
      yield* write(path, { database_url: "postgres://u:hunter2@h/d" })
      yield* fs.chmod(path, 0o640)
      const open = yield* Effect.flip(read(path))
      expect(open.message).toContain('"database_url" and can be read by others: run chmod 600')
      yield* fs.writeFileString(path, '{"bearer_token": ["hunter2", 1]}')
      const wrong = yield* Effect.flip(read(path))
      expect(`${open.message} ${wrong.message}`).not.toContain("hunter2")
    })
  )
)
