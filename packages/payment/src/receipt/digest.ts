/** What is signed of documents: EIP-712 digests, equal here, on chain and in any other implementation. */
import {
  type Bill,
  type ChannelTerms,
  ChannelId,
  type Domain,
  type JobUsage,
  type Hash
} from "@infernet/contract/Receipt"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { digest, keccak, struct } from "./eip712.ts"
import { ComputeReceipt, JobUsage as JobUsageType, SpendVoucher, Terms } from "./typed.ts"

const isHex = (text: string): text is `0x${string}` => /^0x[0-9a-f]*$/i.test(text)

/** A text that its schema holds to be hexadecimal. */
export const hex = (text: string): `0x${string}` => {
  if (!isHex(text)) throw new TypeError(`${text} is not hexadecimal`)
  return text
}

const hashTerms = struct("Terms", Terms)
const hashUsage = struct("JobUsage", JobUsageType)
const hashReceipt = struct("ComputeReceipt", ComputeReceipt, { JobUsage: JobUsageType })
const hashVoucher = struct("SpendVoucher", SpendVoucher)

export const domainOf = ({ chain_id, contract }: Domain) => ({
  name: "Infernet CPR",
  version: "1",
  chainId: chain_id,
  verifyingContract: hex(contract)
})

/** keccak256 of a text's UTF-8. */
export const hashOf = (text: string): Hash => keccak(utf8ToBytes(text))

/** The name of a model in a receipt: with the digest of its weights where that is known. */
export const modelOf = ({ model, model_digest }: Pick<JobUsage, "model" | "model_digest">): string =>
  model_digest === undefined ? model : `${model}@${model_digest}`

export const termsOf = (terms: ChannelTerms) => ({
  payer: hex(terms.payer),
  payerSigner: hex(terms.payer_signer),
  nodeId: hex(terms.node_id),
  feeBps: terms.fee_bps,
  need: terms.need,
  withdrawDelay: terms.withdraw_delay,
  salt: hex(terms.salt)
})

const usageOf = (usage: JobUsage) => ({
  job: hex(hashOf(usage.job_id)),
  attempt: hex(hashOf(usage.attempt_id)),
  previous: hex(usage.previous),
  modelHash: hex(hashOf(modelOf(usage))),
  requestHash: hex(usage.request_hash),
  responseHash: hex(usage.response_hash),
  promptTokens: BigInt(usage.prompt_tokens),
  completionTokens: BigInt(usage.completion_tokens),
  inputPrice: BigInt(usage.input_micros_per_1k),
  outputPrice: BigInt(usage.output_micros_per_1k),
  amount: BigInt(usage.amount),
  startedAt: BigInt(usage.started_at),
  finishedAt: BigInt(usage.finished_at)
})

/** A channel's name: bound to its terms, its chain and its contract. */
export const channelIdOf = (domain: Domain, terms: ChannelTerms): ChannelId =>
  ChannelId.make(`0x${bytesToHex(digest(domainOf(domain), hashTerms(termsOf(terms))))}`)

/** `hashStruct(JobUsage)`: what goes on chain of a segment, and what the job's next segment names as its `previous`. */
export const usageHashOf = (usage: JobUsage): Hash => hashUsage(usageOf(usage))

/** The 32 bytes that node and control plane sign of a bill. `channel` spares its digest where that is known. */
export const billDigest = (
  { cumulative, domain, seq, terms, usage }: Omit<Bill, "id">,
  channel: ChannelId = channelIdOf(domain, terms)
): Uint8Array =>
  digest(
    domainOf(domain),
    hashReceipt({
      channelId: channel,
      seq: BigInt(seq),
      cumulativeAmount: BigInt(cumulative),
      usage: usageHashOf(usage)
    })
  )

/** The 32 bytes that the payer's session key signs before the work. */
export const voucherDigest = (domain: Domain, channel: ChannelId, maxCumulative: bigint): Uint8Array =>
  digest(domainOf(domain), hashVoucher({ channelId: channel, maxCumulative }))
