/** The durable truth about channels and bills. Bills are made with the ends of jobs (`JobStore.end`), and answered here. */
import type { Unavailable } from "@infernet/contract/ApiError"
import type { AccountId, AttemptId, JobId, NodeId, ReceiptId } from "@infernet/contract/Id"
import type { BillOffer, ReceiptStatus, Signature } from "@infernet/contract/Receipt"
import { Context, type DateTime, type Effect } from "effect"
import type { Channel } from "./channel.ts"

/** What a node and the control plane put under a bill. */
export interface Signatures {
  readonly nodeKey: string
  readonly nodeSignature: Signature
  readonly planeKey: string
  readonly planeSignature: Signature
}

export interface StoredBill {
  readonly offer: BillOffer
  readonly attempt: AttemptId
  readonly job: JobId
  /** Who is charged. */
  readonly account: AccountId
  readonly node: NodeId
  /** Whose node it is; null: the administrator's. */
  readonly operator: AccountId | null
  readonly amount: bigint
  readonly status: ReceiptStatus
  /** Present once it is a receipt. */
  readonly signatures: Signatures | null
  /** Why the node does not sign it. */
  readonly dispute: string | null
  readonly createdAt: DateTime.Utc
  readonly answeredAt: DateTime.Utc | null
  readonly redeemedAt: DateTime.Utc | null
  readonly txHash: string | null
}

/** Signatures over the bill as it is while its sum is this one. */
export interface Signing {
  readonly bill: ReceiptId
  readonly cumulative: bigint
  readonly signatures: Signatures
  readonly at: DateTime.Utc
}

export interface Disputed {
  readonly bill: ReceiptId
  readonly node: NodeId
  readonly reason: string
  readonly at: DateTime.Utc
}

export interface ListBills {
  /** Those that it is charged for, and those of its nodes; undefined: all. */
  readonly of: AccountId | undefined
  readonly job: JobId | undefined
  readonly node: NodeId | undefined
  readonly status: ReceiptStatus | undefined
  readonly limit: number
  /** Older than this one. */
  readonly before: ReceiptId | undefined
}

export class BillStore extends Context.Service<
  BillStore,
  {
    /** Channels over which this replica bills. */
    readonly channels: Effect.Effect<ReadonlyArray<Channel>, Unavailable>
    /** Stores a channel, in the place of the current one of its node and chain where `instead` names that. Repeatable. */
    readonly open: (
      channel: Channel,
      at: DateTime.Utc,
      instead: Channel | undefined
    ) => Effect.Effect<void, Unavailable>
    /** Not answered yet, oldest first. */
    readonly offered: (node: NodeId, limit: number) => Effect.Effect<ReadonlyArray<StoredBill>, Unavailable>
    readonly byIds: (ids: ReadonlyArray<ReceiptId>) => Effect.Effect<ReadonlyArray<StoredBill>, Unavailable>
    /** Of these jobs, in the order of their attempts. */
    readonly ofJobs: (jobs: ReadonlyArray<JobId>) => Effect.Effect<ReadonlyArray<StoredBill>, Unavailable>
    /** Newest first. */
    readonly list: (query: ListBills) => Effect.Effect<ReadonlyArray<StoredBill>, Unavailable>
    /** Makes receipts of bills that wait; answers which. One that was answered or issued anew meanwhile is left as it is. */
    readonly sign: (signed: ReadonlyArray<Signing>) => Effect.Effect<ReadonlySet<ReceiptId>, Unavailable>
    /**
     * Takes a bill that waits out of its channel's sum, and with it out of the sums of all later ones, which wait as well:
     * those are issued anew. Where a later one was signed already, its sum has this one in it, and sums never fall: then
     * it stays in. `false` where the bill is not the node's or was answered before.
     *
     * The ledger is left as it is. What the client was charged and the node has earned is in it since the job's end, and
     * to take it back would say that nothing is owed, which nobody claims: a node disputes that it is too little. So
     * the money stays the node's in the ledger, cannot be redeemed over the channel, and its bill says `disputed`, until
     * somebody has decided and corrects it by an entry of its own. Its fee stays with it, so that all fees of a channel
     * come to that of its sum but for a micro-USDC a dispute.
     */
    readonly dispute: (disputed: Disputed) => Effect.Effect<boolean, Unavailable>
    /** How many bills wait for their nodes. */
    readonly waiting: Effect.Effect<number, Unavailable>
  }
>()("@infernet/control-plane/bill/BillStore") {}
