/** What is to be done with a node's word on a bill, by what is stored of it. */
import type { NodeId } from "@infernet/contract/Id"
import type { Receipt, SignedBill } from "@infernet/contract/Receipt"
import { billDigest } from "@infernet/payment/receipt/digest"
import { DateTime } from "effect"
import type { Signer } from "../node/NodeKeys.ts"
import type { StoredBill } from "./BillStore.ts"

/** Whether a key signed a digest. */
export type Verify = (signature: string, digest: Uint8Array, publicKey: string) => boolean

export type Verdict =
  /** Signed by the node over this digest: what is left is the control plane's own signature. */
  | { readonly _tag: "Sign"; readonly digest: Uint8Array }
  /** Done before. */
  | { readonly _tag: "Receipt"; readonly receipt: Receipt }
  /** Issued anew meanwhile: what was signed is not the bill any more. */
  | { readonly _tag: "Anew" }
  | { readonly _tag: "Refused"; readonly reason: string }

/** The whole document, where both have signed. */
export const receiptOf = ({ offer, signatures }: StoredBill): Receipt | undefined =>
  signatures === null
    ? undefined
    : {
        ...offer.bill,
        node_key: signatures.nodeKey,
        node_signature: signatures.nodeSignature,
        plane_key: signatures.planeKey,
        plane_signature: signatures.planeSignature
      }

const refused = (reason: string): Verdict => ({ _tag: "Refused", reason })

/** A key that was given up may sign for what was owed while it was the node's. */
const maySign = ({ retiredAt }: Signer, { createdAt }: StoredBill): boolean =>
  retiredAt === null || !DateTime.isGreaterThan(createdAt, retiredAt)

export const judge = (
  node: NodeId,
  signed: SignedBill,
  stored: StoredBill | undefined,
  signers: ReadonlyArray<Signer>,
  verify: Verify
): Verdict => {
  if (stored === undefined || stored.node !== node) return refused(`no bill of this node has the id ${signed.bill}`)
  const receipt = receiptOf(stored)
  if (receipt !== undefined) return { _tag: "Receipt", receipt }
  if (stored.status === "disputed") return refused(`this node has disputed ${signed.bill}`)
  const { bill } = stored.offer
  if (signed.cumulative !== bill.cumulative) return { _tag: "Anew" }
  const signer = signers.find(({ publicKey }) => publicKey === signed.node_key)
  if (signer === undefined) return refused(`${signed.node_key} is not a key with which this node signs receipts now`)
  if (!maySign(signer, stored)) return refused(`${signed.node_key} was given up before ${signed.bill} was made`)
  const digest = billDigest(bill)
  if (verify(signed.signature, digest, signed.node_key)) return { _tag: "Sign", digest }
  return refused(`the signature is not that of ${signed.node_key} over ${signed.bill} with the sum ${bill.cumulative}`)
}
