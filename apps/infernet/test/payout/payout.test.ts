/** `infernet payout` as its operator runs it, over HTTP to a real EVM. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { ReceiptId } from "@infernet/contract/Id"
import { ReceiptBooks } from "@infernet/daemon/receipt/ReceiptBooks"
import { Evm, keyOf } from "@infernet/testing/Evm"
import { it } from "@infernet/testing/harness"
import * as world from "@infernet/testing/settlement/Town"
import { expect } from "bun:test"
import { Effect, Layer } from "effect"
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { freshHome, infernet } from "../infernet.ts"

const { dollars, node } = world
const terms = world.termsOf(node.id, "1")
/** As a wallet shows it. */
const payout = "0x00000000000000000000000000000000DeaDBeef"

/** A home whose node has a receipt over $10. */
const home = Effect.gen(function* () {
  const town = yield* world.Town
  const home = yield* freshHome
  mkdirSync(join(home, "keys"), { recursive: true, mode: 0o700 })
  writeFileSync(join(home, "keys", "node.key"), `${keyOf("node").slice(2)}\n`, { mode: 0o600 })
  const claim = world.claimOf(town.domain, terms, dollars(10))
  const id = ReceiptId.make(`cpr_${"0".repeat(20)}`)
  const cumulative = String(claim.cumulative)
  const signature = claim.nodeSignature
  const bill = { id, seq: claim.seq, cumulative, usage: world.usageOf(claim.cumulative) }
  const put = (books: ReceiptBooks["Service"]) =>
    books.put(
      [
        { type: "voucher", at: 1, max_cumulative: cumulative, signature: claim.voucher?.signature ?? "" } as const,
        { type: "signed", at: 2, bill, node_key: claim.nodeKey, signature } as const,
        {
          type: "countersigned",
          at: 3,
          bill: id,
          cumulative,
          plane_key: claim.planeKey,
          signature: claim.planeSignature
        } as const
      ].map((entry) => ({ channel: claim.channel, domain: claim.domain, terms, entry }))
    )
  const files = Layer.merge(NodeFileSystem.layer, NodePath.layer)
  yield* Effect.flatMap(ReceiptBooks, put).pipe(
    Effect.provide(ReceiptBooks.layerFolder(join(home, "receipts")).pipe(Layer.provide(files)))
  )
  return home
})

it.live(
  "registers a node, says what it would pay, pays it once, and shows where the money is",
  () =>
    world.inTown(
      Effect.gen(function* () {
        const [town, evm] = [yield* world.Town, yield* Evm]
        const where = yield* home
        const env = {
          INFERNET_CHAIN: "local",
          INFERNET_ESCROW: town.domain.contract,
          // Nobody answers at the first one.
          INFERNET_RPC_URL: "http://127.0.0.1:1",
          INFERNET_RPC_URL_2: yield* evm.serve
        }
        const run = (...args: ReadonlyArray<string>) => infernet(["payout", ...args], { home: where, env })

        const unregistered = yield* run("--dry-run")
        expect(unregistered.code).toBe(1)
        expect(unregistered.stderr.replaceAll(/\s+/g, " ")).toContain("infernet payout --set-address 0x…")
        const poor = yield* run("--set-address", payout, "--json")
        expect([poor.code, poor.stdout]).toEqual([1, ""])
        expect(poor.stderr).toContain("no gas: 0x")
        // The operator's key was made, and the node's pays for the gas.
        expect(statSync(join(where, "keys", "operator.key")).mode & 0o777).toBe(0o600)
        yield* world.gas(evm, node.id)
        const registered = yield* run("--set-address", payout, "--json")
        expect(registered.stderr).toBe("")
        expect(JSON.parse(registered.stdout)).toMatchObject({
          state: "registered",
          payout_address: payout.toLowerCase()
        })

        const early = JSON.parse((yield* run("--json")).stdout)
        expect(early.channels[0].why_not).toContain("has not opened it on chain yet")
        yield* town.open(terms, dollars(20))
        const dry = yield* run("--dry-run")
        expect(dry.stdout).toMatch(/EARNED +PAID BEFORE +NOW +FEE\n\S+ +10 +0 +8\.5 +1\.5/)
        expect(dry.stdout).toContain("(unaudited)")
        expect(yield* town.usdc(payout.toLowerCase())).toBe(0n)

        const paid = yield* run("--json")
        expect(paid.code).toBe(0)
        expect(JSON.parse(paid.stdout)).toMatchObject({
          audited: false,
          payouts: [{ net_micros: 8_500_000, fee_micros: 1_500_000, payout: payout.toLowerCase() }],
          balance_usdc: "8.5"
        })
        expect(existsSync(join(where, "payouts.json"))).toBe(true)
        const again = yield* run("--all")
        expect(again.stdout).toMatch(/paid +nothing now\n +balance +8\.5 USDC/)
        expect(yield* town.usdc(payout.toLowerCase())).toBe(dollars(8) + 500_000n)

        const later = yield* run("--set-address", "0x000000000000000000000000000000000000dEaD")
        expect(later.stdout).toContain("two days after it was asked for")
      }).pipe(Effect.scoped)
    ),
  { timeout: 60_000 }
)

it.live(
  "says what is missing before it asks any chain",
  () =>
    Effect.gen(function* () {
      const where = yield* freshHome
      const run = (...args: ReadonlyArray<string>) => infernet(["payout", ...args], { home: where })
      const nothing = yield* run()
      expect([nothing.code, nothing.stderr.replaceAll(/\s+/g, " ")]).toEqual([
        2,
        expect.stringContaining("infernet config set chain base")
      ])
      const noEscrow = yield* run("--chain", "base")
      expect(noEscrow.stderr.replaceAll(/\s+/g, " ")).toContain("infernet config set escrow 0x…")
    }),
  { timeout: 60_000 }
)
