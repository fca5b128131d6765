/** Threats: money on its way in and out of the payers' pools. */
import { expect } from "bun:test"
import { accountOf } from "@infernet/testing/Evm"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { zeroAddress } from "viem"
import { termsOf } from "./messages.ts"
import { forever, permitOf, transferOf } from "./wallet.ts"
import { fresh, refused, town } from "./world.ts"

const payer = accountOf("payer").address
it("lets a deposit through whose permit somebody else has sent before", () =>
  Effect.gen(function* () {
    const { ask, escrow, send, usd } = yield* town
    yield* send("payer", usd, "approve", [escrow.address, 0n])
    yield* send("owner", usd, "mint", [payer, 500n])
    const { r, s, v } = yield* permitOf(usd.address, escrow.address, 500n)
    yield* send("stranger", usd, "permit", [payer, escrow.address, 500n, forever, v, r, s])
    yield* send("payer", escrow, "depositWithPermit", [500n, forever, v, r, s])
    expect(yield* ask((escrow) => escrow.balanceOf([payer]))).toBe(1_000_500n)
  }).pipe(fresh))

it("takes no deposit with a forged permit, and lets no stranger use what a payer has approved", () =>
  Effect.gen(function* () {
    const { ask, escrow, send, usd } = yield* town
    yield* send("owner", usd, "mint", [payer, 500n])
    const { r, s, v } = yield* permitOf(usd.address, escrow.address, 500n, "stranger")
    // The payer's standing approval is for the payer's own calls: the stranger's has none of its own.
    expect(yield* refused(send("stranger", escrow, "depositWithPermit", [500n, forever, v, r, s]))).toBe(
      "ERC20InsufficientAllowance"
    )
    expect(yield* refused(send("stranger", escrow, "depositFor", [payer, 500n]))).toBe("ERC20InsufficientAllowance")
    yield* send("payer", usd, "approve", [escrow.address, 0n])
    expect(yield* refused(send("payer", escrow, "depositWithPermit", [500n, forever, v, r, s]))).toBe(
      "ERC20InsufficientAllowance"
    )
    expect(yield* ask((escrow) => escrow.balanceOf([payer]))).toBe(1_000_000n)
  }).pipe(fresh))

it("credits an authorized deposit to its payer whoever sends it, once", () =>
  Effect.gen(function* () {
    const { ask, escrow, send, usd } = yield* town
    yield* send("owner", usd, "mint", [payer, 1_000n])
    const authorization = yield* transferOf(usd.address, escrow.address, 500n)
    // Straight to the token, past the credit: it works for its receiver only.
    const { nonce, r, s, v } = authorization
    expect(
      yield* refused(
        send("stranger", usd, "receiveWithAuthorization", [payer, escrow.address, 500n, 0n, forever, nonce, v, r, s])
      )
    ).toBe("ERC20InvalidReceiver")
    const stranger = accountOf("stranger").address
    expect(yield* refused(send("stranger", escrow, "depositWithAuthorization", [stranger, 500n, authorization]))).toBe(
      "ERC3009InvalidSignature"
    )
    expect(yield* refused(send("stranger", escrow, "depositWithAuthorization", [payer, 501n, authorization]))).toBe(
      "ERC3009InvalidSignature"
    )
    yield* send("stranger", escrow, "depositWithAuthorization", [payer, 500n, authorization])
    expect(yield* ask((escrow) => escrow.balanceOf([payer]))).toBe(1_000_500n)
    expect(yield* refused(send("stranger", escrow, "depositWithAuthorization", [payer, 500n, authorization]))).toBe(
      "ERC3009UsedAuthorization"
    )
  }).pipe(fresh))

it("lets a payer withdraw what is not reserved, and nothing that is", () =>
  Effect.gen(function* () {
    const { balance, escrow, open, send } = yield* town
    yield* open(termsOf("direct", 1), 10_000n)
    expect(yield* refused(send("payer", escrow, "withdraw", [990_001n]))).toBe("PoolTooSmall")
    expect(yield* refused(send("stranger", escrow, "withdraw", [1n]))).toBe("PoolTooSmall")
    yield* send("payer", escrow, "withdraw", [990_000n])
    expect(yield* balance(payer)).toBe(990_000n)
    expect(yield* balance(escrow.address)).toBe(10_000n)
  }).pipe(fresh))

it("takes no deposit for nobody and none of nothing", () =>
  Effect.gen(function* () {
    const { escrow, open, send, usd } = yield* town
    yield* send("owner", usd, "mint", [payer, 1n])
    expect(yield* refused(send("payer", escrow, "depositFor", [zeroAddress, 1n]))).toBe("NoPayer")
    expect(yield* refused(send("payer", escrow, "deposit", [0n]))).toBe("ZeroAmount")
    expect(yield* refused(open(termsOf("empty", 1), 0n))).toBe("ZeroAmount")
  }).pipe(fresh))
