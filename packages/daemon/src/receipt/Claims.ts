/**
 * What this node can prove that it has earned, read from its home: enough to be paid without asking the control plane.
 *
 * Any process of the home may read it, while another one writes.
 */
import type { ReceiptId } from "@infernet/contract/Id"
import type {
  Basis,
  Bill,
  ChannelId,
  ChannelTerms,
  Domain,
  Receipt,
  Signature,
  Voucher
} from "@infernet/contract/Receipt"
import { Context, Effect, Layer, type Option } from "effect"
import type { ChannelBook, Sums } from "./ChannelBook.ts"
import * as lookUp from "./lookUp.ts"
import * as ReceiptFolder from "./ReceiptFolder.ts"

/** A bill under the node's signature. */
export interface SignedByNode {
  readonly bill: Bill
  readonly node_key: string
  readonly signature: Signature
}

/** A channel and the newest of everything in it. Sums are in micro-USDC, of its whole life. */
export interface ChannelClaim {
  readonly channelId: ChannelId
  readonly domain: Domain
  readonly terms: ChannelTerms
  /** The highest ceiling that the payer has signed. */
  readonly voucher: Voucher | undefined
  /** The highest sum that the node has signed; where it is above the receipt's, its countersignature is missing. */
  readonly signed: SignedByNode | undefined
  /** The highest sum that both have signed: what is redeemed. */
  readonly receipt: Receipt | undefined
  readonly sums: Sums
  /** The beginning of the day (UTC) on which its first billed job ended, in Unix seconds; none before that. */
  readonly firstAt: number | undefined
  /** By the day (UTC) on which the jobs ended, such as `2026-11-22`. */
  readonly days: ReadonlyMap<string, Sums>
  /** Signed, and not countersigned; `since` when the oldest of them was signed, in milliseconds of the epoch. */
  readonly waiting: { readonly bills: number; readonly amount: bigint; readonly since: number | undefined }
}

/** One bill and what became of it. */
export type KeptBill = {
  /** When that was, in milliseconds of the epoch. */
  readonly at: number
  readonly bill: Bill
} & (
  | { readonly state: "signed"; readonly node_key: string; readonly node_signature: Signature }
  | { readonly state: "countersigned"; readonly receipt: Receipt }
  | { readonly state: "disputed"; readonly reason: string; readonly basis: Basis }
)

export interface Page {
  readonly limit: number
  /** Only those that were answered at this time or later, in milliseconds of the epoch. */
  readonly since?: number | undefined
}

type Answer<A> = Effect.Effect<A, ReceiptFolder.ReceiptFilesError>

export class Claims extends Context.Service<
  Claims,
  {
    /** Every channel of this node; none before its first bill. */
    readonly newest: Answer<ReadonlyArray<ChannelClaim>>
    /** Newest first. Old ones may be in the sums alone. */
    readonly receipts: (page: Page) => Answer<ReadonlyArray<KeptBill>>
    readonly find: (id: ReceiptId) => Answer<Option.Option<KeptBill>>
  }
>()("@infernet/daemon/receipt/Claims") {
  /** The `receipts` folder of a home, which may be missing. It is only read. */
  static readonly layerFolder = (folder: string) =>
    Layer.effect(
      Claims,
      Effect.suspend(() => make(folder))
    )
}

export const claimOf = (book: ChannelBook): ChannelClaim => {
  const { days, domain, id: channelId, open, receipt, signed, sums, terms, voucher } = book
  const waiting = [...open.values()]
  const [first] = [...days.keys()].toSorted()
  return {
    channelId,
    domain,
    terms,
    voucher,
    signed: signed && { bill: book.billOf(signed.bill), node_key: signed.node_key, signature: signed.signature },
    receipt,
    sums,
    firstAt: first === undefined ? undefined : Date.parse(first) / 1000,
    days,
    waiting: {
      bills: waiting.length,
      amount: waiting.reduce((sum, { bill }) => sum + BigInt(bill.usage.amount), 0n),
      since: waiting.length === 0 ? undefined : Math.min(...waiting.map(({ at }) => at))
    }
  }
}

const make = Effect.fnUntraced(function* (path: string) {
  const folder = yield* ReceiptFolder.open(path)

  const newest = Effect.gen(function* () {
    const claims: Array<ChannelClaim> = []
    for (const [channel, files] of yield* folder.list) {
      const loaded = yield* folder.load(channel, files)
      if (loaded === undefined || loaded.damaged > 0) {
        yield* Effect.logWarning("receipts are damaged", { channel, folder: path, lines: loaded?.damaged })
      }
      if (loaded !== undefined) claims.push(claimOf(loaded.book))
    }
    return claims
  })

  return Claims.of({
    newest,
    receipts: (page) => lookUp.receipts(folder, page),
    find: (id) => lookUp.find(folder, id)
  })
})
