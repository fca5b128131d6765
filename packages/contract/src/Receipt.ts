/**
 * Bills and receipts (CPR, compute payment receipts) of finished attempts, as documents.
 *
 * A bill is what the control plane offers; with the node's and the control plane's signature over its EIP-712 digest it is
 * a receipt. Every field of a receipt is covered by the signatures: `docs/receipts.md` says how.
 */
import { Schema } from "effect"
import { AttemptId, JobId, NodeId, ReceiptId } from "./Id.ts"
import { Micros, MicrosText } from "./Micros.ts"
import { PublicKey } from "./PublicKey.ts"

const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const seconds = count.check(Schema.isLessThanOrEqualTo(253_402_300_799))
const text = Schema.String.check(Schema.isMaxLength(256))

/** 32 bytes. */
export const Hash = Schema.String.check(
  Schema.isPattern(/^0x[0-9a-f]{64}$/, { message: 'expected "0x" and 64 lower-case hexadecimal digits' })
)
export type Hash = typeof Hash.Type

/** An address on chain, in lower case. */
export const Address = Schema.String.check(
  Schema.isPattern(/^0x[0-9a-f]{40}$/, { message: 'expected "0x" and 40 lower-case hexadecimal digits' })
)
export type Address = typeof Address.Type

/** ECDSA over secp256k1: 64 bytes `r‖s` with low `s`. */
export const Signature = Schema.String.check(
  Schema.isPattern(/^[0-9a-f]{128}$/, { message: "expected 128 lower-case hexadecimal digits" })
)
export type Signature = typeof Signature.Type

/** The digest of a channel's terms: its name on chain and here. */
export const ChannelId = Hash.pipe(Schema.brand("ChannelId"))
export type ChannelId = typeof ChannelId.Type

export const zeroHash: Hash = `0x${"0".repeat(64)}`
export const zeroAddress: Address = `0x${"0".repeat(40)}`

/** Where a receipt counts: an escrow on a chain; chain 0 and the zero address where there is none. */
export const Domain = Schema.Struct({ chain_id: count, contract: Address })
export type Domain = typeof Domain.Type

/** Receipts of this domain can be verified and never be redeemed. */
export const noChain: Domain = { chain_id: 0, contract: zeroAddress }

/** Who signs besides the node: 1 the payer's ceiling, 2 the control plane's countersignature, 3 both. */
export const Need = Schema.Literals([1, 2, 3])

/** What a channel is, for its whole life: `fee_bps` ten-thousandths for the platform, `withdraw_delay` in seconds. */
export const ChannelTerms = Schema.Struct({
  payer: Address,
  payer_signer: Address,
  node_id: NodeId,
  fee_bps: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3_000 })),
  need: Need,
  withdraw_delay: count.check(Schema.isLessThanOrEqualTo(2_592_000)),
  salt: Hash
})
export type ChannelTerms = typeof ChannelTerms.Type

/** One billed segment of a job. */
export const JobUsage = Schema.Struct({
  job_id: JobId,
  attempt_id: AttemptId,
  /** The hash of the job's billed segment before this one; zero for its first. */
  previous: Hash,
  /** As clients see it. */
  model: text,
  /** The weights, where the node told them. */
  model_digest: Schema.optionalKey(text),
  request_hash: Hash,
  response_hash: Hash,
  prompt_tokens: count,
  completion_tokens: count,
  /** The price of 1,000 tokens, in micro-USDC. */
  input_micros_per_1k: MicrosText,
  output_micros_per_1k: MicrosText,
  /** `ceil((prompt_tokens · input + completion_tokens · output) / 1000)`, in micro-USDC. */
  amount: MicrosText,
  /** Unix seconds. */
  started_at: seconds,
  finished_at: seconds
})
export type JobUsage = typeof JobUsage.Type

export const Bill = Schema.Struct({
  id: ReceiptId,
  domain: Domain,
  terms: ChannelTerms,
  /** Its number in its channel, from 1. */
  seq: count,
  /** All that was earned over the channel, this bill included, in micro-USDC. */
  cumulative: MicrosText,
  usage: JobUsage
})
export type Bill = typeof Bill.Type

