/** Threats: whose a node is, which key speaks for it, and where it is paid. */
import { expect } from "bun:test"
import { accountOf } from "@infernet/testing/Evm"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { type Address, zeroAddress } from "viem"
import { compact, digest, long, termsOf } from "./messages.ts"
import { registrationOf } from "./wallet.ts"
import { fresh, refused, town } from "./world.ts"

type Here = Effect.Success<typeof town>

const addressOf = (name: string): Address => accountOf(name).address

it("registers no key without its own signature for this operator and payout", () =>
  Effect.gen(function* () {
    const { domain, escrow, send } = yield* town
    const loot = addressOf("loot")
    const attempt = (operator: string, signer: string, signedFor: string, payout = loot) =>
      Effect.flatMap(compact(signer, registrationOf(domain, "other node", signedFor, loot)), (signature) =>
        send(operator, escrow, "registerNode", [addressOf("other node"), payout, signature])
      )
    expect(yield* refused(attempt("stranger", "stranger", "stranger"))).toBe("InvalidSignature")
    // Seen in the mempool: the key signed for its operator, not for who copies it, nor for another payout.
    expect(yield* refused(attempt("stranger", "other node", "operator"))).toBe("InvalidSignature")
    expect(yield* refused(attempt("operator", "other node", "operator", addressOf("stranger")))).toBe(
      "InvalidSignature"
    )
    yield* attempt("operator", "other node", "operator")
    expect(yield* refused(attempt("operator", "other node", "operator"))).toBe("KeyTaken")
  }).pipe(fresh))

it("registers for an operator without gas only what it signed itself, once", () =>
  Effect.gen(function* () {
    const { ask, domain, escrow, send } = yield* town
    const [key, operator, payout] = [addressOf("other node"), addressOf("cold wallet"), addressOf("vault")]
    const message = registrationOf(domain, "other node", "cold wallet", payout)
    const keySignature = yield* compact("other node", message)
    // A node's hot key alone cannot make somebody an operator, nor choose the payout in its name.
    const forged = yield* long("other node", message)
    expect(
      yield* refused(send("stranger", escrow, "registerNodeFor", [key, operator, payout, keySignature, forged]))
    ).toBe("InvalidSignature")
    const signature = yield* long("cold wallet", message)
    const call = [key, operator, payout, keySignature, signature] as const
    const elsewhere = [key, operator, addressOf("loot"), keySignature, signature] as const
    expect(yield* refused(send("stranger", escrow, "registerNodeFor", elsewhere))).toBe("InvalidSignature")
    yield* send("stranger", escrow, "registerNodeFor", call)
    expect(yield* ask((escrow) => escrow.payoutOf([key]))).toBe(payout)
    expect(yield* refused(send("stranger", escrow, "registerNodeFor", call))).toBe("KeyTaken")
  }).pipe(fresh))

const rotation = ({ domain }: Here, newKey: string) =>
  compact(newKey, digest(domain, "RotateNodeKey", { nodeId: addressOf("node"), newKey: addressOf(newKey) }))

it("a hot node key can neither rotate itself nor redirect the payout", () =>
  Effect.gen(function* () {
    const here = yield* town
    const { escrow, send } = here
    const signature = yield* rotation(here, "next key")
    for (const thief of ["node", "stranger", "owner", "control plane"]) {
      const rotate = send(thief, escrow, "rotateNodeKey", [addressOf("node"), addressOf("next key"), signature])
      expect(yield* refused(rotate)).toBe("NotOperator")
      const redirect = send(thief, escrow, "setPayout", [addressOf("node"), addressOf(thief)])
      expect(yield* refused(redirect)).toBe("NotOperator")
    }
    expect(yield* refused(send("stranger", escrow, "setPayout", [addressOf("nobody"), addressOf("loot")]))).toBe(
      "NotOperator"
    )
  }).pipe(fresh))

it("after a rotation the old key's receipts pay nothing, and the new key signs the same sum again", () =>
  Effect.gen(function* () {
    const here = yield* town
    const { escrow, open, pay, send } = here
    const terms = termsOf("managed", 2)
    yield* open(terms)
    const [node, key] = [addressOf("node"), addressOf("next key")]
    const unwilling = yield* rotation(here, "stranger")
    expect(yield* refused(send("operator", escrow, "rotateNodeKey", [node, key, unwilling]))).toBe("InvalidSignature")
    yield* send("operator", escrow, "rotateNodeKey", [node, key, yield* rotation(here, "next key")])
    expect(yield* pay(terms, { cumulative: 2_000n })).toBe("NodeSignature")
    expect(yield* pay(terms, { cumulative: 2_000n, node: "next key" })).toBe(1_700n)
    // A key that was a node's never is one's again.
    const back = send("operator", escrow, "rotateNodeKey", [node, node, yield* rotation(here, "node")])
    expect(yield* refused(back)).toBe("KeyTaken")
  }).pipe(fresh))

