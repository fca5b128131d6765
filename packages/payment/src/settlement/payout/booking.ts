/** What becomes of the book as payouts are sent, done, dropped, or undone by the chain. */
import type { Address, Domain } from "@infernet/contract/Receipt"
import { Effect } from "effect"
import type { Escrow, Mined, Sent } from "../Escrow.ts"
import type { Book, Content, Done } from "./Book.ts"

/** Which payout: `nonce` is of a resumed one, as `from` sends one at a time. */
export interface SentFor {
  readonly place: Domain
  readonly payout: Address
  readonly from: Address
  readonly nonce: number | undefined
}

export const isSame = (a: Domain, b: Domain): boolean => a.chain_id === b.chain_id && a.contract === b.contract

const isOf =
  ({ from, nonce, place }: SentFor) =>
  ({ place: at, sent }: Content["pending"][number]): boolean =>
    isSame(at, place) && sent.from === from && (nonce === undefined || sent.nonce === nonce)

/** It is over. */
export const dropped = (before: Content, sentFor: SentFor): Content => ({
  ...before,
  pending: before.pending.filter((one) => !isOf(sentFor)(one))
})

export const finished = (before: Content, sentFor: SentFor, done: Done): Content => {
  const { pending } = dropped(before, sentFor)
  // Killed after this was written and before it was told: once in the book is enough.
  return { ...before, pending, done: [...before.done.filter(({ hash }) => hash !== done.hash), done] }
}

/** Written before anything is sent, and again for each form that takes the place of the one before. */
export const keepIn = (book: Book["Service"], sentFor: SentFor) => (sent: Sent) => {
  const { payout, place } = sentFor
  const pending = { place, payout, sent, at: 0 }
  return book.change((before) => ({
    ...before,
    pending: [...dropped(before, { ...sentFor, nonce: sentFor.nonce ?? undefined }).pending, pending]
  }))
}

/** A payout as the chain told of it. */
export const doneOf = ({ block, events, gasCost, hash }: Mined, { payout, place }: SentFor, at: number): Done => ({
  place,
  hash,
  block,
  at,
  payout,
  gas_cost: gasCost,
  channels: events.flatMap((event) =>
    event._tag === "Redeemed" ? [{ id: event.channel, paid: event.paid, net: event.net, fee: event.fee }] : []
  )
})

/** Payouts that are looked at again: chains have undone hours, though never days. */
const lookedAt = 50
const oldSeconds = 2 * 86_400

/**
 * Takes out what the chain has no more: neither the transaction, nor what its channels had paid with it. Gives how many
 * those were. An endpoint that merely lags knows of the channels' sums, or nothing is lost by asking again.
 */
export const forgetUndone = Effect.fnUntraced(function* (book: Book["Service"], escrow: Escrow["Service"]) {
  const { done } = yield* book.read
  const { time } = yield* escrow.head
  const recent = done.filter(({ at, place }) => isSame(place, escrow.domain) && time - at < oldSeconds).slice(-lookedAt)
  const undone = new Set<string>()
  for (const { channels, hash } of recent) {
    if ((yield* escrow.mined(hash)) !== undefined) continue
    const states = yield* escrow.channels(channels.map(({ id }) => id))
    if (channels.some(({ paid }, index) => (states[index]?.paid ?? 0n) < paid)) undone.add(hash)
  }
  if (undone.size === 0) return 0
  yield* Effect.logWarning("the chain has undone payouts: they are made again", { hashes: [...undone] })
  yield* book.change((before) => ({ ...before, done: before.done.filter(({ hash }) => !undone.has(hash)) }))
  return undone.size
})
