import { describe, expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { existsSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { freePort, freshHome, infernet, running } from "../infernet.ts"

const payout = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
const configOf = (home: string) => JSON.parse(readFileSync(join(home, "config.json"), "utf8"))

describe("a setup", () => {
  it.live(
    "that asks nobody writes what is usual, keeps it when it runs again, and changes what a flag says",
    () =>
      Effect.gen(function* () {
        const home = yield* freshHome
        const first = yield* infernet(
          ["setup", "--yes", "--model", "none", "--name", "attic", "--payout-address", payout],
          { home }
        )
        expect([first.code, first.stderr]).toEqual([0, ""])
        expect(configOf(home)).toEqual({ node_name: "attic", payout_address: payout })
        expect(statSync(join(home, "config.json")).mode & 0o777).toBe(0o600)
        const key = /key +(0x[0-9a-f]{40})/.exec(first.stdout)?.[1]
        const again = yield* infernet(["setup", "--model", "none"], { home, env: { INFERNET_NONINTERACTIVE: "1" } })
        expect([again.code, configOf(home)]).toEqual([0, { node_name: "attic", payout_address: payout }])
        expect(again.stdout).toContain(`key       ${key}`)
        yield* infernet(["setup", "--yes", "--model", "none", "--payout-address", "none"], { home })
        expect(configOf(home)).toEqual({ node_name: "attic" })
      }),
    { timeout: 60_000 }
  )

  it.live(
    "writes nothing where nobody can be asked, or where an answer is wrong",
    () =>
      Effect.gen(function* () {
        const home = yield* freshHome
        for (const [args, told] of [
          [["setup"], "--yes"],
          [["setup", "--yes", "--payout-address", payout.toLowerCase()], "checksum"],
          [["setup", "--yes", "--control-plane", "plane"], "http://"],
          [["setup", "--yes", "--name", "x".repeat(65)], "64 characters"]
        ] as const) {
          const { code, stderr } = yield* infernet([...args], { home })
          expect([args, code, stderr]).toEqual([args, 2, expect.stringContaining(told)])
        }
        expect(existsSync(join(home, "config.json"))).toBe(false)
        const model = yield* infernet(["setup", "--yes", "--model", "/nowhere/m.gguf"], { home })
        expect([model.code, model.stderr]).toEqual([1, expect.stringContaining("there is no file /nowhere/m.gguf")])
        expect(configOf(home)).toEqual({ node_name: expect.any(String) })
      }),
    { timeout: 60_000 }
  )

  it.live(
    "joins a network by invitation with a code, once, and needs none when it is known",
    () =>
      Effect.gen(function* () {
        const [home, node, other, port] = yield* Effect.all([freshHome, freshHome, freshHome, freePort])
        const url = `http://127.0.0.1:${port}`
        const env = { INFERNET_REQUIRE_INVITE: "true", INFERNET_REQUIRE_NODE_APPROVAL: "true" }
        const plane = yield* running(["control-plane", "--port", String(port)], { home, env })
        yield* plane.until(/^ready/m)
        const { code } = JSON.parse((yield* infernet(["link-code", "create", "--json"], { home })).stdout)
        const setup = (home: string, ...args: ReadonlyArray<string>) =>
          infernet(["setup", "--yes", "--model", "none", "--control-plane", url, ...args], { home })
        const stranger = yield* setup(node)
        expect([stranger.code, stranger.stderr]).toEqual([2, expect.stringContaining("--link-code")])
        expect(existsSync(join(node, "config.json"))).toBe(false)
        const joined = yield* setup(node, "--link-code", code)
        expect([joined.code, joined.stdout]).toEqual([0, expect.stringContaining("registered")])
        const used = yield* setup(other, "--link-code", code)
        expect([used.code, used.stderr]).toEqual([1, expect.stringContaining("used by another node")])
        expect((yield* setup(node)).code).toBe(0)

        const nodes = () =>
          Effect.map(infernet(["node", "list", "--json"], { home }), ({ stdout }) => JSON.parse(stdout))
        const [{ id, status }] = yield* nodes()
        expect(status).toBe("pending")
        const approved = yield* infernet(["node", "approve", id], { home })
        expect([approved.code, yield* nodes()]).toEqual([0, [expect.objectContaining({ id, status: "offline" })]])
        const wrong = yield* infernet(["node", "approve", "0x12"], { home })
        expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("infernet node list")])
      }),
    { timeout: 60_000 }
  )
})
