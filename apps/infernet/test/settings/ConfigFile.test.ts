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

const wrong: ReadonlyArray<readonly [text: string, says: string]> = [
  ["", "empty: write {} there, or delete the file"],
  ["\ufeff{", "line 1, column 2: not JSON: expected a name in double quotes"],
  ['{\r\n"port": 1,\r\n"prot": 2\r\n}', 'line 3, column 1: unknown setting "prot": did you mean "port"?'],
  ['{"nodeName": "a"}', 'unknown setting "nodeName": did you mean "node_name"?'],
  ['{"colour": 1}', 'unknown setting "colour": `infernet config list` shows all'],
  ['{"model": "port",\n "port": true}', 'line 2, column 2: "port": expected a port from 1 to 65535, got true'],
  ['{"port": 1,\n "port": 2}', 'line 2, column 2: "port" is there twice, first at line 1, column 2'],
  ["[".repeat(100_000), "line 1, column 65: not JSON: expected no more than 64 levels"],
  [" ".repeat(1_000_001), "too large for a file of settings: 1000001 bytes, 1000000 at most"]
]

it.live("names what is wrong with a file that cannot be used, and where", () =>
  inFolder((path, fs) =>
    Effect.gen(function* () {
      yield* write(path, { port: 1 })
      for (const [text, says] of wrong) {
        yield* fs.writeFileString(path, text)
        expect((yield* Effect.flip(read(path))).reason).toContain(says)
      }
      yield* fs.writeFileString(path, '\ufeff{"port": 8080}')
      expect((yield* read(path)).texts).toEqual({ port: "8080" })
      yield* fs.writeFile(path, new Uint8Array([0xff, 0xfe, 0x7b, 0]))
      expect((yield* Effect.flip(read(path))).reason).toBe("not text in UTF-8: save it as that")
      yield* fs.remove(path)
      yield* fs.makeDirectory(path)
      expect((yield* Effect.flip(read(path))).reason).toContain("it is a directory")
    })
  )
)