/** What a bill was made from: evidence for whoever disputes it. */
export const Basis = Schema.Struct({
  /** By the node's own count. */
  claimed_prompt_tokens: count,
  claimed_completion_tokens: count,
  /** UTF-8 bytes, as the control plane dispatched and relayed them. */
  prompt_bytes: count,
  response_bytes: count,
  /** Which of the counts it went by, in words, where that is not the node's. */
  limited_by: Schema.optionalKey(text)
})
export type Basis = typeof Basis.Type

/** A bill on its way to be signed. */
export const BillOffer = Schema.Struct({ bill: Bill, basis: Basis })
export type BillOffer = typeof BillOffer.Type

export const Receipt = Schema.Struct({
  ...Bill.fields,
  /** The key that signed for the node; another than the one of its id where the node has got another key. */
  node_key: PublicKey,
  node_signature: Signature,
  plane_key: PublicKey,
  plane_signature: Signature
})
export type Receipt = typeof Receipt.Type

/** What the payer's session key allows to be taken from a channel in all, signed before the work. */
export const Voucher = Schema.Struct({
  channel_id: ChannelId,
  max_cumulative: MicrosText,
  signature: Signature
})
export type Voucher = typeof Voucher.Type

export const SignedBill = Schema.Struct({
  bill: ReceiptId,
  /** Of the bill that was signed: one that was issued anew has another. */
  cumulative: MicrosText,
  node_key: PublicKey,
  signature: Signature
})
export type SignedBill = typeof SignedBill.Type

/** Why a node does not sign a bill. */
export const Dispute = Schema.Struct({ bill: ReceiptId, reason: Schema.String.check(Schema.isMaxLength(1024)) })
export type Dispute = typeof Dispute.Type

/** How many bills go in one message or reply. */
export const billsAtOnce = 100

/** Body of `POST /api/v1/nodes/:id/receipts`. */
export const SignedBills = Schema.Struct({
  signed: Schema.Array(SignedBill).check(Schema.isMaxLength(billsAtOnce)),
  disputes: Schema.Array(Dispute).check(Schema.isMaxLength(billsAtOnce))
})

/** What came of them: receipts, and those that were not taken with the reason. */
export const CountersignedBills = Schema.Struct({
  receipts: Schema.Array(Receipt),
  refused: Schema.Array(Schema.Struct({ bill: ReceiptId, reason: Schema.String })),
  /** More that wait to be signed. */
  bills: Schema.Array(BillOffer)
})

export const ReceiptStatus = Schema.Literals(["offered", "signed", "disputed", "redeemed"])
export type ReceiptStatus = typeof ReceiptStatus.Type

/** A receipt as those may see it whom it concerns; amounts in dollars, as people read them. */
export const ReceiptView = Schema.Struct({
  id: ReceiptId,
  job_id: JobId,
  node_id: NodeId,
  /** `offered`: its node has not answered yet. */
  status: ReceiptStatus,
  value_usdc: Schema.String,
  created_at: Schema.String,
  /** When it was signed or disputed. */
  answered_at: Schema.NullOr(Schema.String),
  redeemed_at: Schema.NullOr(Schema.String),
  /** The transaction that redeemed it. */
  tx_hash: Schema.NullOr(Schema.String),
  bill: Bill,
  basis: Basis,
  /** Why its node does not sign it. */
  dispute: Schema.optionalKey(Schema.String),
  /** The whole document, once it is signed. */
  receipt: Schema.optionalKey(Receipt)
})
export type ReceiptView = typeof ReceiptView.Type

/** A receipt in short, on its job. */
export const ReceiptSummary = Schema.Struct({ id: ReceiptId, status: ReceiptStatus, amount_micros: Micros })
export type ReceiptSummary = typeof ReceiptSummary.Type

/** The receipt of an attempt: an attempt has one bill at most. */
export const receiptIdOf = (attempt: AttemptId): ReceiptId => ReceiptId.make(`cpr_${attempt.slice("att_".length)}`)
