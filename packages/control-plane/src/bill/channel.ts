/** What a channel to a node is to be, by how this control plane charges. */
import type { NodeId } from "@infernet/contract/Id"
import { type Address, type ChannelId, type ChannelTerms, type Domain, noChain } from "@infernet/contract/Receipt"
import type { Source } from "@infernet/payment/price/Quote"
import { channelIdOf } from "@infernet/payment/receipt/digest"
import type { Payments } from "../Payments.ts"

/** One-way, from the platform to a node. */
export interface Channel {
  readonly id: ChannelId
  readonly node: NodeId
  readonly domain: Domain
  readonly terms: ChannelTerms
}

/** Where work paid from this source is billed: what was given, and what is free, can never be redeemed. */
export const domainFor = ({ domain, mode }: Payments, source: Source | null): Domain =>
  mode === "chain" && source === "money" ? domain : noChain

export const sameDomain = (a: Domain, b: Domain): boolean => a.chain_id === b.chain_id && a.contract === b.contract

/** Who pays over a channel of the domain; where there is no chain nobody does, and the control plane's word is all. */
const payerOf = ({ gateway, mode }: Payments, domain: Domain, plane: Address) =>
  mode === "chain" && !sameDomain(domain, noChain)
    ? { payer: gateway.payer, payer_signer: gateway.signer, need: 3 as const }
    : { payer: plane, payer_signer: plane, need: 2 as const }

export const channelFor = (
  payments: Payments,
  plane: Address,
  { domain, node, salt }: { readonly domain: Domain; readonly node: NodeId; readonly salt: ChannelTerms["salt"] }
): Channel => {
  const terms: ChannelTerms = {
    ...payerOf(payments, domain, plane),
    node_id: node,
    fee_bps: payments.feeBps,
    withdraw_delay: payments.withdrawDelay,
    salt
  }
  return { id: channelIdOf(domain, terms), node, domain, terms }
}

/** Whether a channel that is there may go on: the fee stays what it was, but who pays must be able to. */
export const goesOn = (payments: Payments, plane: Address, { domain, terms }: Channel): boolean => {
  const { need, payer, payer_signer: signer } = payerOf(payments, domain, plane)
  const isOurs = sameDomain(domain, noChain) || (payments.mode === "chain" && sameDomain(domain, payments.domain))
  return isOurs && terms.payer === payer && terms.payer_signer === signer && terms.need === need
}
