/** Whether and how a control plane charges for what its nodes do. */
import { type Address, type Domain, noChain, zeroAddress } from "@infernet/contract/Receipt"

/**
 * `off`: everything is free, and metered; `ledger`: accounts pay from balances that live here alone; `chain`: what nodes
 * earn can be redeemed from an escrow as well.
 */
export type PaymentsMode = "off" | "ledger" | "chain"

export interface Payments {
  readonly mode: PaymentsMode
  /** Where receipts can be redeemed. */
  readonly domain: Domain
  /** The platform's part of what new channels earn, in ten-thousandths. */
  readonly feeBps: number
  /** Notice that the platform gives before it takes back what it has reserved for a node, in seconds. */
  readonly withdrawDelay: number
  /** Credit that a new account is given, in micro-USDC. */
  readonly startingCredit: bigint
  /** Who pays nodes for the platform's customers: the escrow's owner, and the key that signs ceilings. */
  readonly gateway: { readonly payer: Address; readonly signer: Address }
}

export const paymentsOff: Payments = {
  mode: "off",
  domain: noChain,
  feeBps: 1_500,
  withdrawDelay: 86_400,
  startingCredit: 0n,
  gateway: { payer: zeroAddress, signer: zeroAddress }
}
