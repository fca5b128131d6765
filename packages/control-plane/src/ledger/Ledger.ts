/** Who has and owes what: balances, the entries that made them, and what moves money other than jobs do. */
import type { Conflict, InsufficientFunds, NotFound, Unavailable } from "@infernet/contract/ApiError"
import type { AccountId, AttemptId, JobId, NodeId } from "@infernet/contract/Id"
import type { ChannelId } from "@infernet/contract/Receipt"
import { Context, type DateTime, type Effect, Schema } from "effect"
import type { CustomerKind, NodeKind } from "./accounts.ts"

export const EntryKind = Schema.Literals([
  "hold",
  "settle",
  "release",
  "deposit",
  "withdraw",
  "credit",
  "expense",
  "redeem",
  "correct"
])
export type EntryKind = typeof EntryKind.Type

/** In micro-USDC: bought money that is free or held for open jobs, and the same of given credit. */
export type Balance = Readonly<Record<CustomerKind, bigint>>
/** In micro-USDC, after the platform's fee. */
export type NodeBalance = Readonly<Record<NodeKind, bigint>>

/** Why money moved, as one owner sees it. */
export interface Entry {
  /** Grows from entry to entry. */
  readonly id: bigint
  readonly kind: EntryKind
  /** What caused it: a job, an attempt, a deposit. */
  readonly reference: string
  readonly job: JobId | null
  readonly note: string | null
  readonly at: DateTime.Utc
  /** What it added to the owner's own balances, or took from them; never zero. */
  readonly moved: Partial<Record<CustomerKind | NodeKind, bigint>>
}

export interface EntryPage {
  readonly limit: number
  /** Entries older than this one. */
  readonly before: bigint | undefined
}

/** Money that comes or goes by a person's word. A reference counts once; again with another amount it is a conflict. */
export interface Transfer {
  readonly account: AccountId
  /** Micro-USDC, more than nothing. */
  readonly amount: bigint
  readonly reference: string
  readonly note?: string | undefined
}

/** What an escrow has paid to a node. */
export interface Redemption {
  readonly node: NodeId
  readonly channel: ChannelId
  /** Taken from the channel in all, in micro-USDC, the fee included. */
  readonly amount: bigint
  readonly fee: bigint
  /** The transaction and the number of its log. */
  readonly reference: string
}

/** Work that no customer asked for, paid by the platform: failover prefill, the loser of a hedge, a canary. */
export interface Expense {
  readonly attempt: AttemptId
  readonly node: NodeId
  /** With the fee, which the platform pays to itself. */
  readonly amount: bigint
  readonly fee: bigint
  readonly note: string
}

/** What does not agree after all balances were computed anew from their postings. */
export interface Rebuilt {
  /** Of all postings there are; zero in any ledger that is sound. */
  readonly sum: bigint
  readonly differing: ReadonlyArray<{ readonly account: string; readonly balance: bigint; readonly rebuilt: bigint }>
}

export class Ledger extends Context.Service<
  Ledger,
  {
    /** All zero for whom nothing was ever posted. */
    readonly balance: (account: AccountId) => Effect.Effect<Balance, Unavailable>
    readonly nodeBalance: (node: NodeId) => Effect.Effect<NodeBalance, Unavailable>
    /** Newest first. */
    readonly entries: (owner: AccountId | NodeId, page: EntryPage) => Effect.Effect<ReadonlyArray<Entry>, Unavailable>
    /** Each of those that follow answers `false` where it was done before. */
    readonly deposit: (transfer: Transfer) => Effect.Effect<boolean, NotFound | Conflict | Unavailable>
    readonly withdraw: (
      transfer: Transfer
    ) => Effect.Effect<boolean, InsufficientFunds | NotFound | Conflict | Unavailable>
    /** Gives credit, from which nobody can withdraw. */
    readonly credit: (transfer: Transfer) => Effect.Effect<boolean, NotFound | Conflict | Unavailable>
    /** Books a payment on chain, also on its channel's row. */
    readonly redeemed: (redemption: Redemption) => Effect.Effect<boolean, InsufficientFunds | Conflict | Unavailable>
    readonly expense: (expense: Expense) => Effect.Effect<boolean, Conflict | Unavailable>
    /** Reads every posting there is: for audits, not for requests. */
    readonly rebuilt: Effect.Effect<Rebuilt, Unavailable>
  }
>()("@infernet/control-plane/ledger/Ledger") {}
