/** What a node answers to bills: the signature of each, or why it has none; and what is written down before it says so. */
import type { NodeMessage } from "@infernet/contract/Link"
import type { BillOffer, ChannelId, Domain } from "@infernet/contract/Receipt"
import type { NodeId, ReceiptId } from "@infernet/contract/Id"
import { billDigest, channelIdOf } from "@infernet/payment/receipt/digest"
import { Effect, Equal } from "effect"
import type { Keyring } from "../node/Keyring.ts"
import type { ChannelBook, Past } from "./ChannelBook.ts"
import type { SignedEntry } from "./entries.ts"
import type { FinishedAttempt } from "./Finished.ts"
import { objection } from "./judge.ts"
import type { ReceiptBooks, Writing } from "./ReceiptBooks.ts"

export type Said = Extract<NodeMessage, { readonly type: "dispute" | "receipt" }>

export interface Answer {
  readonly offer: BillOffer
  readonly said: Said
  /** None where it was written down already. */
  readonly writing: Writing | undefined
}

export interface Answering {
  readonly books: Pick<ReceiptBooks["Service"], "channel" | "isTooOld" | "past">
  readonly keyring: Pick<Keyring["Service"], "current"> & { readonly id: NodeId }
  readonly domains: ReadonlyArray<Domain> | undefined
  readonly finished: (offer: BillOffer) => FinishedAttempt | undefined
}

type Key = ReturnType<Keyring["Service"]["current"]>

const bare = ({ cumulative, id, seq, usage }: BillOffer["bill"]) => ({ id, seq, cumulative, usage })

const told = ({ bill, node_key, signature }: SignedEntry): Said => ({
  type: "receipt",
  bill: bill.id,
  cumulative: bill.cumulative,
  node_key,
  signature
})

/** The very same that was signed before, by the key that signs now: there is nothing to write. */
const repeated = (offer: BillOffer, book: ChannelBook | undefined, key: Key): SignedEntry | undefined => {
  const before = book?.open.get(offer.bill.id)
  if (before === undefined || before.node_key !== key.publicKey) return undefined
  return Equal.equals(before.bill, bare(offer.bill)) ? before : undefined
}

const signedBy = (
  key: Key,
  { bill }: BillOffer,
  channel: ChannelId,
  past: Past | undefined,
  at: number
): SignedEntry => ({
  type: "signed",
  at,
  bill: bare(bill),
  node_key: key.publicKey,
  signature: key.sign(billDigest(bill, channel)),
  ...(past !== undefined && past.state !== "disputed" && { before: past.state })
})

const disputed = (offer: BillOffer, channel: ChannelId, reason: string, past: Past | undefined, at: number): Answer => {
  const { basis, bill } = offer
  const isKnown = past?.state === "disputed" && Equal.equals(past.usage, bill.usage)
  const entry = { type: "disputed", at, bill: bare(bill), basis, reason } as const
  return {
    offer,
    said: { type: "dispute", bill: bill.id, reason },
    writing: isKnown ? undefined : { channel, domain: bill.domain, terms: bill.terms, entry }
  }
}

export const answer = Effect.fnUntraced(function* (offer: BillOffer, at: number, from: Answering) {
  const { books, domains, finished, keyring } = from
  const { bill } = offer
  const channel = channelIdOf(bill.domain, bill.terms)
  const book = books.channel(channel)
  const past = yield* books.past(bill.id)
  const known = { node: keyring.id, domains, book, past, isTooOld: books.isTooOld(channel, bill.id) }
  const reason = objection(offer, { ...known, attempt: finished(offer) })
  if (reason !== undefined) return disputed(offer, channel, reason.slice(0, 1024), past, at)
  const key = keyring.current()
  const before = repeated(offer, book, key)
  const entry = before ?? signedBy(key, offer, channel, past, at)
  const writing = before === undefined ? { channel, domain: bill.domain, terms: bill.terms, entry } : undefined
  return { offer, said: told(entry), writing } satisfies Answer
})

/** One offer of each bill: what came by the link and with a heartbeat is the same, and of two that differ one waits. */
export const distinct = (offers: ReadonlyArray<BillOffer>): ReadonlyArray<BillOffer> => {
  const byId = new Map<ReceiptId, BillOffer>()
  for (const offer of offers) byId.set(offer.bill.id, offer)
  return [...byId.values()]
}
