/** Threats where the control plane is gone, pretends to be, or is said to be: claims without its signature. */
import { expect } from "bun:test"
import { accountOf } from "@infernet/testing/Evm"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { compact, digest, termsOf } from "./messages.ts"
import { fresh, refused, town } from "./world.ts"

const node = accountOf("node").address
const payer = accountOf("payer").address
const terms = termsOf("strict", 3)

/** A town with a channel that needs all three signatures. */
const abandoned = Effect.gen(function* () {
  const here = yield* town
  const { domain, escrow, open, send } = here
  const id = yield* open(terms)
  const answer = Effect.fnUntraced(function* (seq: bigint, admitted: bigint, signer = "control plane") {
    const message = { channelId: id, seq, admitted }
    const signature = yield* compact(signer, digest(domain, "ClaimAnswer", message))
    return yield* send("stranger", escrow, "answerClaim", [id, seq, admitted, signature])
  })
  const request = (amounts: Parameters<typeof here.delayed>[1], of = terms) =>
    Effect.flatMap(here.delayed(of, amounts), (claim) => send("stranger", escrow, "requestClaim", [claim]))
  return { ...here, id, answer, request, settle: send("stranger", escrow, "settleClaim", [terms]) }
})

it("pays a node whose control plane is gone for good, after seven days, up to the ceiling", () =>
  Effect.gen(function* () {
    const { ask, balance, days, escrow, pay, payout, request, send, settle } = yield* abandoned
    expect(yield* pay(terms, { cumulative: 2_000n, controlPlane: undefined })).toBe("ControlPlaneSignature")
    yield* request({ cumulative: 9_000n, ceiling: 2_000n, seq: 5n })
    expect(yield* refused(settle)).toBe("ClaimPending")
    yield* days(6.9)
    expect(yield* refused(settle)).toBe("ClaimPending")
    yield* days(0.2)
    yield* settle
    expect(yield* ask((escrow) => escrow.earnings([node]))).toBe(1_700n)
    expect(yield* ask((escrow) => escrow.fees())).toBe(300n)
    yield* send("stranger", escrow, "collect", [node])
    expect(yield* balance(payout)).toBe(1_700n)
    expect(yield* refused(send("stranger", escrow, "collect", [node]))).toBe("NothingEarned")
    expect(yield* refused(settle)).toBe("NoClaim")
  }).pipe(fresh))

it("announces no claim that node or payer did not sign", () =>
  Effect.gen(function* () {
    const { claim, escrow, request, send } = yield* abandoned
    expect(yield* refused(request({ cumulative: 2_000n, node: "stranger" }))).toBe("InvalidSignature")
    expect(yield* refused(request({ cumulative: 2_000n, session: "node" }))).toBe("InvalidSignature")
    // An old receipt, announced by the payer in the node's place to keep a better claim out.
    const receipt = yield* claim(terms, { cumulative: 1n })
    expect(yield* refused(send("payer", escrow, "requestClaim", [receipt]))).toBe("InvalidSignature")
  }).pipe(fresh))

it("delays no claim on channels that the control plane or the payer alone decides", () =>
  Effect.gen(function* () {
    const { open, request } = yield* abandoned
    for (const need of [1, 2] as const) {
      const other = termsOf("other", need)
      yield* open(other)
      expect(yield* refused(request({ cumulative: 1_000n }, other))).toBe("ClaimNotDelayable")
    }
    expect(yield* refused(request({ cumulative: 1_000n }, termsOf("unopened", 3)))).toBe("ChannelNotOpen")
  }).pipe(fresh))

it("a control plane that lives lowers a lying node's claim to what it admits, and has the last word", () =>
  Effect.gen(function* () {
    const { answer, days, pay, request, settle } = yield* abandoned
    yield* request({ cumulative: 9_000n, seq: 5n })
    expect(yield* refused(answer(5n, 1_000n, "stranger"))).toBe("NotControlPlaneKey")
    expect(yield* refused(answer(5n, 1_000n, "payer"))).toBe("NotControlPlaneKey")
    expect(yield* refused(answer(4n, 1_000n))).toBe("NoClaim")
    yield* days(6)
    yield* answer(5n, 1_000n)
    // Due at once: what is admitted is not in dispute.
    yield* settle
    expect(yield* pay(terms, { cumulative: 1_000n })).toBe("NothingNew")
    expect(yield* refused(request({ cumulative: 9_500n, seq: 6n }))).toBe("ClaimContested")
    // Countersigned receipts are as good as ever.
    expect(yield* pay(terms, { cumulative: 2_000n })).toBe(850n)
  }).pipe(fresh))

