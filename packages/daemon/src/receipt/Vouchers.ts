/**
 * Ceilings that payers sign before the work: whether a job that is paid over a chain is paid for, before it is taken.
 *
 * A job brings the ceiling itself, for a channel that its link was told of before. It is checked in the same turn and
 * written down while the backend works: the disk is not waited for, because a bill is written behind it and so never is
 * there without it. Where it cannot be written down the job ends.
 */
import { recover } from "@infernet/auth/recover"
import { Verifier } from "@infernet/auth/verifier/Verifier"
import { Backends } from "@infernet/backend/Backends"
import type { AttemptId } from "@infernet/contract/Id"
import type { ModelOffer } from "@infernet/contract/Node"
import { type Address, type ChannelId, type ChannelTerms, type Domain, type Voucher } from "@infernet/contract/Receipt"
import { channelIdOf, voucherDigest } from "@infernet/payment/receipt/digest"
import { amountOf } from "@infernet/payment/price/amount"
import { Clock, Context, Effect, FiberSet, Layer, Stream } from "effect"
import { Jobs, type Refusal } from "../job/Jobs.ts"
import { askOf } from "../job/reckon.ts"
import { Asks } from "../node/asking.ts"
import { Keyring } from "../node/Keyring.ts"
import { tooMuch } from "./exposure.ts"
import { ReceiptBooks } from "./ReceiptBooks.ts"

export interface JobToPay {
  readonly attempt: AttemptId
  readonly model: string
  /** The most that it may say. */
  readonly maxTokens: number
  readonly voucher: Voucher | undefined
}

export class Vouchers extends Context.Service<
  Vouchers,
  {
    /** The channel over which work is billed from now on. */
    readonly channel: (domain: Domain, terms: ChannelTerms) => void
    /** Why this job is not taken; its ceiling is kept in any case. */
    readonly refusal: (job: JobToPay) => Refusal | undefined
  }
>()("@infernet/daemon/receipt/Vouchers") {
  static readonly layer = Layer.effect(
    Vouchers,
    Effect.suspend(() => make)
  )
}

/** Channels told of: each process of a control plane has one, and the newest count. */
const remembered = 256

interface Channel {
  readonly domain: Domain
  readonly terms: ChannelTerms
}

const overloaded = (reason: string): Refusal => ({ error: "overloaded", reason })

const make = Effect.gen(function* () {
  const asks = yield* Asks
  const backends = yield* Backends
  const books = yield* ReceiptBooks
  const clock = yield* Clock.Clock
  const jobs = yield* Jobs
  const keyring = yield* Keyring
  const verifier = yield* Verifier
  const fork = yield* FiberSet.makeRuntime<never>()
  const channels = new Map<ChannelId, Channel>()
  const keys = new Map<Address, string>()
  /** The highest of each, written down or about to be. */
  const highest = new Map<ChannelId, bigint>()
  /** What the attempts that run may come to at least, in micro-USDC. */
  const ceilings = new Map<AttemptId, { readonly channel: ChannelId; readonly least: bigint }>()
  let offers: ReadonlyArray<ModelOffer> = []
  let unwritten: string | undefined

  yield* backends.changes.pipe(
    Stream.runForEach(({ models }) => Effect.sync(() => void (offers = models))),
    Effect.ignoreCause({ log: "Error", message: "prices of models are no longer followed" }),
    Effect.forkScoped
  )

  const channel: Vouchers["Service"]["channel"] = (domain, terms) => {
    if (terms.node_id !== keyring.id) return
    channels.set(channelIdOf(domain, terms), { domain, terms })
    const oldest = channels.size > remembered ? channels.keys().next().value : undefined
    if (oldest !== undefined) channels.delete(oldest)
  }

  const isGenuine = ({ domain, terms }: Channel, { channel_id, max_cumulative, signature }: Voucher): boolean => {
    const digest = voucherDigest(domain, channel_id, BigInt(max_cumulative))
    const known = keys.get(terms.payer_signer)
    if (known !== undefined) return verifier.verify(signature, digest, known)
    const key = recover(signature, digest, terms.payer_signer)
    // As many as there are channels; all of them are forgotten rather than one too many kept.
    if (keys.size >= remembered) keys.clear()
    if (key !== undefined) keys.set(terms.payer_signer, key)
    return key !== undefined
  }

  const keep = (attempt: AttemptId, { domain, terms }: Channel, { channel_id, max_cumulative, signature }: Voucher) => {
    const entry = { type: "voucher", at: clock.currentTimeMillisUnsafe(), max_cumulative, signature } as const
    fork(
      books.put([{ channel: channel_id, domain, terms, entry }]).pipe(
        Effect.match({
          onSuccess: () => void (unwritten = undefined),
          onFailure: ({ message }) => {
            unwritten = message
            highest.delete(channel_id)
            jobs.fail(attempt, overloaded(`the ceiling of this job could not be written down: ${message}`))
          }
        })
      )
    )
  }

  /** What is earned and what runs has to be within it. */
  const needed = (id: ChannelId, { attempt, maxTokens, model }: JobToPay): bigint => {
    const price = askOf(
      asks,
      offers.find((offer) => offer.id === model)
    )
    const least = price === undefined ? 0n : amountOf({ ...price, input_micros_per_1k: 0n }, 0n, BigInt(maxTokens))
    for (const one of ceilings.keys()) if (!jobs.isRunning(one)) ceilings.delete(one)
    let sum = BigInt(books.channel(id)?.signed?.bill.cumulative ?? 0) + least
    for (const [, one] of ceilings) if (one.channel === id) sum += one.least
    ceilings.set(attempt, { channel: id, least })
    return sum
  }

  const take = (job: JobToPay, voucher: Voucher): string | undefined => {
    const { channel_id: id } = voucher
    const found = channels.get(id) ?? books.channel(id)
    if (found === undefined) return `the ceiling of this job is for channel ${id}, of which this node was not told`
    if (!isGenuine(found, voucher)) return `the ceiling of this job is not signed by ${found.terms.payer_signer}`
    const most = BigInt(voucher.max_cumulative)
    const before = highest.get(id) ?? BigInt(books.channel(id)?.voucher?.max_cumulative ?? -1)
    if (most > before) {
      highest.set(id, most)
      keep(job.attempt, found, voucher)
    }
    const least = needed(id, job)
    if (most >= least) return undefined
    ceilings.delete(job.attempt)
    return `the ceiling of this job is ${most} micro-USDC in all, and ${least} are earned or under way`
  }

  const refusal: Vouchers["Service"]["refusal"] = (job) => {
    const reason = job.voucher && take(job, job.voucher)
    if (reason !== undefined) return overloaded(reason)
    // The one that was brought is on its way to the disk, and counts.
    const all = books.channels().map((book) => ({
      domain: book.domain,
      terms: book.terms,
      open: book.open,
      receipt: book.receipt,
      signed: book.signed,
      most: highest.get(book.id) ?? BigInt(book.voucher?.max_cumulative ?? 0)
    }))
    const exposed = tooMuch(all, clock.currentTimeMillisUnsafe())
    if (exposed !== undefined) return overloaded(exposed)
    const isAtStake = job.voucher !== undefined && unwritten !== undefined
    return isAtStake ? overloaded(`ceilings cannot be written down: ${unwritten}`) : undefined
  }

  return Vouchers.of({ channel, refusal })
})
