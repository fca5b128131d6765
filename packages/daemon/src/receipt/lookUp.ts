/** Single receipts in the files, newest first: no more of them is read than is asked for. */
import type { ReceiptId } from "@infernet/contract/Id"
import { Effect, Option } from "effect"
import { ChannelBook } from "./ChannelBook.ts"
import type { KeptBill, Page } from "./Claims.ts"
import * as entries from "./entries.ts"
import type { ReceiptFolder } from "./ReceiptFolder.ts"

/** The last word on each bill in one file, newest first. */
const of = ({ entries: list, head }: entries.Content, channel: ChannelBook["id"]): ReadonlyArray<KeptBill> => {
  const book = new ChannelBook(channel, head)
  const kept = new Map<ReceiptId, KeptBill>()
  const put = (one: KeptBill) => {
    kept.delete(one.bill.id)
    kept.set(one.bill.id, one)
  }
  const signed = ({ at, bill, node_key, signature }: entries.SignedEntry) =>
    put({ state: "signed", at, bill: book.billOf(bill), node_key, node_signature: signature })
  const both = (pair: NonNullable<entries.Head["receipt"]>) =>
    put({
      state: "countersigned",
      at: pair.countersigned.at,
      bill: book.billOf(pair.signed.bill),
      receipt: book.receiptOf(pair)
    })
  if (head.receipt !== undefined) both(head.receipt)
  for (const entry of head.open) signed(entry)
  for (const entry of list) {
    if (entry.type === "signed") signed(entry)
    if (entry.type === "disputed") {
      const { at, basis, bill, reason } = entry
      put({ state: "disputed", at, bill: book.billOf(bill), basis, reason })
    }
    if (entry.type === "countersigned") {
      const before = book.open.get(entry.bill)
      if (before?.bill.cumulative === entry.cumulative) both({ signed: before, countersigned: entry })
    }
    book.apply(entry)
  }
  return [...kept.values()].toReversed()
}

const newestFirst = (a: KeptBill, b: KeptBill) => b.at - a.at || (a.bill.id < b.bill.id ? 1 : -1)

export const receipts = Effect.fnUntraced(function* (folder: ReceiptFolder, { limit, since = 0 }: Page) {
  const found: Array<KeptBill> = []
  for (const [channel, files] of yield* folder.list) {
    const seen = new Set<ReceiptId>()
    for (const { path } of files) {
      const content = entries.read(yield* folder.text(path))
      if (content === undefined) continue
      const all = of(content, channel).filter(({ bill }) => !seen.has(bill.id))
      for (const one of all) {
        seen.add(one.bill.id)
        if (one.at >= since) found.push(one)
      }
      if (seen.size >= limit || all.some(({ at }) => at < since)) break
    }
  }
  return found.toSorted(newestFirst).slice(0, limit)
})

export const find = Effect.fnUntraced(function* (folder: ReceiptFolder, id: ReceiptId) {
  for (const [channel, files] of yield* folder.list) {
    for (const { path } of files) {
      const text = yield* folder.text(path)
      if (!text.includes(id)) continue
      const content = entries.read(text, (line) => line.includes(id))
      const kept = content && of(content, channel).find(({ bill }) => bill.id === id)
      if (kept !== undefined) return Option.some(kept)
    }
  }
  return Option.none<KeptBill>()
})
