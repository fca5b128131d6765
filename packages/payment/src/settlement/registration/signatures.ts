/** What a node's key and its operator's sign for its entry on chain: EIP-712, as the contract has it. */
import type { Identity } from "@infernet/auth/Identity"
import type { NodeId } from "@infernet/contract/Id"
import type { Address, Domain } from "@infernet/contract/Receipt"
import { type Hex, hashTypedData, hexToBytes } from "viem"
import { domainOf, hex } from "../../receipt/digest.ts"
import { compact, type CompactSignature, long } from "../compact.ts"
import { senderOf } from "../transaction.ts"

const types = {
  RegisterNode: [
    { name: "nodeKey", type: "address" },
    { name: "operator", type: "address" },
    { name: "payout", type: "address" }
  ],
  RotateNodeKey: [
    { name: "nodeId", type: "address" },
    { name: "newKey", type: "address" }
  ],
  SetPayout: [
    { name: "nodeId", type: "address" },
    { name: "payout", type: "address" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" }
  ]
} as const

type Key = Identity["Service"]

const own = <A>(made: A | undefined): A => {
  if (made === undefined) throw new TypeError("a key has signed what it does not recognise")
  return made
}

const compactBy = (key: Key, digest: Uint8Array): CompactSignature =>
  own(compact(key.sign(digest), digest, senderOf(key)))
const longBy = (key: Key, digest: Uint8Array): Hex => own(long(key.sign(digest), digest, senderOf(key)))

const registration = (domain: Domain, nodeKey: Address, operator: Address, payout: Address): Uint8Array =>
  hexToBytes(
    hashTypedData({
      domain: domainOf(domain),
      types,
      primaryType: "RegisterNode",
      message: { nodeKey: hex(nodeKey), operator: hex(operator), payout: hex(payout) }
    })
  )

/** By the node's key: who its operator is, and where it is paid. */
export const signRegistration = (domain: Domain, nodeKey: Key, operator: Address, payout: Address): CompactSignature =>
  compactBy(nodeKey, registration(domain, senderOf(nodeKey), operator, payout))

/** The same by the operator, for somebody else to send. */
export const signRegistrationFor = (domain: Domain, nodeKey: Address, operator: Key, payout: Address): Hex =>
  longBy(operator, registration(domain, nodeKey, senderOf(operator), payout))

/** By the new key: that it is the node's. */
export const signRotation = (domain: Domain, node: NodeId, newKey: Key): CompactSignature =>
  compactBy(
    newKey,
    hexToBytes(
      hashTypedData({
        domain: domainOf(domain),
        types,
        primaryType: "RotateNodeKey",
        message: { nodeId: hex(node), newKey: hex(senderOf(newKey)) }
      })
    )
  )

/** By the operator, for somebody else to send until the deadline, in Unix seconds. */
export const signPayoutFor = (
  domain: Domain,
  node: NodeId,
  operator: Key,
  payout: Address,
  nonce: bigint,
  deadline: bigint
): Hex =>
  longBy(
    operator,
    hexToBytes(
      hashTypedData({
        domain: domainOf(domain),
        types,
        primaryType: "SetPayout",
        message: { nodeId: hex(node), payout: hex(payout), nonce, deadline }
      })
    )
  )
