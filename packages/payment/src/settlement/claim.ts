/** A channel's claim as the contract takes it, signed again where the node has another key since. */
import type { Identity } from "@infernet/auth/Identity"
import { addressOf } from "@infernet/auth/signature"
import type { Address, Signature } from "@infernet/contract/Receipt"
import {
  domainSeparator,
  encodeAbiParameters,
  type Hex,
  hexToBytes,
  keccak256,
  parseAbiParameters,
  toBytes
} from "viem"
import { domainOf, hex, termsOf, voucherDigest } from "../receipt/digest.ts"
import { ComputeReceipt, JobUsage } from "../receipt/typed.ts"
import type { ContractClaim } from "./calls.ts"
import type { ChannelClaim } from "./ChannelClaim.ts"
import { compact, type CompactSignature, noSignature } from "./compact.ts"
import { senderOf } from "./transaction.ts"

const needsPayer = 1
const needsControlPlane = 2

type Fields = ReadonlyArray<{ readonly name: string; readonly type: string }>

const typeOf = (name: string, fields: Fields): string =>
  `${name}(${fields.map(({ name, type }) => `${type} ${name}`).join(",")})`

const receiptType = keccak256(toBytes(typeOf("ComputeReceipt", ComputeReceipt) + typeOf("JobUsage", JobUsage)))
const receiptFields = parseAbiParameters("bytes32, bytes32, uint64, uint128, bytes32")

/** `billDigest` of a receipt of which only the hash of its usage is known. */
export const receiptDigest = ({ channel, cumulative, domain, seq, usageHash }: ChannelClaim): Uint8Array => {
  const fields = [receiptType, hex(channel), BigInt(seq), cumulative, hex(usageHash)] as const
  const struct = keccak256(encodeAbiParameters(receiptFields, fields))
  const bytes: Hex = `0x1901${domainSeparator({ domain: domainOf(domain) }).slice(2)}${struct.slice(2)}`
  return hexToBytes(keccak256(bytes))
}

/** What is wrong with a claim, in words that complete "the receipt of channel 0x… ". */
export type ClaimSlip =
  | "is not signed by the node"
  | "is not signed by the control plane"
  | "has a ceiling that is not its payer's"

/**
 * The claim with the signature of the key that the chain has for the node: its own where that key signed it, else one
 * that `signer`, which then has to have that key, makes of the same receipt. The others' signatures stay good.
 */
export const contractClaim = (
  claim: ChannelClaim,
  keyOnChain: Address,
  signer: Pick<Identity["Service"], "id" | "publicKey" | "sign">
): ContractClaim | ClaimSlip => {
  const { cumulative, seq, terms, usageHash, voucher } = claim
  const digest = receiptDigest(claim)
  const compactOf = (signature: Signature, by: Address | undefined): CompactSignature | undefined =>
    by === undefined ? undefined : compact(signature, digest, by)

  const own = compactOf(claim.nodeSignature, keyOnChain)
  const nodeSignature = own ?? compactOf(senderOf(signer) === keyOnChain ? signer.sign(digest) : "", keyOnChain)
  if (nodeSignature === undefined) return "is not signed by the node"
  const isPlane = (terms.need & needsControlPlane) !== 0
  const controlPlaneSignature = isPlane ? compactOf(claim.planeSignature, addressOf(claim.planeKey)) : noSignature
  if (controlPlaneSignature === undefined) return "is not signed by the control plane"

  const rest = { terms: termsOf(terms), seq: BigInt(seq), cumulative, usageHash: hex(usageHash) }
  const signatures = { nodeSignature, controlPlaneSignature }
  if ((terms.need & needsPayer) === 0) return { ...rest, ...signatures, ceiling: 0n, payerSignature: noSignature }
  // Without a ceiling nothing can be paid yet, which the contract then says.
  if (voucher === undefined) return { ...rest, ...signatures, ceiling: 0n, payerSignature: noSignature }
  const ceiling = BigInt(voucher.max_cumulative)
  const ceilingDigest = voucherDigest(claim.domain, claim.channel, ceiling)
  const payerSignature = compact(voucher.signature, ceilingDigest, terms.payer_signer)
  return payerSignature === undefined
    ? "has a ceiling that is not its payer's"
    : { ...rest, ...signatures, ceiling, payerSignature }
}
