/** What jobs move in books that are in memory, by the same rules as the statements in `job/`. */
import type { AccountId, JobId, NodeId } from "@infernet/contract/Id"
import { feeOf } from "@infernet/payment/price/amount"
import type { Source } from "@infernet/payment/price/Quote"
import type { DateTime } from "effect"
import type { NewBill } from "../bill/NewBill.ts"
import type { Ending, NewJob, Submit } from "../job/JobStore.ts"
import type { NewEntry } from "./Books.ts"
import type { BooksMemory } from "./BooksMemory.ts"
import * as moves from "./moves.ts"

type Memory = BooksMemory["Service"]

/** A job as far as money goes. */
export interface Paid {
  readonly id: JobId
  readonly account: AccountId
  readonly node: NodeId | null
  readonly source: Source
  /** What is still held. */
  readonly held: bigint
}

const entry = (
  kind: NewEntry["kind"],
  reference: string,
  job: JobId,
  at: DateTime.Utc,
  moved: moves.Moves
): NewEntry => ({ kind, reference, job, note: null, at, moves: moved })

/** What has no moves leaves no entry. */
const post = (memory: Memory, written: NewEntry): void => {
  const result = written.moves.length === 0 ? { _tag: "Posted" } : memory.post(written)
  if (result._tag !== "Posted") throw new Error(`${written.kind} ${written.reference}: ${result._tag}`)
}

/** Takes a hold from credit if that covers all of it, else from money. */
export const takeHold = (memory: Memory, { account, createdAt, id, quote }: NewJob): Submit => {
  if (quote === null) return { _tag: "Stored", source: null }
  const credit = memory.balance(`credit:${account}`)
  const money = memory.balance(`available:${account}`)
  const source: Source | undefined = credit >= quote.ceiling ? "credit" : money >= quote.ceiling ? "money" : undefined
  if (source === undefined) {
    return { _tag: "Unfunded", available: credit > money ? credit : money, needed: quote.ceiling }
  }
  post(memory, entry("hold", id, id, createdAt, moves.hold(source, account, quote.ceiling)))
  return { _tag: "Stored", source }
}

/** A channel that nobody told of has no fee. */
const feeOver = (memory: Memory, { amount, channel }: NewBill): bigint => {
  const sums = memory.channels.get(channel)
  if (sums === undefined) return 0n
  const cumulative = sums.cumulative + amount
  memory.channels.set(channel, { ...sums, seq: sums.seq + 1n, cumulative })
  return feeOf(cumulative, sums.feeBps) - feeOf(sums.cumulative, sums.feeBps)
}

/** Pays the bill from the hold, and gives the rest back once the job has ended. */
export const settleEnding = (memory: Memory, { account, held, id, node, source }: Paid, ending: Ending): void => {
  const { at, bill, final } = ending
  const amount = bill?.amount ?? 0n
  if (bill !== null && node !== null) {
    const fee = feeOver(memory, bill)
    post(memory, entry("settle", bill.usage.attempt_id, id, at, moves.settle(source, { account, node, amount, fee })))
  }
  if (final !== null) post(memory, entry("release", id, id, at, moves.release(source, account, held - amount)))
}
