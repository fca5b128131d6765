import { describe, expect } from "bun:test"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Identity } from "@infernet/auth/Identity"
import { it } from "@infernet/testing/harness"
import * as SecureRandom from "@infernet/testing/fakes/SecureRandom"
import { Effect, FileSystem, Layer, type Path, type Scope } from "effect"
import type { SecureRandom as Randomness } from "effect/crypto"

type World = FileSystem.FileSystem | Path.Path | Randomness.SecureRandom | Scope.Scope
const test = <E>(name: string, body: (folder: string) => Effect.Effect<void, E, World>) =>
  it.live(name, () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      yield* body(yield* fs.makeTempDirectoryScoped())
    }).pipe(Effect.provide([NodeServices.layer, SecureRandom.layer], { local: true }))
  )

const identityIn = (path: string) =>
  Effect.service(Identity).pipe(Effect.provide(Layer.fresh(Identity.layerFile(path))))

describe("a key file", () => {
  test("is made at the first start, for its owner alone, and kept", (folder) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { id } = yield* identityIn(`${folder}/new/node.key`)
      expect((yield* identityIn(`${folder}/new/node.key`)).id).toBe(id)
      expect((yield* fs.stat(`${folder}/new/node.key`)).mode & 0o777).toBe(0o600)
      expect((yield* fs.stat(`${folder}/new`)).mode & 0o777).toBe(0o700)
      expect(yield* fs.readDirectory(`${folder}/new`)).toEqual(["node.key"])
    }))

  test("is one key for all that start at once", (folder) =>
    Effect.gen(function* () {
      const starts = Array.from({ length: 8 }, () => identityIn(`${folder}/node.key`))
      const ids = (yield* Effect.all(starts, { concurrency: "unbounded" })).map(({ id }) => id)
      expect(new Set(ids).size).toBe(1)
    }))

  for (const [name, text, mode, reason] of [
    ["others can read", "1".repeat(64), 0o640, "other users of this machine can read it"],
    ["holds something else", "not a key", 0o600, "does not hold a secp256k1 key"],
    ["holds a number that is no key", "0".repeat(64), 0o600, "does not hold a secp256k1 key"]
  ] as const) {
    test(`that ${name} is refused and left as it is`, (folder) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = `${folder}/node.key`
        yield* fs.writeFileString(path, text)
        yield* fs.chmod(path, mode)
        const error = yield* Effect.flip(identityIn(path))
        expect(error).toMatchObject({ _tag: "KeyFileError", path, reason: expect.stringContaining(reason) })
        expect(yield* fs.readFileString(path)).toBe(text)
      }))
  }
})