it("an answer that admits all of it, or more, raises nothing and contests nothing", () =>
  Effect.gen(function* () {
    const { answer, ask, id, request, settle } = yield* abandoned
    yield* request({ cumulative: 1_000n, seq: 5n })
    yield* answer(5n, 9_000n)
    yield* settle
    expect(yield* ask((escrow) => escrow.channels([id]))).toEqual([10_000n, 1_000n])
    yield* request({ cumulative: 1_500n, seq: 6n })
  }).pipe(fresh))

it("pays a claim nothing that a countersigned receipt has paid meanwhile", () =>
  Effect.gen(function* () {
    const { ask, days, id, pay, request, settle } = yield* abandoned
    yield* request({ cumulative: 1_000n, seq: 5n })
    expect(yield* pay(terms, { cumulative: 1_200n, seq: 6n })).toBe(1_020n)
    yield* days(7)
    yield* settle
    expect(yield* ask((escrow) => escrow.channels([id]))).toEqual([10_000n, 1_200n])
    expect(yield* ask((escrow) => escrow.earnings([node]))).toBe(0n)
    expect(yield* refused(request({ cumulative: 1_200n, seq: 7n }))).toBe("NothingToClaim")
  }).pipe(fresh))

it("a payer cannot close a channel under a claim that waits", () =>
  Effect.gen(function* () {
    const { ask, days, escrow, request, send } = yield* abandoned
    yield* send("payer", escrow, "requestClose", [terms])
    yield* days(0.9)
    yield* request({ cumulative: 4_000n, seq: 5n })
    yield* days(1)
    expect(yield* refused(send("payer", escrow, "finishClose", [terms]))).toBe("ClaimPending")
    yield* days(6)
    yield* send("payer", escrow, "finishClose", [terms])
    expect(yield* ask((escrow) => escrow.earnings([node]))).toBe(3_400n)
    expect(yield* ask((escrow) => escrow.balanceOf([payer]))).toBe(996_000n)
  }).pipe(fresh))

it("a node cannot keep a payer waiting claim by claim", () =>
  Effect.gen(function* () {
    const { days, escrow, request, send } = yield* abandoned
    yield* request({ cumulative: 1_000n, seq: 5n })
    expect(yield* refused(request({ cumulative: 1_001n, seq: 6n }))).toBe("ClaimPending")
    yield* send("payer", escrow, "requestClose", [terms])
    yield* days(7)
    yield* send("stranger", escrow, "settleClaim", [terms])
    expect(yield* refused(request({ cumulative: 1_001n, seq: 6n }))).toBe("ChannelClosing")
    yield* send("payer", escrow, "finishClose", [terms])
    expect(yield* refused(request({ cumulative: 1_001n, seq: 6n }))).toBe("ChannelClosing")
  }).pipe(fresh))

it("a payout address that the token refuses keeps the payer's rest from nobody", () =>
  Effect.gen(function* () {
    const { ask, balance, days, escrow, payout, request, send, usd } = yield* abandoned
    yield* send("owner", usd, "setBlacklisted", [payout, true])
    yield* request({ cumulative: 1_000n, seq: 5n })
    yield* send("payer", escrow, "requestClose", [terms])
    yield* days(7)
    yield* send("payer", escrow, "finishClose", [terms])
    expect(yield* ask((escrow) => escrow.balanceOf([payer]))).toBe(999_000n)
    expect(yield* refused(send("stranger", escrow, "collect", [node]))).toBe("Blacklisted")
    const vault = accountOf("vault").address
    yield* send("operator", escrow, "setPayout", [node, vault])
    yield* days(2)
    yield* send("stranger", escrow, "collect", [node])
    expect(yield* balance(vault)).toBe(850n)
  }).pipe(fresh))

it("drops a waiting claim where the node agrees that nothing more is owed", () =>
  Effect.gen(function* () {
    const { ask, days, domain, escrow, id, request, send, settle } = yield* abandoned
    yield* request({ cumulative: 1_000n, seq: 5n })
    const close = digest(domain, "CloseChannel", { channelId: id, finalCumulative: 0n })
    yield* send("payer", escrow, "closeNow", [terms, 0n, yield* compact("node", close)])
    yield* days(7)
    expect(yield* refused(settle)).toBe("NoClaim")
    expect(yield* ask((escrow) => escrow.balanceOf([payer]))).toBe(1_000_000n)
  }).pipe(fresh))
