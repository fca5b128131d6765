/** One escrow contract on one chain: what it says and what it is told. */
import type { Identity } from "@infernet/auth/Identity"
import type { NodeId } from "@infernet/contract/Id"
import type { Address, ChannelId, Domain, Hash } from "@infernet/contract/Receipt"
import { Context, type Effect } from "effect"
import type { Call, ContractClaim } from "./calls.ts"
import type { Chain } from "./Chain.ts"
import type { EscrowEvent } from "./events.ts"
import type { NotSent, RpcUnavailable, SendError } from "./SettlementError.ts"
import type { Skip } from "./skips.ts"

/** A channel on chain, in micro-USDC; all zero where it was never opened. */
export interface ChannelState {
  /** Everything ever put in; of a closed channel, what was paid. */
  readonly reserved: bigint
  /** Everything ever paid out, the fee included. */
  readonly paid: bigint
  /** When it may be closed, in Unix seconds, where its payer has asked for that. */
  readonly closingAt: number | undefined
  readonly isClosed: boolean
}

/** A node as it is registered on chain. */
export interface RegisteredNode {
  /** The address of the key that signs its receipts now. */
  readonly key: Address
  /** Sets the payout address and rotates the key. */
  readonly operator: Address
  /** Where it is paid now. */
  readonly payout: Address
  /** Another address that takes effect, in Unix seconds. */
  readonly next: { readonly payout: Address; readonly at: number } | undefined
  /** Of the next relayed change of the payout. */
  readonly payoutNonce: bigint
}

/** A payer's money in micro-USDC. */
export interface PayerFunds {
  /** In the escrow, not reserved for any channel. */
  readonly pool: bigint
  readonly wallet: bigint
  /** What the escrow may take from the wallet. */
  readonly allowance: bigint
}

/** A transaction that was signed; enough to find it again, and to send it anew with a higher fee. */
export interface Sent {
  readonly from: Address
  readonly nonce: number
  /** Every form of it that was sent, the newest last: only one of them can be mined. */
  readonly hashes: readonly [Hash, ...ReadonlyArray<Hash>]
  readonly call: Call
  /** Of the newest form, in wei. */
  readonly gas: bigint
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
  /** The newest form itself. */
  readonly raw: string
}

/** A transaction that was mined, succeeded, and has its confirmations. */
export interface Mined {
  readonly hash: Hash
  readonly block: bigint
  readonly events: ReadonlyArray<EscrowEvent>
  /** What it cost, in wei. */
  readonly gasCost: bigint
}

export interface SendOptions<E = never> {
  /**
   * Keeps what is about to be sent, before it is, each time that it changes: whoever is killed then can `resume` it.
   * Where it fails, nothing is sent.
   */
  readonly keep?: (sent: Sent) => Effect.Effect<void, E>
  /** Told of each look at a transaction that was sent: how many of the confirmations it has. */
  readonly seen?: (hash: Hash, confirmations: number, wanted: number) => Effect.Effect<void>
}

export class Escrow extends Context.Service<
  Escrow,
  {
    readonly chain: Chain
    readonly contract: Address
    readonly token: Address
    readonly domain: Domain
    /** The fee of channels opened now, in ten-thousandths, and whether deposits and openings are stopped. */
    readonly terms: Effect.Effect<{ readonly feeBps: number; readonly isPaused: boolean }, RpcUnavailable>
    /** In the order of the ids. */
    readonly channels: (ids: ReadonlyArray<ChannelId>) => Effect.Effect<ReadonlyArray<ChannelState>, RpcUnavailable>
    /** `undefined` where it is not registered. */
    readonly node: (id: NodeId) => Effect.Effect<RegisteredNode | undefined, RpcUnavailable>
    readonly funds: (payer: Address) => Effect.Effect<PayerFunds, RpcUnavailable>
    /** The chain's own coin, in wei. */
    readonly native: (address: Address) => Effect.Effect<bigint, RpcUnavailable>
    /** Wei for a unit of gas, as transactions pay at present. */
    readonly gasPrice: Effect.Effect<bigint, RpcUnavailable>
    /** The newest block's number and its time in Unix seconds. */
    readonly head: Effect.Effect<{ readonly number: bigint; readonly time: number }, RpcUnavailable>
    /** What `redeem` would make of a claim: why nothing, or what the channel would have paid in all then. */
    readonly preview: (
      payout: Address,
      claim: ContractClaim
    ) => Effect.Effect<{ readonly skip: Skip | undefined; readonly upTo: bigint }, RpcUnavailable>
    /** What was paid to a node, in blocks from one to another, both included: 2,000 at most. */
    readonly redemptions: (
      node: NodeId,
      from: bigint,
      to: bigint
    ) => Effect.Effect<ReadonlyArray<EscrowEvent>, RpcUnavailable>
    /** The gas that a call would take; fails as it would fail. */
    readonly simulate: (from: Address, call: Call) => Effect.Effect<bigint, NotSent>
    /**
     * Simulates, signs, sends, and waits for the confirmations. Calls of one key may be sent at the same time. A wait that
     * ends without knowing is `TransactionUnknown`, and never a failure: `resume` goes on with it.
     */
    readonly send: <E = never>(
      from: Identity["Service"],
      call: Call,
      options?: SendOptions<E>
    ) => Effect.Effect<Mined, SendError | E>
    /** Goes on with what was sent, by this process or one before it: the same transaction, never a second one. */
    readonly resume: <E = never>(
      from: Identity["Service"],
      sent: Sent,
      options?: SendOptions<E>
    ) => Effect.Effect<Mined, SendError | E>
    /** The transaction of a hash, where it is mined on the chain as it is now. */
    readonly mined: (hash: Hash) => Effect.Effect<Mined | undefined, RpcUnavailable>
  }
>()("@infernet/payment/settlement/Escrow") {}
