/** A transaction signed by one of our keys, which never leaves its `Identity`. */
import type { Identity } from "@infernet/auth/Identity"
import { addressOf } from "@infernet/auth/signature"
import type { Address } from "@infernet/contract/Receipt"
import { type Hex, hexToBytes, keccak256, serializeTransaction } from "viem"
import { compact } from "./compact.ts"

export interface Fees {
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}

export interface Unsigned extends Fees {
  readonly chainId: number
  readonly nonce: number
  readonly to: Hex
  readonly data: Hex
  readonly gas: bigint
}

/** The address of the key that it signs with now; of a node with another key, not its id. */
export const senderOf = ({ id, publicKey }: Identity["Service"]): Address => addressOf(publicKey) ?? id

/** The transaction's bytes and its name. */
export const signed = (from: Identity["Service"], transaction: Unsigned): { readonly raw: Hex; readonly hash: Hex } => {
  const eip1559 = { ...transaction, type: "eip1559" } as const
  const digest = hexToBytes(keccak256(serializeTransaction(eip1559)))
  const signature = compact(from.sign(digest), digest, senderOf(from))
  if (signature === undefined) throw new TypeError("a key has signed what it does not recognise")
  const top = Number.parseInt(signature.vs.slice(2, 4), 16)
  const s: Hex = `0x${(top & 0x7f).toString(16).padStart(2, "0")}${signature.vs.slice(4)}`
  const raw = serializeTransaction(eip1559, { r: signature.r, s, yParity: top >> 7 })
  return { raw, hash: keccak256(raw) }
}

/** Nodes take another form of a transaction only where it pays at least a tenth more, some an eighth. */
const raised = (fee: bigint): bigint => (fee * 125n) / 100n + 1n

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** What takes the place of a form that paid `before`, at today's prices. */
export const bumped = (before: Fees, now: Fees): Fees => ({
  maxFeePerGas: larger(raised(before.maxFeePerGas), now.maxFeePerGas),
  maxPriorityFeePerGas: larger(raised(before.maxPriorityFeePerGas), now.maxPriorityFeePerGas)
})
