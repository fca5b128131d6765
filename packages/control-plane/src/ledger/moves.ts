/** What each event moves between the accounts of the ledger. Every list sums to zero and has no move of nothing. */
import type { AccountId, NodeId } from "@infernet/contract/Id"
import type { Source } from "@infernet/payment/price/Quote"
import type { CustomerKind, NodeKind, PlatformKind } from "./accounts.ts"
import type { Expense, Redemption } from "./Ledger.ts"

export type Move =
  | { readonly kind: CustomerKind; readonly owner: AccountId; readonly amount: bigint }
  | { readonly kind: NodeKind; readonly owner: NodeId; readonly amount: bigint }
  | { readonly kind: PlatformKind; readonly owner: null; readonly amount: bigint }

export type Moves = ReadonlyArray<Move>

const free = { money: "available", credit: "credit" } as const
const held = { money: "held", credit: "credit_held" } as const
const earned = { money: "earned", credit: "credit_earned" } as const

const some = (...moves: Moves): Moves => moves.filter(({ amount }) => amount !== 0n)

const platform = (kind: PlatformKind, amount: bigint): Move => ({ kind, owner: null, amount })

export const hold = (source: Source, owner: AccountId, amount: bigint): Moves =>
  some({ kind: free[source], owner, amount: -amount }, { kind: held[source], owner, amount })

export const release = (source: Source, owner: AccountId, amount: bigint): Moves => hold(source, owner, -amount)

/** From the hold to the node that did the work, and of that the platform's part. */
export const settle = (
  source: Source,
  { account, amount, fee, node }: { account: AccountId; node: NodeId; amount: bigint; fee: bigint }
): Moves =>
  some(
    { kind: held[source], owner: account, amount: -amount },
    { kind: earned[source], owner: node, amount: amount - fee },
    platform("fee", fee)
  )

export const deposit = (owner: AccountId, amount: bigint): Moves =>
  some(platform("outside", -amount), { kind: "available", owner, amount })

export const withdraw = (owner: AccountId, amount: bigint): Moves => deposit(owner, -amount)

export const credit = (owner: AccountId, amount: bigint): Moves =>
  some(platform("promotion", -amount), { kind: "credit", owner, amount })

export const expense = ({ amount, fee, node }: Pick<Expense, "amount" | "fee" | "node">): Moves =>
  some(platform("expense", -amount), { kind: "earned", owner: node, amount: amount - fee }, platform("fee", fee))

/** The escrow pays the node what it has earned, and the platform's wallet the fee. */
export const redeem = ({ amount, fee, node }: Pick<Redemption, "amount" | "fee" | "node">): Moves =>
  some({ kind: "earned", owner: node, amount: fee - amount }, platform("gateway", -fee), platform("escrow", amount))
