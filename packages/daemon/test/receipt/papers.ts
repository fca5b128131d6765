/** Bills, receipts and ceilings as a control plane and a payer make them, signed with keys of the test. */
import { Identity } from "@infernet/auth/Identity"
import { AttemptId, ControlPlaneId, JobId } from "@infernet/contract/Id"
import {
  type BillOffer,
  type ChannelTerms,
  type Domain,
  type JobUsage,
  noChain,
  receiptIdOf,
  type Voucher,
  zeroHash
} from "@infernet/contract/Receipt"
import type { Writing } from "@infernet/daemon/receipt/ReceiptBooks"
import { amountOf } from "@infernet/payment/price/amount"
import { billDigest, channelIdOf, voucherDigest } from "@infernet/payment/receipt/digest"
import { Redacted } from "effect"

const identity = (byte: number) => Identity.fromSecretKey(Redacted.make(new Uint8Array(32).fill(byte)))

export const node = identity(1)
export const nextKey = { ...identity(2), id: node.id }
export const planeKey = identity(3)
export const payer = identity(4)
export const stranger = identity(5)
export const plane = ControlPlaneId.make(planeKey.id)

export const chain: Domain = { chain_id: 31_337, contract: `0x${"e5".repeat(20)}` }

export const terms = (of: Partial<ChannelTerms> = {}): ChannelTerms => ({
  payer: payer.id,
  payer_signer: payer.id,
  node_id: node.id,
  fee_bps: 1_500,
  need: 2,
  withdraw_delay: 86_400,
  salt: zeroHash,
  ...of
})

const padded = (n: number) => String(n).padStart(20, "0")
export const attemptOf = (n: number) => AttemptId.make(`att_${padded(n)}`)
export const jobOf = (n: number) => JobId.make(`job_${padded(n)}`)
export const billOf = (n: number) => receiptIdOf(attemptOf(n))

/** 2,000 prompt and 1,000 completion tokens at 500 and 2,000 for 1,000: 3,000 micro-USDC. */
export const usage = (n: number, of: Partial<JobUsage> = {}): JobUsage => {
  const rest = {
    job_id: jobOf(n),
    attempt_id: attemptOf(n),
    previous: zeroHash,
    model: "qwen3:8b",
    request_hash: `0x${"aa".repeat(32)}`,
    response_hash: `0x${"bb".repeat(32)}`,
    prompt_tokens: 2_000,
    completion_tokens: 1_000,
    input_micros_per_1k: "500",
    output_micros_per_1k: "2000",
    started_at: 1_763_800_000,
    finished_at: 1_763_800_010,
    ...of
  }
  const price = {
    input_micros_per_1k: BigInt(rest.input_micros_per_1k),
    output_micros_per_1k: BigInt(rest.output_micros_per_1k)
  }
  const amount = amountOf(price, BigInt(rest.prompt_tokens), BigInt(rest.completion_tokens))
  return { ...rest, amount: of.amount ?? `${amount}` }
}

/** The `n`th bill of a channel, where all before it came to as much. */
export const offer = (
  n: number,
  {
    basis,
    usage: used,
    ...bill
  }: Partial<Omit<BillOffer["bill"], "usage">> & {
    readonly usage?: Partial<JobUsage>
    readonly basis?: Partial<BillOffer["basis"]>
  } = {}
): BillOffer => ({
  bill: {
    id: billOf(n),
    domain: noChain,
    terms: terms(),
    seq: n,
    cumulative: `${3_000 * n}`,
    ...bill,
    usage: usage(n, used)
  },
  basis: {
    claimed_prompt_tokens: 2_000,
    claimed_completion_tokens: 1_000,
    prompt_bytes: 8_000,
    response_bytes: 4_000,
    ...basis
  }
})

const place = ({ bill: { domain, terms } }: BillOffer) => ({ channel: channelIdOf(domain, terms), domain, terms })

export const signed = (one: BillOffer, key = node): Writing => {
  const { cumulative, id, seq, usage } = one.bill
  const bill = { id, seq, cumulative, usage }
  const signature = key.sign(billDigest(one.bill))
  return { ...place(one), entry: { type: "signed", at: 1_000 + seq, bill, node_key: key.publicKey, signature } }
}

export const countersignature = ({ bill }: BillOffer, key = planeKey) => ({
  bill: bill.id,
  plane_key: key.publicKey,
  signature: key.sign(billDigest(bill))
})

export const countersigned = (one: BillOffer): Writing => {
  const entry = { type: "countersigned", at: 2_000 + one.bill.seq, cumulative: one.bill.cumulative } as const
  return { ...place(one), entry: { ...entry, ...countersignature(one) } }
}

export const voucher = (domain: Domain, terms: ChannelTerms, max: number, key = payer): Voucher => {
  const channel_id = channelIdOf(domain, terms)
  return { channel_id, max_cumulative: `${max}`, signature: key.sign(voucherDigest(domain, channel_id, BigInt(max))) }
}

export const kept = (
  { max_cumulative, channel_id, signature }: Voucher,
  domain: Domain,
  terms: ChannelTerms
): Writing => ({
  channel: channel_id,
  domain,
  terms,
  entry: { type: "voucher", at: 500, max_cumulative, signature }
})
