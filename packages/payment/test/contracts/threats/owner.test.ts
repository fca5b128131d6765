/** Threats: an owner or a control plane key in the wrong hands, and what neither can do. */
import { expect } from "bun:test"
import { accountOf } from "@infernet/testing/Evm"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { type Address, zeroAddress } from "viem"
import { termsOf } from "./messages.ts"
import { fresh, refused, town } from "./world.ts"

const addressOf = (name: string): Address => accountOf(name).address

it("a new control plane key counts after two days, a revoked one for one more", () =>
  Effect.gen(function* () {
    const { days, escrow, open, pay, send } = yield* town
    const terms = termsOf("managed", 2)
    yield* open(terms)
    yield* send("owner", escrow, "addControlPlaneKey", [addressOf("next plane")])
    expect(yield* pay(terms, { cumulative: 1_000n, controlPlane: "next plane" })).toBe("ControlPlaneSignature")
    yield* send("owner", escrow, "revokeControlPlaneKey", [addressOf("control plane")])
    expect(yield* pay(terms, { cumulative: 1_000n })).toBe(850n)
    yield* days(2)
    expect(yield* pay(terms, { cumulative: 2_000n })).toBe("ControlPlaneSignature")
    expect(yield* pay(terms, { cumulative: 2_000n, controlPlane: "next plane" })).toBe(850n)
  }).pipe(fresh))

it("revoking lends no validity to a key that was never added, nor prolongs a grace", () =>
  Effect.gen(function* () {
    const { days, escrow, open, pay, send } = yield* town
    const terms = termsOf("managed", 2)
    yield* open(terms)
    const revoke = (name: string) => send("owner", escrow, "revokeControlPlaneKey", [addressOf(name)])
    const add = (name: string) => send("owner", escrow, "addControlPlaneKey", [addressOf(name)])
    // Else an owner would have a key at once, without the two days' notice.
    expect(yield* refused(revoke("stranger"))).toBe("KeyNotInUse")
    expect(yield* pay(terms, { cumulative: 1_000n, controlPlane: "stranger" })).toBe("ControlPlaneSignature")
    yield* revoke("control plane")
    expect(yield* refused(revoke("control plane"))).toBe("KeyNotInUse")
    expect(yield* refused(add("control plane"))).toBe("KeyInUse")
    // Revoked before its notice was over: it never counts.
    yield* add("regretted")
    expect(yield* refused(add("regretted"))).toBe("KeyInUse")
    yield* revoke("regretted")
    yield* days(3)
    expect(yield* pay(terms, { cumulative: 1_000n, controlPlane: "regretted" })).toBe("ControlPlaneSignature")
    expect(yield* refused(send("owner", escrow, "addControlPlaneKey", [zeroAddress]))).toBe("ZeroAddress")
  }).pipe(fresh))

it("a pause stops deposits and openings, and nobody from taking money out", () =>
  Effect.gen(function* () {
    const { days, delayed, escrow, open, pay, send } = yield* town
    const [direct, strict] = [termsOf("direct", 1), termsOf("strict", 3)]
    yield* open(direct)
    yield* open(strict)
    yield* send("owner", escrow, "pause", [])
    expect(yield* refused(send("payer", escrow, "deposit", [1n]))).toBe("EnforcedPause")
    expect(yield* refused(open(direct))).toBe("EnforcedPause")
    expect(yield* refused(open(termsOf("new", 1)))).toBe("EnforcedPause")

    expect(yield* pay(direct, { cumulative: 1_000n })).toBe(850n)
    yield* send("payer", escrow, "withdraw", [1n])
    yield* send("operator", escrow, "requestClaim", [yield* delayed(strict, { cumulative: 1_000n })])
    yield* send("payer", escrow, "requestClose", [direct])
    yield* days(7)
    yield* send("payer", escrow, "finishClose", [direct])
    yield* send("operator", escrow, "settleClaim", [strict])
    yield* send("operator", escrow, "collect", [addressOf("node")])
    yield* send("stranger", escrow, "withdrawFees", [])
    yield* send("owner", escrow, "unpause", [])
    yield* open(termsOf("new", 1))
  }).pipe(fresh))

