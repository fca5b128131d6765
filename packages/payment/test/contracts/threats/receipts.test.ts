/** Threats: being paid twice, for somebody else's, or for what was not signed. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { toHex } from "viem"
import { claimOf, domainOf, termsOf } from "./messages.ts"
import { fresh, skips, town } from "./world.ts"

it("pays a signed receipt less the fee, once", () =>
  Effect.gen(function* () {
    const { ask, claim, open, pay, redeem } = yield* town
    const terms = termsOf("direct", 1)
    yield* open(terms)
    expect(yield* pay(terms, { cumulative: 1_000n })).toBe(850n)
    expect(yield* ask((escrow) => escrow.fees())).toBe(150n)
    // Again, alone and twice in one batch.
    expect(yield* pay(terms, { cumulative: 1_000n })).toBe("NothingNew")
    const again = yield* claim(terms, { cumulative: 1_000n })
    expect(yield* redeem([again, again])).toMatchObject({ sent: 0n, skipped: ["NothingNew", "NothingNew"] })
    // An older one after a newer one.
    expect(yield* pay(terms, { cumulative: 500n })).toBe("NothingNew")
  }).pipe(fresh))

it("pays only what a newer receipt adds, also twice in one batch", () =>
  Effect.gen(function* () {
    const { claim, open, pay, redeem } = yield* town
    const terms = termsOf("direct", 1)
    yield* open(terms)
    yield* pay(terms, { cumulative: 1_000n })
    expect(yield* pay(terms, { cumulative: 1_500n })).toBe(425n)
    const [newer, newest] = [yield* claim(terms, { cumulative: 1_600n }), yield* claim(terms, { cumulative: 1_800n })]
    expect((yield* redeem([newer, newest, newer])).sent).toBe(255n)
  }).pipe(fresh))

it("sends the money to the operator whoever relays the receipt", () =>
  Effect.gen(function* () {
    const { ask, balance, claim, escrow, open, redeem } = yield* town
    const terms = termsOf("direct", 1)
    yield* open(terms)
    const receipt = yield* claim(terms, { cumulative: 1_000n })
    const thief = escrow.address
    expect(yield* ask((escrow) => escrow.preview([thief, receipt]))).toEqual([skips.indexOf("OtherPayout"), 1_000n])
    expect(yield* redeem([receipt], { to: thief })).toMatchObject({ sent: 0n, skipped: ["OtherPayout"] })
    expect(yield* redeem([receipt], { from: "stranger" })).toMatchObject({ sent: 850n, skipped: [] })
    expect(yield* balance(escrow.address)).toBe(999_150n)
  }).pipe(fresh))

it("takes no receipt of another contract, of another chain, or of no chain", () =>
  Effect.gen(function* () {
    const { deployEscrow, domain, escrow, fund, open, redeem, register, send, usd } = yield* town
    const terms = termsOf("direct", 1)
    yield* open(terms)
    const other = yield* deployEscrow(usd.address)
    yield* register("node", "operator", other)
    yield* fund(other)
    yield* send("payer", other, "open", [terms, 10_000n])

    const here = yield* claimOf(domain, terms, { cumulative: 5_000n })
    expect((yield* redeem([here], { at: other })).skipped).toEqual(["NodeSignature"])
    for (const foreign of [domainOf(escrow.address, 1), domainOf(other.address), domainOf(toHex(0, { size: 20 }), 0)]) {
      const claim = yield* claimOf(foreign, terms, { cumulative: 5_000n })
      expect((yield* redeem([claim])).skipped).toEqual(["NodeSignature"])
    }
    expect((yield* redeem([here])).sent).toBe(4_250n)
  }).pipe(fresh))

it("takes no receipt of one channel for another", () =>
  Effect.gen(function* () {
    const { claim, open, redeem } = yield* town
    const [one, two] = [termsOf("one", 3), termsOf("two", 3)]
    yield* open(one)
    yield* open(two)
    const receipt = yield* claim(one, { cumulative: 1_000n })
    expect((yield* redeem([{ ...receipt, terms: two }])).skipped).toEqual(["NodeSignature"])
  }).pipe(fresh))

it("pays nothing that only one side signed", () =>
  Effect.gen(function* () {
    const { open, pay } = yield* town
    const [direct, managed] = [termsOf("direct", 1), termsOf("managed", 2)]
    yield* open(direct)
    yield* open(managed)
    // The control plane alone; the node alone, in either's place.
    expect(yield* pay(managed, { cumulative: 5_000n, node: "control plane" })).toBe("NodeSignature")
    expect(yield* pay(managed, { cumulative: 5_000n, controlPlane: "node" })).toBe("ControlPlaneSignature")
    expect(yield* pay(direct, { cumulative: 9_000n, session: "node" })).toBe("PayerSignature")
    expect(yield* pay(direct, { cumulative: 9_000n, session: undefined })).toBe("PayerSignature")
    // The payer's wallet is not its session key.
    expect(yield* pay(direct, { cumulative: 9_000n, session: "payer" })).toBe("PayerSignature")
    expect(yield* pay(managed, { cumulative: 1_000n, session: undefined })).toBe(850n)
  }).pipe(fresh))

it("wants all three where the channel does", () =>
  Effect.gen(function* () {
    const { open, pay } = yield* town
    const terms = termsOf("strict", 3)
    yield* open(terms)
    expect(yield* pay(terms, { cumulative: 1_000n, session: undefined })).toBe("PayerSignature")
    expect(yield* pay(terms, { cumulative: 1_000n, controlPlane: "session" })).toBe("ControlPlaneSignature")
    expect(yield* pay(terms, { cumulative: 1_000n, node: undefined })).toBe("NodeSignature")
    expect(yield* pay(terms, { cumulative: 1_000n })).toBe(850n)
  }).pipe(fresh))

it("pays no more than the ceiling, whoever colludes, and says what is wanting", () =>
  Effect.gen(function* () {
    const { open, pay } = yield* town
    const [direct, strict] = [termsOf("direct", 1), termsOf("strict", 3)]
    yield* open(direct)
    yield* open(strict)
    expect(yield* pay(direct, { cumulative: 9_000n, ceiling: 1_000n })).toBe(850n)
    expect(yield* pay(direct, { cumulative: 9_500n, ceiling: 1_000n })).toBe("CeilingSpent")
    // Node and control plane together.
    expect(yield* pay(strict, { cumulative: 9_000n, ceiling: 200n })).toBe(170n)
  }).pipe(fresh))

it("pays no more than the reserve, and the rest after a top-up", () =>
  Effect.gen(function* () {
    const { open, pay } = yield* town
    const terms = termsOf("direct", 1)
    yield* open(terms, 1_000n)
    expect(yield* pay(terms, { cumulative: 5_000n })).toBe(850n)
    expect(yield* pay(terms, { cumulative: 5_000n })).toBe("ReserveSpent")
    yield* open(terms, 4_000n)
    expect(yield* pay(terms, { cumulative: 5_000n })).toBe(3_400n)
  }).pipe(fresh))

it("is not blocked by a bad claim in a batch", () =>
  Effect.gen(function* () {
    const { claim, open, redeem } = yield* town
    const [unfunded, good, forged] = [termsOf("unfunded", 1), termsOf("good", 1), termsOf("forged", 1)]
    yield* open(good)
    yield* open(forged)
    const batch = [
      yield* claim(unfunded, { cumulative: 1_000n }),
      yield* claim(forged, { cumulative: 1_000n, node: "stranger" }),
      yield* claim(good, { cumulative: 1_000n })
    ]
    expect(yield* redeem(batch)).toMatchObject({ sent: 850n, skipped: ["NotOpen", "NodeSignature"] })
  }).pipe(fresh))

it("takes no signature with its recovery bit turned", () =>
  Effect.gen(function* () {
    const { claim, open, redeem } = yield* town
    const terms = termsOf("direct", 1)
    yield* open(terms)
    const good = yield* claim(terms, { cumulative: 1_000n })
    const { r, vs } = good.nodeSignature
    const nodeSignature = { r, vs: toHex(BigInt(vs) ^ (1n << 255n), { size: 32 }) }
    expect((yield* redeem([{ ...good, nodeSignature }])).skipped).toEqual(["NodeSignature"])
    expect((yield* redeem([good])).sent).toBe(850n)
  }).pipe(fresh))

it("takes the fee of the whole sum, however small the parts it is redeemed in", () =>
  Effect.gen(function* () {
    const { ask, open, pay } = yield* town
    const terms = termsOf("drops", 1)
    yield* open(terms)
    for (let cumulative = 1n; cumulative <= 20n; cumulative++) yield* pay(terms, { cumulative })
    expect(yield* ask((escrow) => escrow.fees())).toBe(3n)
  }).pipe(fresh))
