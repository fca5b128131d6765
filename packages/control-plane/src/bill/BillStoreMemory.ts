/** Channels and bills in memory, beside the jobs whose ends make them: each operation is one synchronous function. */
import type { AccountId, ReceiptId } from "@infernet/contract/Id"
import type { ChannelId } from "@infernet/contract/Receipt"
import { feeOf } from "@infernet/payment/price/amount"
import { Context, Effect, Layer, Option } from "effect"
import { type Ending, JobStore, StoreUnavailable } from "../job/JobStore.ts"
import * as JobStoreMemory from "../job/JobStoreMemory.ts"
import { BooksMemory } from "../ledger/BooksMemory.ts"
import { BillStore, type StoredBill } from "./BillStore.ts"
import type { Channel } from "./channel.ts"
import type { NewBill } from "./NewBill.ts"

interface ChannelRow extends Channel {
  seq: number
  cumulative: bigint
  isCurrent: boolean
}

/** With what the ledger takes of it, so that simulations can hold the sums against each other. */
interface BillRow extends StoredBill {
  readonly channel: ChannelId
  readonly fee: bigint
}

const withCumulative = (row: BillRow, cumulative: bigint): BillRow => ({
  ...row,
  offer: { ...row.offer, bill: { ...row.offer.bill, cumulative: String(cumulative) } }
})

const make = (jobs: JobStore["Service"], books: BooksMemory["Service"]) => {
  const channels = new Map<ChannelId, ChannelRow>()
  const bills = new Map<ReceiptId, BillRow>()
  const find = (wanted: (row: BillRow) => boolean) =>
    Effect.sync(() =>
      [...bills.values()].filter(wanted).toSorted((a, b) => (a.offer.bill.id < b.offer.bill.id ? -1 : 1))
    )

  /** The books take fees by the same sums. */
  const count = ({ cumulative, id, seq, terms }: ChannelRow) =>
    books.channels.set(id, { feeBps: terms.fee_bps, seq: BigInt(seq), cumulative })

  const put = (channel: ChannelRow, { amount, basis, id, usage }: NewBill, ending: Ending, account: AccountId) => {
    const before = channel.cumulative
    channel.seq += 1
    channel.cumulative += amount
    count(channel)
    const { domain, terms } = channel
    bills.set(id, {
      offer: {
        bill: { id, domain, terms, seq: channel.seq, cumulative: String(channel.cumulative), usage },
        basis
      },
      channel: channel.id,
      fee: feeOf(channel.cumulative, terms.fee_bps) - feeOf(before, terms.fee_bps),
      attempt: usage.attempt_id,
      job: usage.job_id,
      account,
      node: channel.node,
      operator: null,
      amount,
      status: "offered",
      signatures: null,
      dispute: null,
      createdAt: ending.at,
      answeredAt: null,
      redeemedAt: null,
      txHash: null
    })
  }

  /** The end and its bill are one step, as in the database. */
  const end: JobStore["Service"]["end"] = (ending) => {
    const { bill } = ending
    if (bill === null) return jobs.end(ending)
    return Effect.gen(function* () {
      const channel = channels.get(bill.channel)
      if (channel === undefined) return yield* new StoreUnavailable({ cause: `there is no channel ${bill.channel}` })
      const job = yield* jobs.find(ending.job)
      const written = yield* jobs.end(ending)
      if (written && Option.isSome(job)) put(channel, bill, ending, job.value.accountId)
      return written
    }).pipe(Effect.uninterruptible)
  }

  const store = BillStore.of({
    channels: Effect.sync(() => [...channels.values()].filter(({ isCurrent }) => isCurrent)),
    open: (channel, _at, instead) =>
      Effect.sync(() => {
        if (channels.has(channel.id)) return
        const before = instead && channels.get(instead.id)
        if (before !== undefined) before.isCurrent = false
        const row = { ...channel, seq: 0, cumulative: 0n, isCurrent: true }
        channels.set(channel.id, row)
        count(row)
      }),
    offered: (node, limit) =>
      Effect.map(
        find((row) => row.node === node && row.status === "offered"),
        (rows) =>
          rows
            .toSorted((a, b) =>
              a.channel === b.channel ? a.offer.bill.seq - b.offer.bill.seq : a.channel < b.channel ? -1 : 1
            )
            .slice(0, limit)
      ),
    byIds: (ids) => Effect.sync(() => ids.toSorted().flatMap((id) => bills.get(id) ?? [])),
    ofJobs: (ids) => find(({ job }) => ids.includes(job)),
    list: ({ before, job, limit, node, of, status }) =>
      Effect.map(
        find(
          (row) =>
            (of === undefined || row.account === of || row.operator === of) &&
            (job === undefined || row.job === job) &&
            (node === undefined || row.node === node) &&
            (status === undefined || row.status === status) &&
            (before === undefined || row.offer.bill.id < before)
        ),
        (rows) => rows.toReversed().slice(0, limit)
      ),
    sign: (signed) =>
      Effect.sync(() => {
        const winners = new Set<ReceiptId>()
        for (const { at, bill, cumulative, signatures } of signed) {
          const row = bills.get(bill)
          if (row?.status !== "offered" || BigInt(row.offer.bill.cumulative) !== cumulative) continue
          bills.set(bill, { ...row, status: "signed", signatures, answeredAt: at })
          winners.add(bill)
        }
        return winners
      }),
    dispute: ({ at, bill, node, reason }) =>
      Effect.sync(() => {
        const row = bills.get(bill)
        const channel = row && channels.get(row.channel)
        if (row?.status !== "offered" || row.node !== node || channel === undefined) return false
        bills.set(bill, { ...row, status: "disputed", dispute: reason, answeredAt: at })
        const all = [...bills.values()].filter(({ channel }) => channel === row.channel)
        const isLater = ({ offer }: BillRow) => offer.bill.seq > row.offer.bill.seq
        if (all.some((later) => isLater(later) && later.signatures !== null)) return true
        channel.cumulative -= row.amount
        count(channel)
        for (const later of all) {
          if (!isLater(later) || later.status !== "offered") continue
          bills.set(later.offer.bill.id, withCumulative(later, BigInt(later.offer.bill.cumulative) - row.amount))
        }
        return true
      }),
    waiting: Effect.map(
      find(({ status }) => status === "offered"),
      (rows) => rows.length
    )
  })
  return { bills: store, jobs: JobStore.of({ ...jobs, end }) }
}

/** Jobs, bills and balances together: for simulations and tests. */
export const layer = Layer.effectContext(
  Effect.gen(function* () {
    const { bills, jobs } = make(yield* JobStore, yield* BooksMemory)
    return Context.make(BillStore, bills).pipe(Context.add(JobStore, jobs))
  })
).pipe(Layer.provideMerge(JobStoreMemory.layer))
