/**
 * Whether a node may have another key, decided on what is stored.
 *
 * ```
 *   key A current ──rotate A → B──▶ A retired, B current ──rotate B → C──▶ A and B retired, C current
 * ```
 *
 * The word is its operator's: the account that the node belongs to, or an administrator. A node key has none, not even
 * its own: whoever has stolen it could take the identity from its operator with it. So a node that belongs to no account
 * is the administrator's in this as in everything (`Nodes.operated`), until a link code gives it to an account. The old
 * key's signature is not asked for besides, as a key is changed also because it was lost.
 *
 * A rotation names the key that it replaces, and no key ever comes back: so of two at once one is done, one that is sent
 * again does nothing more, and one that was recorded never does anything again.
 */
import { Conflict, Forbidden, NotFound, RateLimited } from "@infernet/contract/ApiError"
import type { Caller } from "@infernet/contract/api/Authorization"
import type { AccountId, NodeId } from "@infernet/contract/Id"
import { DateTime } from "effect"

/** Who wants to see a node whole, to command it, or to change its key. */
export type Operator = Pick<Caller["Service"], "account" | "role">

export interface KeyRotation {
  readonly id: NodeId
  readonly by: Operator
  readonly from: string
  readonly to: string
  readonly at: DateTime.Utc
  /** Until when `from` may sign receipts of what was pending. */
  readonly receiptsUntil: DateTime.Utc
}

export interface RetiredKey {
  readonly publicKey: string
  readonly nodeId: NodeId
  readonly retiredAt: DateTime.Utc
  readonly receiptsUntil: DateTime.Utc
}

export interface KeyFacts {
  readonly node:
    | { readonly publicKey: string; readonly banned: boolean; readonly accountId: AccountId | null }
    | undefined
  /** The retirement of `from`, where it was a key of some node. */
  readonly retirement: RetiredKey | undefined
  /** Whether `to` is or was a key of some node. */
  readonly isUsed: boolean
  /** When the node's keys of the last 24 hours were retired, the oldest first. */
  readonly recent: ReadonlyArray<DateTime.Utc>
}

/** Keys that a node may give up in 24 hours: more than anybody needs, and few to look through. */
export const mostPerDay = 5

/**
 * How long a key of before may sign receipts after another rotation: no longer than the one that was given up with that.
 *
 * So whoever learns of a theft late ends what was granted, by saying so at the next rotation.
 */
export const shortened = ({ receiptsUntil, retiredAt, ...key }: RetiredKey, until: DateTime.Utc): RetiredKey => ({
  ...key,
  retiredAt,
  receiptsUntil: DateTime.max(retiredAt, DateTime.min(receiptsUntil, until))
})

export const dayBefore = (at: DateTime.Utc): DateTime.Utc => DateTime.subtract(at, { hours: 24 })

/** Why this one may neither command the node nor see it whole. */
export const refusal = (id: NodeId, owner: AccountId | null, { account, role }: Operator): Forbidden | undefined => {
  if (role === "admin" || owner === account) return undefined
  const whose = owner === null ? `to no account, so to the administrator: ${claim}` : "to another account"
  return new Forbidden({ error_message: `the node ${id} belongs ${whose}` })
}

const claim = "start it with a link code of your account to make it yours"

/** What is to be stored: the rotation, nothing where that has been done already; else why it is refused. */
export const judge = (
  { isUsed, node, recent, retirement }: KeyFacts,
  { at, by, from, id, to }: KeyRotation
): "rotate" | RetiredKey | Forbidden | NotFound | Conflict | RateLimited => {
  if (node === undefined) return new NotFound({ error_message: `no node has the id ${id}` })
  const refused = refusal(id, node.accountId, by)
  if (refused !== undefined) return refused
  if (node.banned) return new Forbidden({ error_message: `the node ${id} was banned: its key stays what it is` })
  if (node.publicKey === to && retirement?.nodeId === id) return retirement
  if (node.publicKey !== from) {
    const error_message = `the node's key is ${node.publicKey} now, and not ${from}: it was changed meanwhile`
    return new Conflict({ error_message })
  }
  if (isUsed) return new Conflict({ error_message: "the new key is or was a node's key already: make another one" })
  const [oldest] = recent
  if (oldest !== undefined && recent.length >= mostPerDay) {
    const left = DateTime.toEpochMillis(DateTime.add(oldest, { hours: 24 })) - DateTime.toEpochMillis(at)
    const error_message = `a node's key may be changed ${mostPerDay} times in 24 hours`
    return new RateLimited({ error_message, retry_after: Math.max(1, Math.ceil(left / 1000)) })
  }
  return "rotate"
}
