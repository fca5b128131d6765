/** Channels and bills as rows. */
import { AccountId, AttemptId, JobId, NodeId, ReceiptId } from "@infernet/contract/Id"
import { Address, Basis, ChannelId, ChannelTerms, JobUsage, type ReceiptStatus } from "@infernet/contract/Receipt"
import { DateTime, Schema } from "effect"
import { JsonText } from "../database/json.ts"
import type { Signatures, Signing, StoredBill } from "./BillStore.ts"
import type { Channel } from "./channel.ts"

const Time = Schema.DateTimeUtcFromDate
const Text = Schema.NullOr(Schema.String)

export const ChannelRow = Schema.Struct({
  id: ChannelId,
  nodeId: NodeId,
  chainId: Schema.BigInt,
  contract: Address,
  terms: JsonText(ChannelTerms)
})

export const channelOf = ({ chainId, contract, id, nodeId, terms }: typeof ChannelRow.Type): Channel => ({
  id,
  node: nodeId,
  domain: { chain_id: Number(chainId), contract },
  terms
})

export const BillRow = Schema.Struct({
  id: ReceiptId,
  attemptId: AttemptId,
  jobId: JobId,
  accountId: AccountId,
  nodeId: NodeId,
  operatorId: Schema.NullOr(AccountId),
  chainId: Schema.BigInt,
  contract: Address,
  terms: JsonText(ChannelTerms),
  seq: Schema.BigInt,
  cumulative: Schema.BigInt,
  amount: Schema.BigInt,
  usage: JsonText(JobUsage),
  basis: JsonText(Basis),
  state: Schema.Literals(["offered", "signed", "disputed"]),
  dispute: Text,
  nodeKey: Text,
  nodeSignature: Text,
  planeKey: Text,
  planeSignature: Text,
  createdAt: Time,
  answeredAt: Schema.NullOr(Time),
  redeemedAt: Schema.NullOr(Time),
  txHash: Text
})

type BillRow = typeof BillRow.Type

const signaturesOf = ({ nodeKey, nodeSignature, planeKey, planeSignature }: BillRow): Signatures | null =>
  nodeKey === null || nodeSignature === null || planeKey === null || planeSignature === null
    ? null
    : { nodeKey, nodeSignature, planeKey, planeSignature }

const statusOf = ({ redeemedAt, state }: BillRow): ReceiptStatus => (redeemedAt === null ? state : "redeemed")

export const storedBill = (row: BillRow): StoredBill => ({
  offer: {
    bill: {
      id: row.id,
      domain: { chain_id: Number(row.chainId), contract: row.contract },
      terms: row.terms,
      seq: Number(row.seq),
      cumulative: String(row.cumulative),
      usage: row.usage
    },
    basis: row.basis
  },
  attempt: row.attemptId,
  job: row.jobId,
  account: row.accountId,
  node: row.nodeId,
  operator: row.operatorId,
  amount: row.amount,
  status: statusOf(row),
  signatures: signaturesOf(row),
  dispute: row.dispute,
  createdAt: row.createdAt,
  answeredAt: row.answeredAt,
  redeemedAt: row.redeemedAt,
  txHash: row.txHash
})

export const signingRow = ({ at, bill, cumulative, signatures }: Signing) => ({
  id: bill,
  cumulative: String(cumulative),
  node_key: signatures.nodeKey,
  node_signature: signatures.nodeSignature,
  plane_key: signatures.planeKey,
  plane_signature: signatures.planeSignature,
  at: DateTime.formatIso(at)
})
