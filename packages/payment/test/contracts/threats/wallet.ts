/** What the wallets of payers and operators sign, with the keys of their names. */
import { accountOf } from "@infernet/testing/Evm"
import { Effect } from "effect"
import { type Address, type Hex, keccak256, stringToHex } from "viem"
import { compact, digest, type Domain, long, split, type Terms, tokenDomain } from "./messages.ts"

const payer = accountOf("payer").address

/** When nothing here ends: later than any test's clock, and early enough for every field. */
export const forever = 2n ** 40n

/** The payer's permit for so much, with the nonce of its first. */
export const permitOf = (token: Address, spender: Address, value: bigint, signer = "payer") =>
  split(signer, digest(tokenDomain(token), "Permit", { owner: payer, spender, value, nonce: 0n, deadline: forever }))

/** The payer's authorization of a transfer of so much, by EIP-3009. */
export const transferOf = Effect.fnUntraced(function* (token: Address, to: Address, value: bigint, signer = "payer") {
  const nonce = keccak256(stringToHex("any"))
  const message = { from: payer, to, value, validAfter: 0n, validBefore: forever, nonce }
  const signature = yield* split(signer, digest(tokenDomain(token), "ReceiveWithAuthorization", message))
  return { validAfter: 0n, validBefore: forever, nonce, ...signature }
})

/** The arguments of an opening that the payer signed. */
export const openingOf = Effect.fnUntraced(function* (
  domain: Domain,
  terms: Terms,
  amount: bigint,
  nonce: bigint,
  signer = "payer"
) {
  const channelId = digest(domain, "Terms", { ...terms })
  return [terms, amount, yield* long(signer, digest(domain, "OpenChannel", { channelId, amount, nonce }))] as const
})

export interface Caps {
  readonly maxTotal?: bigint
  readonly maxPerChannel?: bigint
  readonly validUntil?: number
  readonly epoch?: bigint
}

/** The payer's wallet lets "control plane" open channels: 3,000 in all, 2,000 each, where nothing else is said. */
export const spendingOf = Effect.fnUntraced(function* (domain: Domain, caps: Caps = {}) {
  const authorization = {
    payer,
    delegate: accountOf("control plane").address,
    maxTotal: 3_000n,
    maxPerChannel: 2_000n,
    validUntil: 4_000_000_000,
    epoch: 0n,
    ...caps
  }
  return [authorization, yield* long("payer", digest(domain, "SpendAuthorization", authorization))] as const
})

/** The arguments of a closing at once, that the node signed. */
export const closingOf = Effect.fnUntraced(function* (
  domain: Domain,
  terms: Terms,
  finalCumulative: bigint,
  signer = "node"
) {
  const channelId = digest(domain, "Terms", { ...terms })
  const hash = digest(domain, "CloseChannel", { channelId, finalCumulative })
  return [terms, finalCumulative, yield* compact(signer, hash)] as const
})

/** The digest of a registration, which both the node's key and an operator without gas sign. */
export const registrationOf = (domain: Domain, node: string, operator: string, payout: Address): Hex =>
  digest(domain, "RegisterNode", { nodeKey: accountOf(node).address, operator: accountOf(operator).address, payout })
