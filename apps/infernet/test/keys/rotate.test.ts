/** A node that gets another key, by the program itself: where it runs, where it does not, and alone on a machine. */
import { describe, expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { freePort, freshHome, infernet, network, ready, running } from "../infernet.ts"

const keysOf = (home: string) =>
  Effect.map(infernet(["keys", "list", "--json"], { home }), ({ stdout }) => JSON.parse(stdout))

describe("infernet keys rotate", () => {
  it.live(
    "changes the key of a node elsewhere's network, while it runs and while it does not, for who may say so",
    () =>
      Effect.gen(function* () {
        const [planeHome, home, port] = yield* Effect.all([freshHome, freshHome, freePort])
        const url = `http://127.0.0.1:${port}`
        const plane = yield* running(["control-plane", "--port", String(port)], { home: planeHome })
        yield* plane.until(ready)
        const key = (yield* infernet(["api-key", "create", "operator"], { home: planeHome })).stdout.trim()
        const rotate = (args: ReadonlyArray<string>, env: Record<string, string> = { INFERNET_BEARER_TOKEN: key }) =>
          infernet(["keys", "rotate", ...args], { home, env })
        expect(yield* rotate(["--yes"])).toMatchObject({ code: 1, stderr: expect.stringContaining("no node key") })

        const node = yield* running(["start", "--control-plane", url], { home })
        yield* node.until(/link up/)
        const [{ id, public_key: first }] = yield* keysOf(home)
        expect(yield* rotate([])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("--yes") })
        const keyless = yield* rotate(["--yes"], {})
        expect(keyless).toMatchObject({ code: 2, stderr: expect.stringContaining("INFERNET_BEARER_TOKEN") })
        const strange = yield* rotate(["--yes", "--api-key", `inft_${"a".repeat(40)}`])
        expect(strange).toMatchObject({ code: 1, stderr: expect.stringContaining("API key") })
        const changed = JSON.parse((yield* rotate(["--yes", "--json"])).stdout)
        expect(changed).toMatchObject({ id, running: true })
        yield* node.until(/link up[^]*link up/)
        const [current, old] = yield* keysOf(home)
        expect(current).toMatchObject({ id, state: "current", public_key: changed.public_key })
        expect(old).toMatchObject({ id, state: "old", public_key: first })
        expect((yield* infernet(["keys", "verify"], { home })).code).toBe(0)

        // It does not run: this process does it, and the next start signs with the new one.
        yield* node.stop("SIGTERM")
        expect(yield* rotate(["--yes"])).toMatchObject({ code: 1, stderr: expect.stringContaining("--control-plane") })
        const stopped = JSON.parse((yield* rotate(["--yes", "--json", "--stolen", "--control-plane", url])).stdout)
        expect(stopped).toMatchObject({ id, running: false, receipts_until: stopped.rotated_at })
        expect(existsSync(join(home, "keys", "node.old.key"))).toBe(false)
        const again = yield* running(["start", "--control-plane", url], { home })
        yield* again.until(/link up/)
        expect(again.output()).toContain(id)

        // A home from before the change: its network names the key that it knows, and the operator may insist.
        yield* again.stop("SIGTERM")
        writeFileSync(join(home, "keys", "node.key"), `${"1".repeat(64)}\n${id}\n`)
        const stale = yield* rotate(["--yes", "--control-plane", url])
        expect(stale).toMatchObject({ code: 1, stderr: expect.stringContaining(stopped.public_key) })
        const insisted = yield* rotate(["--yes", "--control-plane", url, "--replaces", stopped.public_key])
        expect([insisted.code, insisted.stdout]).toEqual([0, expect.stringContaining(id)])
      }),
    { timeout: 240_000 }
  )

  it.live(
    "changes the key of the node of a network of its own, which needs nothing to be told",
    () =>
      Effect.gen(function* () {
        const [home, port] = yield* Effect.all([freshHome, freePort])
        const solo = yield* network({ home, port })
        const [{ id }] = yield* keysOf(home)
        const changed = yield* infernet(["keys", "rotate", "--yes"], { home })
        expect(changed).toMatchObject({ code: 0, stdout: expect.stringContaining(id) })
        expect(yield* infernet(["Tell me a story about a fox."], { home })).toMatchObject({ code: 0, stderr: "" })
        // It may join another network some day.
        expect(existsSync(join(home, "keys", "control-plane.pin"))).toBe(false)
        expect((yield* solo.stop("SIGTERM")).code).toBe(0)
        const again = yield* network({ home, port })
        expect(again.output()).toContain(id)
        expect(yield* infernet(["Tell me a story about a fox."], { home })).toMatchObject({ code: 0, stderr: "" })
      }),
    { timeout: 240_000 }
  )
})
