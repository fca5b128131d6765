/** Where entries are written: in PostgreSQL or in memory, with the same rules. */
import type { Unavailable } from "@infernet/contract/ApiError"
import type { AccountId, JobId, NodeId } from "@infernet/contract/Id"
import type { ChannelId } from "@infernet/contract/Receipt"
import type { DateTime, Effect } from "effect"
import { mayOwe } from "./accounts.ts"
import type { Entry, EntryKind, EntryPage, Rebuilt } from "./Ledger.ts"
import type { Move, Moves } from "./moves.ts"

export interface NewEntry {
  readonly kind: EntryKind
  readonly reference: string
  readonly job: JobId | null
  readonly note: string | null
  readonly at: DateTime.Utc
  /** More than none. */
  readonly moves: Moves
  /** What of it was taken from a channel on chain, in micro-USDC. */
  readonly redeemed?: { readonly channel: ChannelId; readonly amount: bigint } | undefined
}

/** What came of an entry. But for the first nothing was written. */
export type Posted =
  | { readonly _tag: "Posted" }
  /** There is an entry of its kind and reference: the same one, or one that moves something else. */
  | { readonly _tag: "Before"; readonly same: boolean }
  /** Somebody would owe who may not. */
  | { readonly _tag: "Overdrawn"; readonly balance: bigint; readonly move: Move }

export interface Books {
  readonly post: (entry: NewEntry) => Effect.Effect<Posted, Unavailable>
  /** By kind of account; what is not there is zero. */
  readonly balances: (owner: AccountId | NodeId) => Effect.Effect<ReadonlyMap<string, bigint>, Unavailable>
  readonly entries: (owner: AccountId | NodeId, page: EntryPage) => Effect.Effect<ReadonlyArray<Entry>, Unavailable>
  readonly rebuilt: Effect.Effect<Rebuilt, Unavailable>
  /** Whether money may be given to it. */
  readonly hasAccount: (account: AccountId) => Effect.Effect<boolean, Unavailable>
}

export const accountOf = ({ kind, owner }: Move): string => (owner === null ? kind : `${kind}:${owner}`)

/** The first move that its balance does not allow. */
export const overdraws = (moves: Moves, balanceOf: (account: string) => bigint): Posted | undefined => {
  for (const move of moves) {
    const balance = balanceOf(accountOf(move))
    if (move.amount < 0n && balance + move.amount < 0n && !mayOwe(accountOf(move)))
      return { _tag: "Overdrawn", balance, move }
  }
  return undefined
}

/** Whether two lists move the same, in whatever order. */
export const isSame = (a: ReadonlyMap<string, bigint>, b: ReadonlyMap<string, bigint>): boolean =>
  a.size === b.size && [...a].every(([account, amount]) => b.get(account) === amount)

export const byAccount = (moves: Moves): ReadonlyMap<string, bigint> =>
  new Map(moves.map((move) => [accountOf(move), move.amount]))
