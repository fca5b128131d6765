/** The accounts of the ledger by name: whose money is where. */
import type { AccountId, NodeId } from "@infernet/contract/Id"

/** Of a customer: bought money that is free or held for jobs, and the same of credit that was given. */
export type CustomerKind = "available" | "held" | "credit" | "credit_held"
/** Of a node; `credit_earned` was paid from given credit and can never be redeemed. */
export type NodeKind = "earned" | "credit_earned"
/**
 * Of the platform: `fee`; `expense` (failover prefill, hedge losers, canaries); `promotion`, where credit comes from;
 * `gateway`, the platform's wallet on chain; `escrow`, what that has deposited; `outside`, where deposits come from. What
 * is owed to others has a positive balance, where the money for it is a negative one.
 */
export type PlatformKind = "fee" | "expense" | "promotion" | "gateway" | "escrow" | "outside"

export const customerKinds = [
  "available",
  "held",
  "credit",
  "credit_held"
] as const satisfies ReadonlyArray<CustomerKind>
export const nodeKinds = ["earned", "credit_earned"] as const satisfies ReadonlyArray<NodeKind>

/** All that an owner may have. */
export const accountsOf = (owner: AccountId | NodeId): ReadonlyArray<string> =>
  [...customerKinds, ...nodeKinds].map((kind) => `${kind}:${owner}`)

/** Balances that are somebody's are never less than nothing; those of the platform's sources are. */
export const mayOwe = (id: string): boolean =>
  id === "expense" || id === "promotion" || id === "gateway" || id === "escrow" || id === "outside"