it("takes at most 30 % of new channels and leaves open ones theirs", () =>
  Effect.gen(function* () {
    const { escrow, open, pay, send } = yield* town
    const terms = termsOf("before", 1)
    yield* open(terms)
    expect(yield* refused(send("owner", escrow, "setFee", [3_001]))).toBe("FeeTooHigh")
    yield* send("owner", escrow, "setFee", [3_000])
    expect(yield* pay(terms, { cumulative: 1_000n })).toBe(850n)
    yield* open(terms)
    expect(yield* pay(terms, { cumulative: 11_000n })).toBe(8_500n)
    expect(yield* refused(open(termsOf("after", 1)))).toBe("WrongFee")
    yield* open(termsOf("after", 1, { feeBps: 3_000 }))
  }).pipe(fresh))

it("an owner cannot redeem, withdraw, close or collect what is others'", () =>
  Effect.gen(function* () {
    const { escrow, open, pay, send } = yield* town
    const terms = termsOf("managed", 2)
    yield* open(terms)
    expect(yield* refused(send("owner", escrow, "withdraw", [1n]))).toBe("PoolTooSmall")
    expect(yield* refused(send("owner", escrow, "requestClose", [terms]))).toBe("NotPayer")
    expect(yield* pay(terms, { cumulative: 1_000n, node: "owner" })).toBe("NodeSignature")
    expect(yield* refused(send("owner", escrow, "withdrawFees", []))).toBe("ZeroAmount")
    for (const nowhere of [zeroAddress, escrow.address]) {
      expect(yield* refused(send("owner", escrow, "setTreasury", [nowhere]))).toBe("InvalidPayout")
    }
  }).pipe(fresh))

it("obeys nobody else in what is the owner's", () =>
  Effect.gen(function* () {
    const { escrow, send } = yield* town
    const key = addressOf("stranger")
    for (const attempt of [
      send("stranger", escrow, "setFee", [0]),
      send("stranger", escrow, "setTreasury", [key]),
      send("stranger", escrow, "addControlPlaneKey", [key]),
      send("stranger", escrow, "revokeControlPlaneKey", [addressOf("control plane")]),
      send("stranger", escrow, "pause", []),
      send("control plane", escrow, "unpause", [])
    ]) {
      expect(yield* refused(attempt)).toBe("OwnableUnauthorizedAccount")
    }
    // Two steps: a mistyped address gets nothing.
    yield* send("owner", escrow, "transferOwnership", [addressOf("treasury")])
    yield* send("owner", escrow, "pause", [])
    yield* send("treasury", escrow, "acceptOwnership", [])
    expect(yield* refused(send("owner", escrow, "unpause", []))).toBe("OwnableUnauthorizedAccount")
  }).pipe(fresh))

it("sends the fees to the treasury whoever asks, and keeps them where the token refuses it", () =>
  Effect.gen(function* () {
    const { ask, balance, escrow, open, pay, send, usd } = yield* town
    const terms = termsOf("direct", 1)
    yield* open(terms)
    yield* pay(terms, { cumulative: 1_000n })
    yield* send("owner", usd, "setBlacklisted", [addressOf("treasury"), true])
    expect(yield* refused(send("stranger", escrow, "withdrawFees", []))).toBe("Blacklisted")
    expect(yield* ask((escrow) => escrow.fees())).toBe(150n)
    yield* send("owner", escrow, "setTreasury", [addressOf("other treasury")])
    yield* send("stranger", escrow, "withdrawFees", [])
    expect(yield* balance(addressOf("other treasury"))).toBe(150n)
  }).pipe(fresh))

it("holds to the micro what it owes after all of it", () =>
  Effect.gen(function* () {
    const { ask, balance, days, escrow, open, pay, send } = yield* town
    const ids: Array<`0x${string}`> = []
    for (const [index, need] of ([1, 2, 3] as const).entries()) {
      const terms = termsOf(`channel ${index}`, need)
      ids.push(yield* open(terms))
      yield* pay(terms, { cumulative: BigInt(777 * (index + 1)) })
    }
    yield* send("payer", escrow, "requestClose", [termsOf("channel 0", 1)])
    yield* days(1)
    yield* send("payer", escrow, "finishClose", [termsOf("channel 0", 1)])
    const states = yield* ask((escrow) => escrow.channelsOf([ids]))
    const reserves = states.reduce((sum, { paid, reserved }) => sum + reserved - paid, 0n)
    const pool = yield* ask((escrow) => escrow.balanceOf([addressOf("payer")]))
    const fees = yield* ask((escrow) => escrow.fees())
    expect(yield* balance(escrow.address)).toBe(pool + reserves + fees)
    expect(reserves).toBe(20_000n - 777n * 5n)
  }).pipe(fresh))
