import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { freshHome, infernet } from "../infernet.ts"

it.live(
  "shows the keys of a home, gives their secrets only to whoever says so, and finds those that cannot be used",
  () =>
    Effect.gen(function* () {
      const [home, copy] = yield* Effect.all([freshHome, freshHome])
      const keys = (...args: ReadonlyArray<string>) => infernet(["keys", ...args], { home })
      expect((yield* keys("list")).stdout).toContain("infernet setup")
      for (const command of ["verify", "export"]) {
        expect(yield* keys(command)).toMatchObject({ code: 1, stderr: expect.stringContaining("`infernet setup`") })
      }

      mkdirSync(join(home, "keys"), { recursive: true, mode: 0o700 })
      const file = join(home, "keys", "node.key")
      const client = join(home, "keys", "client.key")
      writeFileSync(file, `${"1".repeat(64)}\n`, { mode: 0o600 })
      writeFileSync(client, `inft_${"a".repeat(40)}\n`, { mode: 0o600 })
      const listed = yield* keys("list", "--json")
      const [node, api] = JSON.parse(listed.stdout)
      expect(node).toMatchObject({ name: "node", path: file, mode: "0600", problem: null })
      expect([api.id, api.public_key]).toEqual(["inft_aaaa…aaaa", null])
      expect(listed.stdout + (yield* keys("list")).stdout).not.toMatch(/1{64}|a{40}/)
      const shown = JSON.parse((yield* keys("export", "--public", "--json")).stdout)
      expect(shown).toEqual({ address: node.id, public_key: node.public_key })

      const unasked = yield* keys("export")
      expect([unasked.code, unasked.stdout, unasked.stderr]).toEqual([2, "", expect.stringContaining("--yes")])
      expect((yield* keys("export", "client", "--public")).code).toBe(2)
      expect((yield* keys("export", "control-plane", "--yes")).code).toBe(1)
      const backup = yield* keys("export", "node", "--yes")
      expect(backup.stdout).toBe(readFileSync(file, "utf8"))
      // What was exported is the same node elsewhere.
      mkdirSync(join(copy, "keys"), { recursive: true, mode: 0o700 })
      writeFileSync(join(copy, "keys", "node.key"), backup.stdout, { mode: 0o600 })
      const there = yield* infernet(["keys", "export", "--public", "--json"], { home: copy })
      expect(JSON.parse(there.stdout)).toEqual(shown)

      expect((yield* keys("verify")).code).toBe(0)
      chmodSync(file, 0o640)
      writeFileSync(client, readFileSync(file))
      const broken = yield* keys("verify", "--json")
      expect(broken.code).toBe(1)
      const problems = JSON.parse(broken.stdout).keys.map(({ problem }: { problem: string }) => problem)
      expect(problems).toEqual([expect.stringContaining("chmod 600"), expect.stringContaining("API key")])
      expect((yield* keys("export", "node", "--yes")).stdout).toBe("")
    }),
  { timeout: 60_000 }
)
