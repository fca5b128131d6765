/** What a local chain is begun with: put there once, found again, and never mistaken for another's. */
import { expect } from "bun:test"
import { rmSync, statSync } from "node:fs"
import { join } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { it } from "@infernet/testing/harness"
import { Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { begin } from "../../src/chain/begin.ts"
import { reset } from "../../src/chain/reset.ts"
import { rpc } from "../../src/chain/rpc.ts"
import { chains } from "../../src/settlement/Chain.ts"
import { ofUrls } from "../../src/settlement/Endpoint.ts"
import { Escrow } from "../../src/settlement/Escrow.ts"
import * as EscrowViem from "../../src/settlement/EscrowViem.ts"
import { freshHome, on } from "./home.ts"

const services = Layer.merge(NodeServices.layer, SecureRandom.layerWebCrypto)
const plane = `0x${"c0".repeat(20)}`

const nonce = (url: string, address: string) => rpc(url)("eth_getTransactionCount", address, "latest")

it.live(
  "puts contracts there once, with keys of the home and gas for them, and finds them again",
  () =>
    Effect.gen(function* () {
      const home = yield* freshHome
      const options = { home, controlPlaneKey: plane, gasFor: [] }
      const first = yield* on(home.root, (url) =>
        Effect.gen(function* () {
          const begun = yield* begin({ ...options, url, feeBps: 1_500 })
          yield* begun.mint(begun.deployment.gateway, 100_000_000n)
          return begun
        })
      )
      expect(first.isNew).toBe(true)
      expect(statSync(join(home.root, "chain", "owner.key")).mode & 0o777).toBe(0o600)
      yield* on(home.root, (url) =>
        Effect.gen(function* () {
          const second = yield* begin({ ...options, url, feeBps: 1_000 })
          expect(second.isNew).toBe(false)
          expect(second.deployment).toEqual({ ...first.deployment, rpc_url: url })
          // Two contracts, the mint, and the fee's change.
          expect(yield* nonce(url, second.deployment.owner)).toBe("0x4")
          const { escrow: contract, gateway, operator } = second.deployment
          const place = { chain: chains.local, contract, endpoints: ofUrls([url]) }
          const escrow = yield* Escrow.pipe(Effect.provide(EscrowViem.layer(place), { local: true }))
          expect((yield* escrow.terms).feeBps).toBe(1_000)
          expect(yield* escrow.funds(gateway)).toEqual({ pool: 0n, wallet: 100_000_000n, allowance: 0n })
          expect(yield* escrow.native(operator)).toBe(1_000n * 10n ** 18n)
          const { message } = yield* Effect.flip(
            begin({ ...options, url, feeBps: 1_000, controlPlaneKey: `0x${"c1".repeat(20)}` })
          )
          expect(message).toContain("another control plane's key: `infernet chain --reset`")
        })
      )
    }).pipe(Effect.provide(services)),
  { timeout: 60_000 }
)

it.live(
  "says that a chain has lost its contracts, and begins another one with other addresses after a reset",
  () =>
    Effect.gen(function* () {
      const home = yield* freshHome
      const options = { home, controlPlaneKey: plane, feeBps: 1_500, gasFor: [] }
      const first = yield* on(home.root, (url) => begin({ ...options, url }))
      rmSync(join(home.root, "chain", "last.json"))
      rmSync(join(home.root, "chain", "state.json"), { force: true })
      const again = Effect.flip(on(home.root, (url) => begin({ ...options, url })))
      const told = yield* again
      expect(told.message).toContain("has lost its contracts")
      expect((yield* again).message).toBe(told.message)
      expect(yield* reset(home.root)).toBe(true)
      const second = yield* on(home.root, (url) => begin({ ...options, url }))
      expect(second.isNew).toBe(true)
      expect(second.deployment.escrow).not.toBe(first.deployment.escrow)
      expect(second.deployment.gateway).toBe(first.deployment.gateway)
    }).pipe(Effect.provide(services)),
  { timeout: 60_000 }
)
