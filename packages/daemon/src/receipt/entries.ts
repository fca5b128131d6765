/**
 * What stands in the files of receipts, a line each: `<channel>.<number>.jsonl`, the file with the highest number is the
 * newest of its channel. Each begins with all that counts of the files before it, so that those may go.
 */
import { ReceiptId } from "@infernet/contract/Id"
import { MicrosText } from "@infernet/contract/Micros"
import { PublicKey } from "@infernet/contract/PublicKey"
import { Basis, Bill, ChannelTerms, Domain, Signature } from "@infernet/contract/Receipt"
import { Result, Schema } from "effect"

const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
/** When it was written down, in milliseconds of the epoch. */
const at = count

/** A bill without what all of its channel have in common. */
export const ChannelBill = Schema.Struct({
  id: Bill.fields.id,
  seq: Bill.fields.seq,
  cumulative: Bill.fields.cumulative,
  usage: Bill.fields.usage
})
export type ChannelBill = typeof ChannelBill.Type

/** The most that the payer has allowed to be taken from the channel so far. */
export const VoucherEntry = Schema.Struct({
  type: Schema.tag("voucher"),
  at,
  max_cumulative: MicrosText,
  signature: Signature
})
export type VoucherEntry = typeof VoucherEntry.Type

export const SignedEntry = Schema.Struct({
  type: Schema.tag("signed"),
  at,
  bill: ChannelBill,
  node_key: PublicKey,
  signature: Signature,
  /** It was signed before, with another sum or key, and maybe countersigned: it is counted already. */
  before: Schema.optionalKey(Schema.Literals(["signed", "countersigned"]))
})
export type SignedEntry = typeof SignedEntry.Type

/** The control plane's signature under the one of that sum. */
export const CountersignedEntry = Schema.Struct({
  type: Schema.tag("countersigned"),
  at,
  bill: ReceiptId,
  cumulative: MicrosText,
  plane_key: PublicKey,
  signature: Signature
})
export type CountersignedEntry = typeof CountersignedEntry.Type

export const DisputedEntry = Schema.Struct({
  type: Schema.tag("disputed"),
  at,
  bill: ChannelBill,
  basis: Basis,
  reason: Schema.String
})
export type DisputedEntry = typeof DisputedEntry.Type

/** Sums over the bills of jobs that ended on one day (UTC), in micro-USDC. */
export const Day = Schema.Struct({
  day: Schema.String.check(Schema.isPattern(/^\d{4}-\d{2}-\d{2}$/)),
  bills: count,
  signed: MicrosText,
  countersigned: MicrosText,
  disputed: MicrosText
})
export type Day = typeof Day.Type

/** The first line of a file: the channel, and where the files before it have left it. */
export const Head = Schema.Struct({
  type: Schema.tag("channel"),
  version: Schema.Literal(1),
  domain: Domain,
  terms: ChannelTerms,
  voucher: Schema.optionalKey(VoucherEntry),
  /** Signed, and not countersigned yet. */
  open: Schema.Array(SignedEntry),
  /** The newest that is. */
  receipt: Schema.optionalKey(Schema.Struct({ signed: SignedEntry, countersigned: CountersignedEntry })),
  days: Schema.Array(Day),
  /** The highest id of a bill that was answered in a file before this one. */
  last: Schema.optionalKey(ReceiptId),
  /** Bills up to this one may be gone with the oldest files: they are in the sums alone. */
  dropped: Schema.optionalKey(ReceiptId)
})
export type Head = typeof Head.Type

export const Entry = Schema.Union([VoucherEntry, SignedEntry, CountersignedEntry, DisputedEntry])
export type Entry = typeof Entry.Type

const decodeHead = Schema.decodeUnknownResult(Schema.fromJsonString(Head))
const decodeEntry = Schema.decodeUnknownResult(Schema.fromJsonString(Entry))

export const line = (entry: Head | Entry): string => `${JSON.stringify(entry)}\n`

export interface Content {
  readonly head: Head
  readonly entries: ReadonlyArray<Entry>
  /** Lines in the middle that nobody can read: damage, and not what a crash leaves. */
  readonly damaged: number
}

/** Whole lines: what a crash has left of the last one was never promised to anybody. */
export const wholeLines = (text: string): ReadonlyArray<string> => text.split("\n").slice(0, -1)

/** `undefined` where the first line is missing or damaged; `wanted` passes over lines without reading them. */
export const read = (text: string, wanted: (line: string) => boolean = () => true): Content | undefined => {
  const [first, ...rest] = wholeLines(text)
  const head = decodeHead(first)
  if (Result.isFailure(head)) return undefined
  const entries: Array<Entry> = []
  let damaged = 0
  for (const text of rest) {
    if (!wanted(text)) continue
    const entry = decodeEntry(text)
    if (Result.isSuccess(entry)) entries.push(entry.success)
    else damaged += 1
  }
  return { head: head.success, entries, damaged }
}
