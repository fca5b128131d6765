/**
 * Whether a receipt is what it says it is, from the document and public keys alone: no network, no clock, no trust in
 * whoever hands it over. `together` looks at several.
 */
import { addressOf } from "@infernet/auth/signature"
import type { Verifier } from "@infernet/auth/verifier/Verifier"
import type { ControlPlaneId } from "@infernet/contract/Id"
import { usdc } from "@infernet/contract/Micros"
import { priceOfText } from "@infernet/contract/Price"
import type { PublicKey } from "@infernet/contract/PublicKey"
import { type ChannelId, type Receipt, receiptIdOf, zeroAddress } from "@infernet/contract/Receipt"
import { Result } from "effect"
import { amountOf } from "../price/amount.ts"
import { decode } from "./decode.ts"
import { billDigest, channelIdOf } from "./digest.ts"
import { fail, type Finding, ok, warn } from "./Finding.ts"

/** What the verifier knows from elsewhere; what is missing is told as open instead. */
export interface Expectations {
  /** Whose countersignature it must be. */
  readonly controlPlane?: ControlPlaneId | undefined
  /** The key of its node, from the registry or from its operator. */
  readonly nodeKey?: PublicKey | undefined
  /** Unix seconds: with it, receipts of the future are noticed. */
  readonly now?: number | undefined
}

export interface Verdict {
  /** `undefined` where the document has not the form of one. */
  readonly receipt: Receipt | undefined
  readonly channel: ChannelId | undefined
  readonly findings: ReadonlyArray<Finding>
}

/** Clocks that were set by the network differ by less. */
const clockToleranceSeconds = 300

const ids = ({ id, usage }: Receipt): Finding =>
  id === receiptIdOf(usage.attempt_id)
    ? ok("id", `${id} is the receipt of attempt ${usage.attempt_id}`)
    : fail("id", `${id} is not the receipt of attempt ${usage.attempt_id}`)

const ofNode = ({ node_key, terms }: Receipt, { nodeKey }: Expectations): Finding => {
  if (nodeKey !== undefined && nodeKey !== node_key) {
    return fail("node_key", `it was signed by ${node_key}, and not by ${nodeKey}, which was given as the node's key`)
  }
  if (addressOf(node_key) === terms.node_id) return ok("node_key", `that is the first key of node ${terms.node_id}`)
  if (nodeKey !== undefined) return ok("node_key", `that is the key which was given for node ${terms.node_id}`)
  return warn(
    "node_key",
    `that is not the first key of node ${terms.node_id}: that it was given another one, only the registry can confirm`
  )
}

const ofPlane = ({ plane_key }: Receipt, { controlPlane }: Expectations): Finding => {
  const address = addressOf(plane_key)
  if (controlPlane === undefined) {
    return warn("plane_key", `that is control plane ${address}: whether it is the one you mean, compare with its id`)
  }
  return address === controlPlane
    ? ok("plane_key", `that is control plane ${address}`)
    : fail("plane_key", `it was countersigned by control plane ${address}, and not by ${controlPlane}`)
}

/** Of a key that has not signed, nothing else is said. */
const byNode = (receipt: Receipt, digest: Uint8Array, verify: Verify, expected: Expectations): ReadonlyArray<Finding> =>
  verify(receipt.node_signature, digest, receipt.node_key)
    ? [ok("node_signature", `the key ${receipt.node_key} has signed it for the node`), ofNode(receipt, expected)]
    : [fail("node_signature", "the node's signature is not by node_key over this document")]

const byPlane = (
  receipt: Receipt,
  digest: Uint8Array,
  verify: Verify,
  expected: Expectations
): ReadonlyArray<Finding> =>
  verify(receipt.plane_signature, digest, receipt.plane_key)
    ? [ok("plane_signature", `the key ${receipt.plane_key} has countersigned it`), ofPlane(receipt, expected)]
    : [fail("plane_signature", "the control plane's signature is not by plane_key over this document")]

const amount = ({ usage }: Receipt): Finding => {
  const due = amountOf(priceOfText(usage), BigInt(usage.prompt_tokens), BigInt(usage.completion_tokens))
  return BigInt(usage.amount) === due
    ? ok("amount", `its tokens at its prices come to its amount, ${usdc(due)} USDC`)
    : fail("amount", `its tokens at its prices come to ${usdc(due)} USDC, and it says ${usdc(BigInt(usage.amount))}`)
}

const sum = ({ cumulative, seq, usage }: Receipt): Finding => {
  if (seq < 1) return fail("sum", "receipts of a channel are numbered from 1")
  return BigInt(cumulative) >= BigInt(usage.amount)
    ? ok("sum", `it is number ${seq} of its channel, over which ${usdc(BigInt(cumulative))} USDC were earned by then`)
    : fail("sum", "the sum of its channel is less than its own amount")
}

/** Below it no escrow opens a channel: its node could not redeem in time. */
const leastWithdrawDelay = 3_600

const terms = ({ domain, terms: { need, payer, withdraw_delay } }: Receipt): Finding => {
  const where = `chain ${domain.chain_id} with the contract ${domain.contract}`
  if ((domain.chain_id === 0) !== (domain.contract === zeroAddress))
    return fail("terms", `there is no escrow on ${where}`)
  if (domain.chain_id === 0) return ok("terms", "it is of no chain: it proves work, and can never be redeemed")
  if (payer === zeroAddress) return fail("terms", `nobody is named to pay for it on ${where}`)
  if (withdraw_delay < leastWithdrawDelay) {
    return fail("terms", `its channel could not be opened on ${where}: ${withdraw_delay} s are too short a delay`)
  }
  if (need === 1)
    return warn("terms", `it is for ${where}, where its channel asks for no countersignature, which is unusual`)
  return ok("terms", `it is for ${where}, to be paid by ${payer}`)
}

const times = ({ usage: { finished_at, started_at } }: Receipt, { now }: Expectations): Finding => {
  if (finished_at < started_at) return fail("times", "it ends before it begins")
  if (now !== undefined && finished_at > now + clockToleranceSeconds) return warn("times", "it ends in the future")
  return ok("times", "it ends after it begins")
}

type Verify = Verifier["Service"]["verify"]

/** One receipt: in `findings` everything that was looked at. It is genuine where none of them is a `fail`. */
export const verifyReceipt = (
  { verify }: Pick<Verifier["Service"], "verify">,
  document: unknown,
  expected: Expectations = {}
): Verdict => {
  const decoded = decode(document)
  if (Result.isFailure(decoded)) {
    return { receipt: undefined, channel: undefined, findings: [fail("form", `it is no receipt: ${decoded.failure}`)] }
  }
  const receipt = decoded.success
  const channel = channelIdOf(receipt.domain, receipt.terms)
  const digest = billDigest(receipt, channel)
  const findings = [
    ids(receipt),
    ...byNode(receipt, digest, verify, expected),
    ...byPlane(receipt, digest, verify, expected),
    amount(receipt),
    sum(receipt),
    terms(receipt),
    times(receipt, expected)
  ]
  return { receipt, channel, findings }
}
