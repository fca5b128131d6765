/** Threats: channels that a payer did not want, or not like that. */
import { expect } from "bun:test"
import { accountOf } from "@infernet/testing/Evm"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { type Hex, hexToBigInt, size, slice, toHex, zeroAddress } from "viem"
import { termsOf, type Terms } from "./messages.ts"
import { openingOf, spendingOf } from "./wallet.ts"
import { fresh, refused, town } from "./world.ts"

const payer = accountOf("payer").address
const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

/** The other signature of the same message, that some verifiers take. */
const twinOf = (signature: Hex): Hex => {
  expect(size(signature)).toBe(65)
  const s = toHex(order - hexToBigInt(slice(signature, 32, 64)), { size: 32 })
  const v = slice(signature, 64) === "0x1b" ? "1c" : "1b"
  return `${slice(signature, 0, 32)}${s.slice(2)}${v}`
}

it("opens for a payer only what its wallet signed, once", () =>
  Effect.gen(function* () {
    const { ask, domain, escrow, send } = yield* town
    const terms = termsOf("relayed", 1)
    const opening = yield* openingOf(domain, terms, 500n, 0n)
    expect(yield* refused(send("stranger", escrow, "open", [terms, 500n]))).toBe("NotPayer")
    const forged = yield* openingOf(domain, terms, 500n, 0n, "stranger")
    expect(yield* refused(send("stranger", escrow, "openWithSignature", forged))).toBe("InvalidSignature")
    const more = [terms, 501n, opening[2]] as const
    expect(yield* refused(send("stranger", escrow, "openWithSignature", more))).toBe("InvalidSignature")
    const twin = [terms, 500n, twinOf(opening[2])] as const
    expect(yield* refused(send("stranger", escrow, "openWithSignature", twin))).toBe("InvalidSignature")
    yield* send("stranger", escrow, "openWithSignature", opening)
    expect(yield* ask((escrow) => escrow.balanceOf([payer]))).toBe(999_500n)
    expect(yield* refused(send("stranger", escrow, "openWithSignature", opening))).toBe("InvalidSignature")
  }).pipe(fresh))

it("opens nothing with a signature that the payer has revoked", () =>
  Effect.gen(function* () {
    const { domain, escrow, send } = yield* town
    const opening = yield* openingOf(domain, termsOf("regretted", 1), 500n, 0n)
    yield* send("payer", escrow, "revokeAuthorizations", [])
    expect(yield* refused(send("stranger", escrow, "openWithSignature", opening))).toBe("InvalidSignature")
  }).pipe(fresh))

it("refuses terms that would leave somebody without protection", () =>
  Effect.gen(function* () {
    const { open } = yield* town
    const terms = termsOf("odd", 1)
    for (const [error, changes] of [
      ["InvalidNeed", { need: 0 }],
      ["InvalidNeed", { need: 4 }],
      ["NoPayerSigner", { payerSigner: zeroAddress }],
      ["InvalidWithdrawDelay", { withdrawDelay: 3_599 }],
      ["InvalidWithdrawDelay", { withdrawDelay: 2_592_001 }],
      ["UnknownNode", { nodeId: accountOf("stranger").address }],
      ["WrongFee", { feeBps: 1_499 }]
    ] as const) {
      expect(yield* refused(open({ ...terms, ...changes }))).toBe(error)
    }
    expect(yield* refused(open(terms, 1_000_001n))).toBe("PoolTooSmall")
  }).pipe(fresh))

/** A channel of the payer to a node that a thief has registered. */
const sham = (salt: string) => termsOf(salt, 2, { nodeId: accountOf("sham node").address })

it("a stolen control plane key without the payer's authorization opens no channel and is paid nothing", () =>
  Effect.gen(function* () {
    const { escrow, pay, register, send } = yield* town
    yield* register("sham node", "stranger", escrow)
    expect(yield* refused(send("control plane", escrow, "open", [sham("one"), 5_000n]))).toBe("NotPayer")
    expect(yield* pay(sham("one"), { cumulative: 5_000n, node: "sham node" })).toBe("NotOpen")
  }).pipe(fresh))

it("a delegate with a sham node takes at most what the wallet signed, and nothing of an honest node's reserve", () =>
  Effect.gen(function* () {
    const { ask, claim, domain, escrow, open, redeem, register, send } = yield* town
    const id = yield* open(termsOf("honest", 2), 10_000n)
    yield* register("sham node", "stranger", escrow)
    const authorization = yield* spendingOf(domain)
    const openDelegated = (terms: Terms, amount: bigint, from = "control plane") =>
      send(from, escrow, "openDelegated", [terms, amount, ...authorization])

    expect(yield* refused(openDelegated(sham("one"), 1n, "stranger"))).toBe("NotDelegate")
    expect(yield* refused(openDelegated({ ...sham("one"), payer: accountOf("stranger").address }, 1n))).toBe("NotPayer")
    expect(yield* refused(openDelegated(sham("one"), 2_001n))).toBe("AuthorizationExceeded")
    yield* openDelegated(sham("one"), 2_000n)
    expect(yield* refused(openDelegated(sham("one"), 1n))).toBe("AuthorizationExceeded")
    expect(yield* refused(openDelegated(sham("two"), 1_001n))).toBe("AuthorizationExceeded")

    const greedy = yield* claim(sham("one"), { cumulative: 10n ** 9n, node: "sham node" })
    const loot = accountOf("stranger's payout").address
    expect((yield* redeem([greedy], { to: loot })).sent).toBe(1_700n)
    expect(yield* ask((escrow) => escrow.channels([id]))).toEqual([10_000n, 0n])
  }).pipe(fresh))

it("opens nothing with an authorization that is forged, widened, late or revoked", () =>
  Effect.gen(function* () {
    const { domain, escrow, send } = yield* town
    const terms = termsOf("delegated", 2)
    const attempt = (authorization: Effect.Success<ReturnType<typeof spendingOf>>) =>
      refused(send("control plane", escrow, "openDelegated", [terms, 10n, ...authorization]))
    const [authorization, signature] = yield* spendingOf(domain)
    expect(yield* attempt([{ ...authorization, maxTotal: 10n ** 9n }, signature])).toBe("InvalidSignature")
    expect(yield* attempt(yield* spendingOf(domain, { validUntil: 1_700_000_000 }))).toBe("AuthorizationExpired")
    expect(yield* attempt(yield* spendingOf(domain, { epoch: 1n }))).toBe("AuthorizationRevoked")
    yield* send("payer", escrow, "revokeAuthorizations", [])
    expect(yield* attempt([authorization, signature])).toBe("AuthorizationRevoked")
  }).pipe(fresh))
