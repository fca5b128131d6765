import { describe, expect } from "bun:test"
import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Home } from "@infernet/platform/Home"
import * as SocketDirectory from "@infernet/platform/SocketDirectory"
import { it } from "@infernet/testing/harness"
import { ConfigProvider, Effect, Layer, Stream } from "effect"

const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "infernet-home-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
)

const homeAt = (directory: string) =>
  Effect.map(Layer.build(Home.at(directory)), (context) => Home.use(Effect.succeed).pipe(Effect.provide(context))).pipe(
    Effect.flatten
  )

/** A process that holds the lock of a home until it is killed. */
const holder = (root: string) =>
  Effect.gen(function* () {
    const program = `
      import { Effect, Layer } from "effect"
      import { Home } from "@infernet/platform/Home"
      await Effect.runPromise(Effect.scoped(Home.use((home) => home.lock).pipe(
        Effect.andThen(Effect.sync(() => console.log("held"))),
        Effect.andThen(Effect.never),
        Effect.provide(Home.at(${JSON.stringify(root)}))
      )))`
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => Bun.spawn([process.execPath, "-e", program], { cwd: import.meta.dir, stderr: "inherit" })),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    yield* Stream.fromReadableStream({ evaluate: () => child.stdout, onError: (cause) => cause }).pipe(
      Stream.take(1),
      Stream.runDrain
    )
    return child
  })

describe("Home", () => {
  it.live("lies where INFERNET_HOME says, closed to other users", () =>
    Effect.gen(function* () {
      const root = join(yield* temporary, "deep", "home")
      const config = ConfigProvider.layer(ConfigProvider.fromUnknown({ INFERNET_HOME: root }))
      const home = yield* Home.use(Effect.succeed).pipe(Effect.provide(Home.layer.pipe(Layer.provide(config))))
      expect(home.root).toBe(root)
      expect(statSync(root).mode & 0o066).toBe(0)
      for (const directory of [home.keys, home.logs, home.models]) expect(statSync(directory).mode & 0o777).toBe(0o700)
    })
  )

  it.live("puts its socket where the kernel takes it, however long its own path", () =>
    Effect.gen(function* () {
      const root = join(yield* temporary, "long".repeat(30))
      const [one, again] = [yield* homeAt(root), yield* homeAt(root)]
      yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(join(one.adminSocket, ".."), { recursive: true })))
      expect(one.adminSocket.length).toBeLessThan(104)
      expect(one.adminSocket).toBe(again.adminSocket)
      expect(statSync(join(one.adminSocket, "..")).mode & 0o777).toBe(0o700)
    })
  )

  it.live("asks to remove a directory for sockets that is open to others, never one that is another user's", () =>
    Effect.gen(function* () {
      const root = yield* temporary
      const user = SocketDirectory.self()
      const refused = (owner: SocketDirectory.Owner) => Effect.flip(SocketDirectory.make(root, owner))
      const other = yield* refused({ ...user, uid: user.uid + 1 })
      expect(other).toMatchObject({ _tag: "UnsafeDirectory", reason: "owner", path: root })
      expect(other.message).not.toContain("remove")
      expect(other.message).toContain("INFERNET_HOME")
      chmodSync(root, 0o755)
      expect((yield* refused(user)).message).toContain("remove it")
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.live("is held by one process, named to the next; what a killed one held is free", () =>
    Effect.gen(function* () {
      const home = yield* homeAt(yield* temporary)
      const first = yield* holder(home.root)
      const refused = yield* Effect.flip(Effect.scoped(home.lock))
      expect(refused).toMatchObject({ _tag: "HomeLocked", path: home.root, pid: first.pid })
      first.kill("SIGKILL")
      yield* Effect.promise(() => first.exited)
      yield* home.lock
      const again = yield* Effect.flip(Effect.scoped(home.lock))
      expect(again).toMatchObject({ _tag: "HomeLocked", pid: process.pid })
    })
  )
})
