/** Threats: taking the reserve back before the node is paid, and opening what is closed. */
import { expect } from "bun:test"
import { accountOf } from "@infernet/testing/Evm"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { termsOf } from "./messages.ts"
import { closingOf } from "./wallet.ts"
import { fresh, refused, town } from "./world.ts"

const payer = accountOf("payer").address

it("gives a node notice: a payer cannot close before it is over, and the node redeems meanwhile", () =>
  Effect.gen(function* () {
    const { ask, days, escrow, open, pay, send } = yield* town
    const terms = termsOf("direct", 1)
    const id = yield* open(terms)
    expect(yield* refused(send("payer", escrow, "finishClose", [terms]))).toBe("ClosingNotRequested")
    yield* send("payer", escrow, "requestClose", [terms])
    expect(yield* refused(send("payer", escrow, "finishClose", [terms]))).toBe("ChannelClosing")
    expect(yield* refused(send("payer", escrow, "requestClose", [terms]))).toBe("ChannelClosing")
    expect(yield* refused(open(terms))).toBe("ChannelClosing")
    expect(yield* pay(terms, { cumulative: 9_600n })).toBe(8_160n)
    yield* days(1)
    // Late, and still before the payer has finished it.
    expect(yield* pay(terms, { cumulative: 9_700n })).toBe(85n)
    yield* send("stranger", escrow, "finishClose", [terms])
    expect(yield* ask((escrow) => escrow.balanceOf([payer]))).toBe(990_300n)
    expect(yield* ask((escrow) => escrow.closingAt([id]))).toBe(yield* ask((escrow) => escrow.CLOSED()))
  }).pipe(fresh))

it("pays nothing out of a closed channel and never opens it again", () =>
  Effect.gen(function* () {
    const { days, escrow, open, pay, send } = yield* town
    for (const [salt, paid] of [
      ["paid", 100n],
      ["unpaid", 0n]
    ] as const) {
      const terms = termsOf(salt, 1)
      yield* open(terms)
      if (paid > 0n) yield* pay(terms, { cumulative: paid })
      yield* send("payer", escrow, "requestClose", [terms])
      yield* days(1)
      yield* send("payer", escrow, "finishClose", [terms])
      expect(yield* pay(terms, { cumulative: 10_000n })).toBe("Closed")
      expect(yield* refused(open(terms))).toBe("ChannelClosing")
      expect(yield* refused(send("payer", escrow, "finishClose", [terms]))).toBe("ChannelClosing")
    }
  }).pipe(fresh))

it("lets nobody but the payer announce a closing, the session key included", () =>
  Effect.gen(function* () {
    const { escrow, evm, open, send } = yield* town
    const terms = termsOf("direct", 1)
    yield* open(terms)
    yield* evm.account("session")
    for (const other of ["session", "stranger", "owner", "operator"]) {
      expect(yield* refused(send(other, escrow, "requestClose", [terms]))).toBe("NotPayer")
    }
    const unopened = termsOf("unopened", 1)
    expect(yield* refused(send("payer", escrow, "requestClose", [unopened]))).toBe("ChannelNotOpen")
  }).pipe(fresh))

it("closes at once where the node agreed and has been paid, for good", () =>
  Effect.gen(function* () {
    const { ask, domain, escrow, open, pay, send } = yield* town
    const terms = termsOf("agreed", 1)
    yield* open(terms, 1_000n)
    const close = yield* closingOf(domain, terms, 100n)
    expect(yield* refused(send("payer", escrow, "closeNow", close))).toBe("NotPaidYet")
    yield* pay(terms, { cumulative: 100n })
    const forged = yield* closingOf(domain, terms, 100n, "payer")
    expect(yield* refused(send("payer", escrow, "closeNow", forged))).toBe("InvalidSignature")
    yield* send("payer", escrow, "closeNow", close)
    expect(yield* ask((escrow) => escrow.balanceOf([payer]))).toBe(999_900n)
    // The kept signature cannot close a channel that was topped up since: there is none.
    expect(yield* refused(open(terms))).toBe("ChannelClosing")
    expect(yield* refused(send("payer", escrow, "closeNow", close))).toBe("ChannelClosing")
  }).pipe(fresh))

it("a stolen node key can end a channel early and not send its money elsewhere", () =>
  Effect.gen(function* () {
    const { ask, balance, domain, escrow, open, send } = yield* town
    const terms = termsOf("stolen", 1)
    yield* open(terms)
    yield* send("stranger", escrow, "closeNow", yield* closingOf(domain, terms, 0n))
    expect(yield* ask((escrow) => escrow.balanceOf([payer]))).toBe(1_000_000n)
    expect(yield* balance(accountOf("stranger").address)).toBe(0n)
  }).pipe(fresh))
