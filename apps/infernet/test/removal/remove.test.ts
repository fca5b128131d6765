/** Taking Infernet off a machine: all that is its own, and nothing that is not. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { freePort, freshHome, infernet } from "../infernet.ts"

it.live(
  "stops what runs, deletes what is Infernet's and keeps keys and receipts, also beside what is somebody else's",
  () =>
    Effect.gen(function* () {
      const home = yield* freshHome
      writeFileSync(join(home, "thesis.txt"), "years of work")
      const started = yield* Effect.acquireRelease(
        infernet(["start", "--detach", "--port", String(yield* freePort)], { home }),
        () => infernet(["stop", "--now"], { home })
      )
      expect(started.code).toBe(0)
      const unasked = yield* infernet(["remove"], { home })
      expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining("add --yes") })
      expect(unasked.stdout).toContain(join(home, "database"))
      expect((yield* infernet(["status"], { home })).code).toBe(0)

      const removed = yield* infernet(["remove", "--yes"], { home })
      expect(removed).toMatchObject({ code: 0, stderr: "" })
      expect(removed.stdout).toContain(`Your keys are still there: ${join(home, "keys")}`)
      expect(removed.stdout).toContain(`And your receipts: ${join(home, "receipts")}`)
      expect(readdirSync(home).toSorted()).toEqual(["keys", "receipts", "thesis.txt"])
      expect(readdirSync(join(home, "keys"))).toContain("node.key")

      const all = yield* infernet(["remove", "--yes", "--keys"], { home })
      expect(all).toMatchObject({ code: 0, stderr: "" })
      expect(readdirSync(home)).toEqual(["thesis.txt"])
    }),
  { timeout: 30_000 }
)

it.live("leaves nothing of a home that was its own alone", () =>
  Effect.gen(function* () {
    const home = join(yield* freshHome, "home")
    mkdirSync(home)
    expect((yield* infernet(["remove", "--yes"], { home })).code).toBe(0)
    expect(existsSync(home) ? readdirSync(home) : []).toEqual([])
  })
)
