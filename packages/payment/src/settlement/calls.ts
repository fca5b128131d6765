/** What is told to the escrow and its token, as calldata. */
import type { Address } from "@infernet/contract/Receipt"
import { encodeFunctionData, erc20Abi, type Hex } from "viem"
import { CprEscrow } from "../contracts/CprEscrow.ts"
import { hex } from "../receipt/digest.ts"
import type { CompactSignature } from "./compact.ts"

export interface Call {
  readonly to: "escrow" | "token"
  readonly data: Hex
  /** Completes "refuses to …". */
  readonly what: string
}

export interface ContractTerms {
  readonly payer: Hex
  readonly payerSigner: Hex
  readonly nodeId: Hex
  readonly feeBps: number
  readonly need: number
  readonly withdrawDelay: number
  readonly salt: Hex
}

/** The newest receipt of a channel, as the contract takes it. */
export interface ContractClaim {
  readonly terms: ContractTerms
  readonly seq: bigint
  readonly cumulative: bigint
  readonly ceiling: bigint
  readonly usageHash: Hex
  readonly nodeSignature: CompactSignature
  readonly controlPlaneSignature: CompactSignature
  readonly payerSignature: CompactSignature
}

const { abi } = CprEscrow

/** Amounts are micro-USDC; `Hex` arguments are what their names say. */
export const calls = {
  registerNode: (nodeKey: Address, payout: Address, keySignature: CompactSignature): Call => ({
    to: "escrow",
    what: `register node ${nodeKey}`,
    data: encodeFunctionData({ abi, functionName: "registerNode", args: [hex(nodeKey), hex(payout), keySignature] })
  }),
  /** `registerNode` in the name of an operator without gas, who has signed the same. */
  registerNodeFor: (
    nodeKey: Address,
    operator: Address,
    payout: Address,
    keySignature: CompactSignature,
    operatorSignature: Hex
  ): Call => ({
    to: "escrow",
    what: `register node ${nodeKey}`,
    data: encodeFunctionData({
      abi,
      functionName: "registerNodeFor",
      args: [hex(nodeKey), hex(operator), hex(payout), keySignature, operatorSignature]
    })
  }),
  rotateNodeKey: (node: Address, newKey: Address, newKeySignature: CompactSignature): Call => ({
    to: "escrow",
    what: `give node ${node} the key ${newKey}`,
    data: encodeFunctionData({ abi, functionName: "rotateNodeKey", args: [hex(node), hex(newKey), newKeySignature] })
  }),
  setPayout: (node: Address, payout: Address): Call => ({
    to: "escrow",
    what: `pay node ${node} at ${payout}`,
    data: encodeFunctionData({ abi, functionName: "setPayout", args: [hex(node), hex(payout)] })
  }),
  /** `deadline` in Unix seconds. */
  setPayoutFor: (node: Address, payout: Address, deadline: bigint, operatorSignature: Hex): Call => ({
    to: "escrow",
    what: `pay node ${node} at ${payout}`,
    data: encodeFunctionData({
      abi,
      functionName: "setPayoutFor",
      args: [hex(node), hex(payout), deadline, operatorSignature]
    })
  }),
  /** Of the token: what the escrow may take from the sender's wallet. */
  approve: (escrow: Address, amount: bigint): Call => ({
    to: "token",
    what: "approve a deposit",
    data: encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [hex(escrow), amount] })
  }),
  deposit: (amount: bigint): Call => ({
    to: "escrow",
    what: "take a deposit",
    data: encodeFunctionData({ abi, functionName: "deposit", args: [amount] })
  }),
  /** `permit` is the wallet's EIP-2612 signature over amount and deadline. */
  depositWithPermit: (
    amount: bigint,
    deadline: bigint,
    permit: { readonly v: number; readonly r: Hex; readonly s: Hex }
  ): Call => ({
    to: "escrow",
    what: "take a deposit",
    data: encodeFunctionData({
      abi,
      functionName: "depositWithPermit",
      args: [amount, deadline, permit.v, permit.r, permit.s]
    })
  }),
  withdraw: (amount: bigint): Call => ({
    to: "escrow",
    what: "give back a deposit",
    data: encodeFunctionData({ abi, functionName: "withdraw", args: [amount] })
  }),
  /** Opens a channel, or tops one up. */
  open: (terms: ContractTerms, amount: bigint): Call => ({
    to: "escrow",
    what: `reserve money for node ${terms.nodeId}`,
    data: encodeFunctionData({ abi, functionName: "open", args: [terms, amount] })
  }),
  redeem: (payout: Address, claims: ReadonlyArray<ContractClaim>): Call => ({
    to: "escrow",
    what: claims.length === 1 ? "pay a channel's receipts" : `pay the receipts of ${claims.length} channels`,
    data: encodeFunctionData({ abi, functionName: "redeem", args: [hex(payout), claims] })
  }),
  requestClose: (terms: ContractTerms): Call => ({
    to: "escrow",
    what: "announce a channel's closing",
    data: encodeFunctionData({ abi, functionName: "requestClose", args: [terms] })
  }),
  finishClose: (terms: ContractTerms): Call => ({
    to: "escrow",
    what: "close a channel",
    data: encodeFunctionData({ abi, functionName: "finishClose", args: [terms] })
  })
}
