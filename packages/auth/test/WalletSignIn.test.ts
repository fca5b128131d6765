import { describe, expect } from "bun:test"
import * as WalletSignIn from "@infernet/auth/WalletSignIn"
import { it } from "@infernet/testing/harness"
import { DateTime, Effect, Result } from "effect"
import { privateKeyToAccount } from "viem/accounts"

// Known from Ethereum's own test vectors: nobody's money.
const wallet = privateKeyToAccount(`0x${"46".repeat(32)}`)
const stranger = privateKeyToAccount(`0x${"47".repeat(32)}`)
const issuedAt = DateTime.makeUnsafe("2026-11-22T12:00:00Z")
const options: WalletSignIn.MessageOptions = {
  address: wallet.address.toLowerCase(),
  domain: "infernet.example",
  uri: "https://infernet.example",
  chainId: 8453,
  nonce: "0123456789abcdef",
  issuedAt,
  expiresAt: DateTime.add(issuedAt, { minutes: 5 })
}
const page = { domain: options.domain, uri: options.uri, now: DateTime.add(issuedAt, { minutes: 1 }) }

const signed = (message: string, by = wallet) => Effect.promise(() => by.signMessage({ message }))

const judged = Effect.fnUntraced(function* (message: string, change: Partial<WalletSignIn.Signed> = {}) {
  const signature = change.signature ?? (yield* signed(message))
  return yield* WalletSignIn.verify({ ...page, message, ...change, signature })
})

describe("a wallet's message", () => {
  it("names its signer, whom it shows what is signed", () =>
    Effect.gen(function* () {
      const message = WalletSignIn.message(options)
      expect(message).toStartWith(
        `infernet.example wants you to sign in with your Ethereum account:\n${wallet.address}\n\nSign in to Infernet.`
      )
      const { address, nonce } = yield* Effect.fromResult(yield* judged(message))
      expect([address, nonce]).toEqual([options.address, options.nonce])
    }))

  const reasons: ReadonlyArray<
    readonly [string, Partial<WalletSignIn.MessageOptions>, Partial<WalletSignIn.Signed>, string]
  > = [
    ["of another page", { domain: "evil.example" }, {}, "it was signed for evil.example, and this is infernet.example"],
    ["of another address of this page", { uri: "http://infernet.example" }, {}, "it was signed for"],
    ["that is late", {}, { now: options.expiresAt }, "its time is over"],
    ["signed by another wallet", { address: stranger.address }, {}, `it was not signed by ${stranger.address}`],
    ["whose signature is none", {}, { signature: `0x${"ff".repeat(65)}` }, "it was not signed by"],
    ["that is none", {}, { message: "Sign in, please" }, "it is not an EIP-4361 message"],
    ["that is long and hostile", {}, { message: "a.b wants you to sign in with your".repeat(100) }, "it is not"]
  ]
  for (const [what, changed, change, reason] of reasons) {
    it(`is refused ${what}`, () =>
      Effect.gen(function* () {
        const result = yield* judged(WalletSignIn.message({ ...options, ...changed }), change)
        expect(Result.isFailure(result) ? result.failure : "accepted").toStartWith(reason)
      }))
  }

  it("is refused when a letter of it has changed", () =>
    Effect.gen(function* () {
      const message = WalletSignIn.message(options)
      const signature = yield* signed(message)
      const other = message.replace("Chain ID: 8453", "Chain ID: 8454")
      expect(Result.isFailure(yield* judged(other, { signature }))).toBe(true)
    }))
})
