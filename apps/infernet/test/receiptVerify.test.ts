/** `infernet receipt verify`, offline: no home that runs, no network. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import vectors from "../../../packages/contract/test/receipts.json"
import { freshHome, infernet } from "./infernet.ts"

const plane = vectors.keys.control_plane.address
const documents = vectors.receipts.map(({ document }) => document)
const [first] = documents
const lines = documents.map((document) => JSON.stringify(document)).join("\n")
const altered = JSON.stringify({ ...first, usage: { ...first?.usage, completion_tokens: 8 } })

it.live(
  "receipts are verified against the control plane that is named, or that this home has joined",
  () =>
    Effect.gen(function* () {
      const home = yield* freshHome
      const file = join(home, "one.json")
      writeFileSync(file, JSON.stringify({ status: "signed", receipt: first }))
      const verify = (stdin: string, ...args: ReadonlyArray<string>) =>
        infernet(["receipt", "verify", ...args], { home, stdin })

      const open = yield* verify("", file)
      expect(open).toMatchObject({ code: 1, stderr: expect.stringContaining("--control-plane <id>") })
      expect(open.stdout).toContain("is in order, and whose it is, is open: 0.000026 USDC")

      writeFileSync(join(home, "keys", "control-plane.pin"), `${plane}\n`)
      const known = yield* verify("", file)
      expect(known).toMatchObject({ code: 0, stderr: "" })
      expect(known.stdout).toContain(`✓ that is control plane ${plane}`)
      expect(known.stdout).not.toContain("\u001b")

      const many = yield* verify(lines, "-", "--control-plane", plane)
      expect(many).toMatchObject({ code: 0, stdout: expect.stringContaining("4 of 4 receipts are genuine") })

      const bad = yield* verify(`${lines}\n${altered}`, "-", "--json")
      expect(bad).toMatchObject({ code: 1, stderr: expect.stringContaining("1 of these 5 are no genuine receipts") })
      const { genuine, receipts } = JSON.parse(bad.stdout)
      expect(genuine).toBe(false)
      expect(receipts.map((receipt: { readonly genuine: boolean }) => receipt.genuine)).toEqual([
        true,
        true,
        true,
        true,
        false
      ])

      expect(yield* verify("", join(home, "none"))).toMatchObject({ code: 2 })
      expect(yield* verify("{", "-")).toMatchObject({ code: 1, stderr: expect.stringContaining("line 1 is not JSON") })
    }),
  { timeout: 60_000 }
)
