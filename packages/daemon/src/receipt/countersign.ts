/** The control plane's signature under what this node has signed: checked against the key of the one that was joined. */
import { addressOf } from "@infernet/auth/signature"
import type { Verifier } from "@infernet/auth/verifier/Verifier"
import type { ControlPlaneId, ReceiptId } from "@infernet/contract/Id"
import type { Bill, Signature } from "@infernet/contract/Receipt"
import { billDigest } from "@infernet/payment/receipt/digest"
import type { ChannelBook } from "./ChannelBook.ts"
import type { Writing } from "./ReceiptBooks.ts"

export interface Countersignature {
  readonly bill: ReceiptId
  readonly plane_key: string
  readonly signature: Signature
}

export interface Countersigned {
  readonly bill: Bill
  readonly writing: Writing
}

/** What to write down; `undefined` of a bill that does not wait for it; a sentence where it is not genuine. */
export const check = (
  { bill: id, plane_key, signature }: Countersignature,
  controlPlane: ControlPlaneId,
  channels: ReadonlyArray<ChannelBook>,
  verifier: Verifier["Service"],
  at: number
): Countersigned | string | undefined => {
  const book = channels.find(({ open }) => open.has(id))
  const signed = book?.open.get(id)
  if (book === undefined || signed === undefined) return undefined
  if (addressOf(plane_key) !== controlPlane)
    return `it is by the key ${plane_key}, which is not that of ${controlPlane}`
  const bill = book.billOf(signed.bill)
  if (!verifier.verify(signature, billDigest(bill, book.id), plane_key))
    return "it is not a signature over what this node has signed"
  const { cumulative } = bill
  const entry = { type: "countersigned", at, bill: id, cumulative, plane_key, signature } as const
  const { domain, id: channel, terms } = book
  return { bill, writing: { channel, domain, terms, entry } }
}
