import { describe, expect } from "bun:test"
import { Identity } from "@infernet/auth/Identity"
import { Verifier } from "@infernet/auth/verifier/Verifier"
import { recover } from "@infernet/auth/recover"
import { DaemonEvents } from "@infernet/daemon/DaemonEvents"
import { Jobs } from "@infernet/daemon/job/Jobs"
import { Asks } from "@infernet/daemon/node/asking"
import { Keyring } from "@infernet/daemon/node/Keyring"
import { ReceiptBooks } from "@infernet/daemon/receipt/ReceiptBooks"
import { Vouchers } from "@infernet/daemon/receipt/Vouchers"
import { parseAsks } from "@infernet/payment/price/ask"
import { voucherDigest } from "@infernet/payment/receipt/digest"
import * as Files from "@infernet/testing/fakes/Files"
import * as ScriptedBackends from "@infernet/testing/fakes/ScriptedBackends"
import { it } from "@infernet/testing/harness"
import { Context, Effect, Layer, Path } from "effect"
import { TestClock } from "effect/testing"
import * as papers from "./papers.ts"

const { chain, offer, terms } = papers
const terms3 = terms({ need: 3 })
const bill = (n: number) => offer(n, { domain: chain, terms: terms3 })
const ceiling = (max: number, key = papers.payer) => papers.voucher(chain, terms3, max, key)

const build = Effect.fnUntraced(function* (room: () => number = () => Number.POSITIVE_INFINITY, asks?: string) {
  const jobs = { isRunning: () => false }
  const layer = Vouchers.layer.pipe(
    Layer.provideMerge(ReceiptBooks.layerFolder("/receipts")),
    Layer.provide(
      Layer.effect(
        Jobs,
        Effect.map(Jobs, (real) => ({ ...real, isRunning: () => jobs.isRunning() }))
      )
    ),
    Layer.provide(Jobs.layer),
    Layer.provide([
      Layer.succeed(Asks, parseAsks(asks ?? "") ?? []),
      Files.layer(undefined, { room }),
      Path.layer,
      Keyring.layerOne.pipe(Layer.provide(Layer.succeed(Identity, papers.node))),
      Verifier.layerNoble,
      DaemonEvents.layer,
      ScriptedBackends.layer({ chat: () => Effect.never })
    ])
  )
  const context = yield* Layer.build(Layer.fresh(layer))
  const vouchers = Context.get(context, Vouchers)
  yield* TestClock.adjust(0)
  let asked = 0
  const refusal = (voucher?: ReturnType<typeof ceiling>) =>
    Effect.sync(
      () =>
        vouchers.refusal({ attempt: papers.attemptOf(++asked), model: ScriptedBackends.model, maxTokens: 100, voucher })
          ?.reason
    ).pipe(Effect.tap(TestClock.adjust(0)))
  return { books: Context.get(context, ReceiptBooks), jobs, refusal, vouchers }
})

describe("a job that is paid over a chain is taken", () => {
  it("with a ceiling that its payer has signed, for a channel that was told, and the ceiling is kept", () =>
    Effect.gen(function* () {
      const { books, refusal, vouchers } = yield* build()
      expect(yield* refusal(ceiling(5_000))).toContain("of which this node was not told")
      vouchers.channel(chain, terms3)
      expect(yield* refusal(ceiling(5_000, papers.stranger))).toContain("is not signed by")
      expect(yield* refusal(ceiling(5_000))).toBeUndefined()
      expect(yield* refusal(ceiling(4_000))).toBeUndefined()
      expect(books.channels()[0]?.voucher).toEqual(ceiling(5_000))
    }))

  it("while its ceiling covers what was earned", () =>
    Effect.gen(function* () {
      const { books, refusal, vouchers } = yield* build()
      vouchers.channel(chain, terms3)
      yield* books.put([papers.signed(bill(1))])
      expect(yield* refusal(ceiling(2_999))).toContain("2999 micro-USDC in all, and 3000 are earned")
      // Nor is any other, before the payer has signed for what is done.
      expect(yield* refusal()).toContain("3000 micro-USDC were earned on a channel, and its payer has signed for 2999")
      expect(yield* refusal(ceiling(3_000))).toBeUndefined()
      expect(yield* refusal()).toBeUndefined()
    }))

  it("while it covers what runs as well, at what the operator asks", () =>
    Effect.gen(function* () {
      const { jobs, refusal, vouchers } = yield* build(undefined, "0.0005")
      vouchers.channel(chain, terms3)
      jobs.isRunning = () => true
      // 100 tokens at $0.0005 for 1,000 are 50 micro-USDC.
      expect(yield* refusal(ceiling(50))).toBeUndefined()
      expect(yield* refusal(ceiling(99))).toContain("is 99 micro-USDC in all, and 100 are earned or under way")
      expect(yield* refusal(ceiling(100))).toBeUndefined()
    }))

  it("only while ceilings can be written down", () =>
    Effect.gen(function* () {
      let room = 0
      const { books, refusal, vouchers } = yield* build(() => room)
      vouchers.channel(chain, terms3)
      // What runs already is ended, where it runs: the disk has answered after it was taken.
      expect(yield* refusal(ceiling(5_000))).toBeUndefined()
      expect(yield* refusal(ceiling(5_000))).toContain("cannot be written down")
      room = 1 << 20
      yield* refusal(ceiling(6_000))
      expect(yield* refusal(ceiling(6_000))).toBeUndefined()
      expect(books.channels()[0]?.voucher).toEqual(ceiling(6_000))
    }))

  it("while not too much waits for the control plane's signature for too long", () =>
    Effect.gen(function* () {
      const { books, refusal } = yield* build()
      const all = Array.from({ length: 65 }, (_, n) => bill(n + 1))
      yield* books.put([papers.kept(ceiling(1_000_000), chain, terms3), ...all.map((one) => papers.signed(one))])
      expect(yield* refusal()).toBeUndefined()
      yield* TestClock.adjust("11 minutes")
      expect(yield* refusal()).toContain("has not countersigned 65 bills (195000 micro-USDC)")
      yield* books.put([papers.countersigned(bill(1))])
      expect(yield* refusal()).toBeUndefined()
    }))
})

it("a signature is of an address or of nobody", () =>
  Effect.sync(() => {
    const { channel_id, max_cumulative, signature } = ceiling(5_000)
    const digest = voucherDigest(chain, channel_id, BigInt(max_cumulative))
    expect(recover(signature, digest, papers.payer.id)).toBe(papers.payer.publicKey)
    expect(recover(signature, digest, papers.stranger.id)).toBeUndefined()
    expect(recover(signature, voucherDigest(chain, channel_id, 1n), papers.payer.id)).toBeUndefined()
    expect(recover("f".repeat(128), digest, papers.payer.id)).toBeUndefined()
  }))
