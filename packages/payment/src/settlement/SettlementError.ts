/** What can go wrong between a node and its money, each as a sentence that says what to do. */
import { usdc } from "@infernet/contract/Micros"
import type { Address } from "@infernet/contract/Receipt"
import { Data } from "effect"
import { coins } from "./Chain.ts"

/** An endpoint speaks for another chain than the one that was asked for. */
export class WrongChain extends Data.TaggedError("WrongChain")<{
  readonly endpoint: string
  readonly chain: string
  readonly expected: number
  readonly got: number
}> {
  override get message() {
    const { chain, endpoint, expected, got } = this
    return `${endpoint} is of chain ${got}, and ${chain} is ${expected}: set INFERNET_RPC_URL to an endpoint of ${chain}, or name the other chain with --chain`
  }
}

/** There is no escrow of ours at the address. */
export class WrongContract extends Data.TaggedError("WrongContract")<{
  readonly contract: Address
  readonly chain: string
  /** Completes "0x… on Base …". */
  readonly why: string
}> {
  override get message() {
    const ask = "ask your network for its escrow's address, and set INFERNET_ESCROW to it"
    return `${this.contract} on ${this.chain} ${this.why}: ${ask}. Nothing was sent`
  }
}

/** The sender has too little of the chain's own coin; amounts are in its smallest unit. */
export class InsufficientGas extends Data.TaggedError("InsufficientGas")<{
  readonly address: Address
  readonly chain: string
  readonly native: string
  readonly has: bigint
  readonly needs: bigint
}> {
  override get message() {
    const { address, chain, has, native, needs } = this
    const amount = (wei: bigint) => coins(wei, native)
    return `no gas: ${address} has ${amount(has)} on ${chain} and needs ${amount(needs)}. Send it at least ${amount(needs - has)} there, then try again`
  }
}

/** The contract's owner has stopped deposits and openings; what is open is paid out as ever. */
export class Paused extends Data.TaggedError("Paused")<{ readonly contract: Address }> {
  override get message() {
    return `the escrow ${this.contract} is paused: it takes no deposits and opens no channels until its owner ends that. Payouts and withdrawals go on; try again later`
  }
}

/** The token refuses transfers from or to an address. */
export class Blacklisted extends Data.TaggedError("Blacklisted")<{ readonly address: Address | undefined }> {
  override get message() {
    const who = this.address ?? "the address"
    return `the token refuses transfers to ${who}, which its issuer has blocked. Nothing is lost: set another payout address with \`infernet payout --set-address\`, and redeem when it counts, two days later`
  }
}

/** A pool, an allowance or a balance of the token is smaller than what is to be taken from it, in micro-USDC. */
export class Underfunded extends Data.TaggedError("Underfunded")<{
  readonly address: Address
  /** Of which of its money: "escrow pool", "wallet", "allowance". */
  readonly of: "escrow pool" | "wallet" | "allowance"
  readonly has: bigint
  readonly needs: bigint
}> {
  override get message() {
    const { address, has, needs, of } = this
    return `the ${of} of ${address} has ${usdc(has)} USDC and ${usdc(needs)} are needed: deposit ${usdc(needs - has)} more`
  }
}

/** The contract refuses, for a reason that is none of those above. */
export class Reverted extends Data.TaggedError("Reverted")<{
  /** What was to be done: "redeem 3 receipts". */
  readonly what: string
  /** The contract's error, such as `UnknownNode`. */
  readonly name: string
  readonly reason: string
  /** Of the transaction, where it was mined all the same. */
  readonly hash?: string | undefined
}> {
  override get message() {
    const where = this.hash === undefined ? "" : ` (transaction ${this.hash})`
    return `the escrow refuses to ${this.what}: ${this.reason}${where}`
  }
}

/** No endpoint answers as it should. Nothing was sent, or what was sent is told by `TransactionUnknown`. */
export class RpcUnavailable extends Data.TaggedError("RpcUnavailable")<{
  readonly endpoints: ReadonlyArray<string>
  readonly reason: string
}> {
  override get message() {
    const { endpoints, reason } = this
    return `no answer from ${endpoints.join(" and ")}: ${reason}. Try again later, or set INFERNET_RPC_URL and INFERNET_RPC_URL_2 to other endpoints`
  }
}

/**
 * A transaction was sent and is neither known to be mined nor known to be lost. It may still be mined: it is looked for
 * again before anything is sent in its place.
 */
export class TransactionUnknown extends Data.TaggedError("TransactionUnknown")<{
  readonly hash: string
  readonly what: string
  readonly link: string | undefined
}> {
  override get message() {
    const { hash, link, what } = this
    return `whether it came to ${what} is not known yet: transaction ${hash}${link === undefined ? "" : ` (${link})`} is still on its way. Run the same again: it looks for it first, and nothing is paid twice`
  }
}

/** A transaction's place was taken by another of the same key, so it will never be mined. */
export class TransactionReplaced extends Data.TaggedError("TransactionReplaced")<{
  readonly hash: string
  readonly what: string
}> {
  override get message() {
    return `transaction ${this.hash}, which was to ${this.what}, was replaced by another one of the same key and did nothing. Try again`
  }
}

/** Why a call would fail, or has failed, on chain. */
export type Refused = Paused | Blacklisted | Underfunded | Reverted

/** Before anything is sent. */
export type NotSent = RpcUnavailable | InsufficientGas | Refused

/** Of a write as a whole. */
export type SendError = NotSent | TransactionUnknown | TransactionReplaced
