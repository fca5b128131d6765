/** A bill as those may see it whom it concerns: who is charged, and who operates its node. */
import { usdc } from "@infernet/contract/Micros"
import type { ReceiptView } from "@infernet/contract/Receipt"
import { DateTime } from "effect"
import { refusal, type Operator } from "../node/rotation.ts"
import type { StoredBill } from "./BillStore.ts"
import { receiptOf } from "./judge.ts"

/** Nobody else is told that it is there. */
export const maySee = ({ account, node, operator }: StoredBill, caller: Operator): boolean =>
  caller.account === account || refusal(node, operator, caller) === undefined

const iso = (at: DateTime.Utc | null): string | null => (at === null ? null : DateTime.formatIso(at))

export const receiptView = (stored: StoredBill): ReceiptView => {
  const { amount, answeredAt, createdAt, dispute, job, node, offer, redeemedAt, status, txHash } = stored
  const receipt = receiptOf(stored)
  return {
    id: offer.bill.id,
    job_id: job,
    node_id: node,
    status,
    value_usdc: usdc(amount),
    created_at: DateTime.formatIso(createdAt),
    answered_at: iso(answeredAt),
    redeemed_at: iso(redeemedAt),
    tx_hash: txHash,
    bill: offer.bill,
    basis: offer.basis,
    ...(dispute === null ? {} : { dispute }),
    ...(receipt === undefined ? {} : { receipt })
  }
}