it("changes a payout after two days, and redeems to the old one until then", () =>
  Effect.gen(function* () {
    const { ask, claim, days, escrow, open, payout, redeem, send } = yield* town
    const terms = termsOf("managed", 2)
    yield* open(terms)
    const [node, vault] = [addressOf("node"), addressOf("vault")]
    yield* send("operator", escrow, "setPayout", [node, vault])
    expect(yield* ask((escrow) => escrow.payoutOf([node]))).toBe(payout)
    expect((yield* redeem([yield* claim(terms, { cumulative: 1_000n })])).sent).toBe(850n)
    yield* days(2)
    const next = yield* claim(terms, { cumulative: 2_000n })
    // Sent before the change, mined after it: skipped, not paid to a surprise.
    expect((yield* redeem([next])).skipped).toEqual(["OtherPayout"])
    expect((yield* redeem([next], { to: vault })).sent).toBe(850n)
    for (const nowhere of [zeroAddress, escrow.address]) {
      expect(yield* refused(send("operator", escrow, "setPayout", [node, nowhere]))).toBe("InvalidPayout")
    }
  }).pipe(fresh))

it("relays a change of the payout that the operator signed, once, in time, and not after another change", () =>
  Effect.gen(function* () {
    const { ask, days, domain, escrow, evm, send } = yield* town
    const [nodeId, payout] = [addressOf("node"), addressOf("vault")]
    const deadline = (yield* evm.now) + 3_600n
    const signedFor = (nonce: bigint, signer = "operator") =>
      long(signer, digest(domain, "SetPayout", { nodeId, payout, nonce, deadline }))
    const relay = (signature: `0x${string}`, to = payout) =>
      send("stranger", escrow, "setPayoutFor", [nodeId, to, deadline, signature])

    const signature = yield* signedFor(0n)
    expect(yield* refused(relay(yield* signedFor(0n, "node")))).toBe("InvalidSignature")
    expect(yield* refused(relay(signature, addressOf("loot")))).toBe("InvalidSignature")
    // The operator thinks better of it, with gas: what it signed before is worth nothing.
    yield* send("operator", escrow, "setPayout", [nodeId, addressOf("operator's payout")])
    expect(yield* refused(relay(signature))).toBe("InvalidSignature")
    const again = yield* signedFor(1n)
    yield* relay(again)
    expect(yield* refused(relay(again))).toBe("InvalidSignature")
    yield* days(2)
    expect(yield* ask((escrow) => escrow.payoutOf([nodeId]))).toBe(payout)
    expect(yield* refused(relay(yield* signedFor(2n)))).toBe("SignatureExpired")
  }).pipe(fresh))

it("loses nothing where the token refuses the payout address: after a change the same receipt is paid", () =>
  Effect.gen(function* () {
    const { ask, claim, days, escrow, open, payout, redeem, send, usd } = yield* town
    const terms = termsOf("blocked", 3)
    const id = yield* open(terms)
    const receipt = yield* claim(terms, { cumulative: 1_000n })
    yield* send("owner", usd, "setBlacklisted", [payout, true])
    expect(yield* refused(redeem([receipt]))).toBe("Blacklisted")
    expect(yield* ask((escrow) => escrow.channels([id]))).toEqual([10_000n, 0n])
    expect(yield* ask((escrow) => escrow.fees())).toBe(0n)
    yield* send("operator", escrow, "setPayout", [addressOf("node"), addressOf("vault")])
    yield* days(2)
    expect((yield* redeem([receipt], { to: addressOf("vault") })).sent).toBe(850n)
  }).pipe(fresh))

it("pays nodes of different operators in batches of their own", () =>
  Effect.gen(function* () {
    const { claim, escrow, open, redeem, register } = yield* town
    yield* register("other node", "stranger", escrow)
    const [mine, theirs] = [termsOf("mine", 1), termsOf("theirs", 1, { nodeId: addressOf("other node") })]
    yield* open(mine)
    yield* open(theirs)
    const batch = [
      yield* claim(theirs, { cumulative: 1_000n, node: "other node" }),
      yield* claim(mine, { cumulative: 1_000n })
    ]
    expect(yield* redeem(batch)).toMatchObject({ sent: 850n, skipped: ["OtherPayout"] })
    expect(yield* redeem(batch, { to: addressOf("stranger's payout") })).toMatchObject({
      sent: 850n,
      skipped: ["NothingNew"]
    })
    // To nobody: an unknown node has no payout address, which is not a match for "no address".
    const unknown = termsOf("unknown", 1, { nodeId: addressOf("nobody") })
    expect((yield* redeem([yield* claim(unknown, { cumulative: 1n })], { to: zeroAddress })).skipped).toEqual([
      "NotOpen"
    ])
  }).pipe(fresh))
