/** A node's entry on chain: its operator, and the address that its earnings go to. */
import type { Identity } from "@infernet/auth/Identity"
import type { NodeId } from "@infernet/contract/Id"
import type { Address } from "@infernet/contract/Receipt"
import { Data, Effect } from "effect"
import { type Call, calls } from "../calls.ts"
import type { Escrow, RegisteredNode, SendOptions } from "../Escrow.ts"
import { payerOf } from "../payout/keys.ts"
import { senderOf } from "../transaction.ts"
import { signPayoutFor, signRegistration, signRegistrationFor } from "./signatures.ts"

type Key = Identity["Service"]

/** The key whose address is the node's id is not here any more, and the contract wants its word once. */
export class FirstKeyGone extends Data.TaggedError("FirstKeyGone")<{ readonly node: NodeId }> {
  override get message() {
    return `node ${this.node} cannot be registered: its first key, whose address is its id, was replaced before that and is not in this home. Restore that key's backup as keys/node.old.key and try again`
  }
}

/** The key that is here is not the one that decides for the node. */
export class NotOperator extends Data.TaggedError("NotOperator")<{
  readonly node: NodeId
  readonly operator: Address
  readonly got: Address
}> {
  override get message() {
    const { got, node, operator } = this
    return `where node ${node} is paid is for its operator's key ${operator} to say, and this is ${got}: name the file of that key with --operator-key`
  }
}

export interface Asked {
  /** The node's keys: the one it signs with now, and those of before that are left. */
  readonly node: Key
  readonly older: ReadonlyArray<Key>
  readonly operator: Key
  readonly payout: Address
}

/** What was done. */
export type Registered =
  | { readonly _tag: "Registered"; readonly payout: Address; readonly hash: string }
  /** It is paid elsewhere from then on, in Unix seconds; until then as before. */
  | {
      readonly _tag: "Changes"
      readonly payout: Address
      readonly from: Address
      readonly at: number
      /** None where it had been asked for before. */
      readonly hash: string | undefined
    }
  /** It was so already. */
  | { readonly _tag: "Same"; readonly payout: Address }

/** What either takes, measured. */
const gas = 150_000n
/** How long a relayed change may be on its way, in seconds. */
const deadlineSeconds = 86_400n

const registration = Effect.fnUntraced(function* (
  escrow: Escrow["Service"],
  { node, older, operator, payout }: Asked,
  isRelayed: boolean
) {
  const first = [node, ...older].find((key) => senderOf(key) === node.id)
  if (first === undefined) return yield* new FirstKeyGone({ node: node.id })
  const { domain } = escrow
  const owner = senderOf(operator)
  const signature = signRegistration(domain, first, owner, payout)
  if (!isRelayed) return calls.registerNode(node.id, payout, signature)
  const relayed = signRegistrationFor(domain, node.id, operator, payout)
  return calls.registerNodeFor(node.id, owner, payout, signature, relayed)
})

const change = Effect.fnUntraced(function* (
  escrow: Escrow["Service"],
  { node, operator, payout }: Asked,
  { payoutNonce }: RegisteredNode,
  isRelayed: boolean
) {
  if (!isRelayed) return calls.setPayout(node.id, payout)
  const deadline = BigInt((yield* escrow.head).time) + deadlineSeconds
  const signature = signPayoutFor(escrow.domain, node.id, operator, payout, payoutNonce, deadline)
  return calls.setPayoutFor(node.id, payout, deadline, signature)
})

/** Registers the node, or changes where it is paid. Sent by the operator's key or, where that has no gas, by the node's. */
export const register = Effect.fn("Registration.register")(function* <E = never>(
  escrow: Escrow["Service"],
  asked: Asked,
  options: SendOptions<E> = {}
) {
  const { node, operator, payout } = asked
  const known = yield* escrow.node(node.id)
  const owner = senderOf(operator)
  if (known !== undefined && known.operator !== owner) {
    return yield* new NotOperator({ node: node.id, operator: known.operator, got: owner })
  }
  if (known !== undefined && (known.next ?? known).payout === payout) {
    const { next, payout: from } = known
    const same: Registered =
      next === undefined ? { _tag: "Same", payout } : { _tag: "Changes", payout, from, at: next.at, hash: undefined }
    return same
  }
  const sender = yield* payerOf(escrow, { node, operator }, gas)
  const isRelayed = senderOf(sender) !== owner
  const call: Call = yield* known === undefined
    ? registration(escrow, asked, isRelayed)
    : change(escrow, asked, known, isRelayed)
  const { hash } = yield* escrow.send(sender, call, options)
  if (known === undefined) {
    const made: Registered = { _tag: "Registered", payout, hash }
    return made
  }
  // Read again: the chain's clock says when it takes effect.
  const next = (yield* escrow.node(node.id))?.next
  const changes: Registered = { _tag: "Changes", payout, from: known.payout, at: next?.at ?? 0, hash }
  return changes
})
