import { describe, expect } from "bun:test"
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as Binaries from "@infernet/platform/database/Binaries"
import { Embedded } from "@infernet/platform/database/Embedded"
import * as Programs from "@infernet/platform/database/Programs"
import * as ServerUser from "@infernet/platform/database/ServerUser"
import { Home } from "@infernet/platform/Home"
import { it } from "@infernet/testing/harness"
import { ConfigProvider, Effect, Layer } from "effect"
import { anyHome, directory } from "./homes.ts"

const platform = Layer.merge(NodeFileSystem.layer, NodePath.layer)

const named = (bin: string) => ConfigProvider.layer(ConfigProvider.fromUnknown({ INFERNET_POSTGRES_BIN: bin }))

/** A directory with a `postgres` that answers so when asked for its version. */
const answering = (answer: string, name = "bin") =>
  Effect.map(directory, (parent) => {
    const bin = join(parent, name)
    mkdirSync(bin)
    writeFileSync(join(bin, "postgres"), `#!/bin/sh\necho '${answer}'\n`)
    chmodSync(bin, 0o755)
    chmodSync(join(bin, "postgres"), 0o755)
    return bin
  })

const find = (bin: string) =>
  Effect.flatMap(ServerUser.find, (user) => Programs.find("/nowhere", user)).pipe(
    Effect.provide(Layer.merge(platform, named(bin)))
  )

describe("programs of the system's own", () => {
  it.live(
    "run where they lie, and nothing of the package is copied",
    () =>
      Effect.gen(function* () {
        const elsewhere = yield* directory
        const { bin, version } = yield* Binaries.install(yield* Binaries.packaged, elsewhere)
        const home = yield* anyHome
        const server = Embedded.layer({ durable: false }).pipe(Layer.provide(Home.at(home)), Layer.provide(named(bin)))
        const found = yield* Effect.provide(Embedded, server)
        expect(version).toStartWith(found.version)
        expect(readdirSync(join(home, "database")).filter((name) => name.startsWith("postgresql"))).toEqual([])
      }).pipe(Effect.provide(platform)),
    { timeout: 30_000 }
  )

  it.live("tell their version, whoever built them", () =>
    Effect.gen(function* () {
      const debian = yield* answering("postgres (PostgreSQL) 18.4 (Debian 18.4-1.pgdg13+1)")
      expect(yield* find(debian)).toEqual({ bin: debian, version: "18.4" })
      const beta = yield* answering("postgres (PostgreSQL) 19beta1")
      expect(yield* find(beta)).toEqual({ bin: beta, version: "19" })
    })
  )

  it.live("are refused by name where they cannot serve", () =>
    Effect.gen(function* () {
      const nowhere = yield* directory
      const old = yield* answering("postgres (PostgreSQL) 16.9")
      const other = yield* answering("hello")
      const quoted = yield* answering("postgres (PostgreSQL) 18.4", "$HOME")
      for (const [bin, why] of [
        ["pg/bin", "not an absolute path"],
        [nowhere, `cannot start ${nowhere}/postgres`],
        [old, "is version 16.9, 17 is the oldest"],
        [other, 'says "hello"'],
        [quoted, "initdb cannot run from"]
      ] as const) {
        const error = yield* Effect.flip(find(bin))
        expect(error.reason).toBe("programs")
        expect(error.message).toContain("INFERNET_POSTGRES_BIN")
        expect(error.message).toContain(why)
      }
    })
  )
})
