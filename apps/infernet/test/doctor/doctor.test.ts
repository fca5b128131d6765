import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { chmodSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { freePort, freshHome, infernet, type Options } from "../infernet.ts"
import { sharedNetwork } from "../shared.ts"

const shared = sharedNetwork()

interface Check {
  readonly check: string
  readonly level: string
  readonly text: string
  readonly advice: string | null
}

const doctor = Effect.fnUntraced(function* (options: Options) {
  const { code, stdout } = yield* infernet(["doctor", "--json"], options)
  const { checks, ok }: { readonly ok: boolean; readonly checks: ReadonlyArray<Check> } = JSON.parse(stdout)
  expect(code).toBe(ok ? 0 : 1)
  const of = (name: string) => checks.find(({ check }) => check === name)
  return { checks, code, of }
})

it.live(
  "passes on a network that runs, up to a chat with its own node, and names what is broken in it since",
  () =>
    Effect.gen(function* () {
      const { home, port } = shared()
      const { checks, code, of } = yield* doctor({ home })
      expect([code, checks.filter(({ level }) => level === "fail")]).toEqual([0, []])
      expect(checks.at(-1)).toMatchObject({ check: "chat", level: "ok" })
      expect(of("port")?.text).toBe(`${port}, ours`)
      const key = join(home, "keys", "node.key")
      const config = join(home, "config.json")
      yield* Effect.addFinalizer(() => Effect.sync(() => chmodSync(key, 0o600)))
      chmodSync(key, 0o644)
      writeFileSync(config, '{ "port": 8080, }', { mode: 0o600 })
      const broken = yield* doctor({ home })
      expect(broken.of("key")).toMatchObject({ level: "fail" })
      expect(broken.of("config")).toMatchObject({ level: "fail", text: expect.stringContaining("line 1, column 17") })
      const { code: coded, stdout } = yield* infernet(["doctor"], { home })
      expect([coded, stdout]).toEqual([1, expect.stringMatching(/^\[FAIL\] {2}key /m)])
      writeFileSync(config, "{}", { mode: 0o600 })
    }),
  { timeout: 60_000 }
)

it.live(
  "passes nothing of the network in a home where nothing ran, nor for a key that the network does not know",
  () =>
    Effect.gen(function* () {
      const home = yield* freshHome
      const bare = yield* doctor({ home, env: { INFERNET_PORT: String(yield* freePort) } })
      for (const check of ["key", "control plane", "registered", "online", "takes jobs", "link", "models", "chat"]) {
        expect([check, bare.of(check)?.level]).toEqual([check, "fail"])
      }
      const held = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } })
      yield* Effect.addFinalizer(() => Effect.sync(() => held.stop(true)))
      expect((yield* doctor({ home, env: { INFERNET_PORT: String(held.port) } })).of("port")?.level).toBe("fail")
      writeFileSync(join(home, "keys", "node.key"), `${"1".repeat(64)}\n`, { mode: 0o600 })
      const stranger = yield* doctor({ home, env: { INFERNET_CONTROL_PLANE: shared().url } })
      expect(stranger.of("control plane")?.level).toBe("ok")
      expect(stranger.of("registered")).toMatchObject({ level: "fail", text: "the network does not know this node" })
      expect(stranger.of("chat")?.level).toBe("fail")
      const away = yield* doctor({ home, env: { INFERNET_CONTROL_PLANE: `http://127.0.0.1:${yield* freePort}` } })
      expect(away.of("control plane")?.level).toBe("fail")
    }),
  { timeout: 60_000 }
)
