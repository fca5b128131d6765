import { describe, expect } from "bun:test"
import { chmodSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as Binaries from "@infernet/platform/database/Binaries"
import * as ServerUser from "@infernet/platform/database/ServerUser"
import { Home } from "@infernet/platform/Home"
import { self } from "@infernet/platform/SocketDirectory"
import { it } from "@infernet/testing/harness"
import { Effect, Fiber, Layer } from "effect"
import {
  anybodyRuns,
  anyHome,
  directory,
  eventually,
  home,
  kill,
  notes,
  server,
  start,
  starter,
  withDatabase
} from "./homes.ts"

const timeout = 30_000

describe("the making of the embedded database", () => {
  it.live(
    "leaves no process behind when it is interrupted, and begins anew the next time",
    () =>
      Effect.gen(function* () {
        const home = yield* anyHome
        const starting = yield* Effect.forkScoped(start(home))
        // The children of `initdb`, not it alone.
        yield* eventually(anybodyRuns(home, "--boot"))
        yield* Fiber.interrupt(starting)
        expect(yield* anybodyRuns(home)).toBe(false)
        expect(yield* withDatabase(home, server)).toMatchObject({ created: true })
      }),
    { timeout }
  )

  it.live(
    "begins anew beside what a killed process left running",
    () =>
      Effect.gen(function* () {
        const home = yield* anyHome
        const killed = yield* starter(home)
        yield* eventually(anybodyRuns(home, "--boot"))
        yield* kill(killed)
        expect(yield* withDatabase(home, server)).toMatchObject({ created: true })
        yield* eventually(Effect.map(anybodyRuns(home), (running) => !running))
        yield* withDatabase(home, server)
        expect(readdirSync(join(home, "database")).filter((name) => name.startsWith("data"))).toEqual(["data"])
      }),
    { timeout }
  )

  it.live(
    "reads nothing into the path of the home",
    () =>
      Effect.gen(function* () {
        const root = yield* home(join(yield* directory, `$HOME "quoted" \`id\`, it's; a & b \\ #%`))
        const made = yield* withDatabase(root, Effect.all({ notes, server }))
        expect(made.notes).toEqual([])
        expect(made.server.dataDirectory).toBe(join(root, "database", "data"))
        expect(made.server.socketDirectory).toBe(join(root, "database", "run"))
        expect(yield* withDatabase(root, server)).toMatchObject({ created: false })
      }),
    { timeout }
  )
})

describe("under directories closed to everybody else", () => {
  it.live(
    "the database runs all the same, and opens none of them",
    () =>
      Effect.gen(function* () {
        const closed = yield* directory
        chmodSync(closed, 0o700)
        // Long, too: the socket has to go elsewhere.
        const root = yield* home(join(closed, "long".repeat(30)))
        const { adminSocket } = yield* Home.use(Effect.succeed).pipe(Effect.provide(Home.at(root)))
        yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(join(adminSocket, ".."), { recursive: true })))
        const found = yield* withDatabase(root, server)
        yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(found.socketDirectory, { recursive: true })))
        expect(found.socketDirectory.length).toBeLessThan(90)
        expect(statSync(found.socketDirectory).mode & 0o777).toBe(0o700)
        expect(statSync(closed).mode & 0o777).toBe(0o700)
        expect(realpathSync(join(root, "database", "data"))).toBe(found.dataDirectory)
        const again = yield* withDatabase(root, server)
        expect(again).toMatchObject({ created: false, dataDirectory: found.dataDirectory })
      }),
    { timeout }
  )

  it.live(
    "the programs come out of a package that nobody else can read",
    () =>
      Effect.gen(function* () {
        const user = yield* ServerUser.find
        const parent = yield* directory
        const secret = join(parent, "secret")
        mkdirSync(secret, { mode: 0o700 })
        yield* ServerUser.run(self(), ["cp", "-R", yield* Binaries.packaged, join(secret, "package")])
        yield* ServerUser.run(self(), ["chmod", "-R", "go-rwx", secret])
        const place = join(parent, "place")
        mkdirSync(place, { mode: 0o711 })
        const { bin } = yield* Binaries.install(join(secret, "package"), place)
        const { code, output } = yield* ServerUser.run(user, [join(bin, "postgres"), "--version"])
        expect([code, output]).toEqual([0, expect.stringContaining("PostgreSQL) 18")])
      }).pipe(Effect.provide(Layer.merge(NodeFileSystem.layer, NodePath.layer))),
    { timeout }
  )
})
