/** The keys of a home that settle: the node's hot key signs, the operator's decides, either may pay for gas. */
import type { Identity } from "@infernet/auth/Identity"
import type { NodeId } from "@infernet/contract/Id"
import type { Address } from "@infernet/contract/Receipt"
import { Effect } from "effect"
import type { Escrow, RegisteredNode } from "../Escrow.ts"
import { senderOf } from "../transaction.ts"
import { KeyOutdated } from "./PayoutError.ts"

type Key = Identity["Service"]

export interface Keys {
  /** Which the node signs with now. */
  readonly node: Key
  /** None where it is kept elsewhere. */
  readonly operator: Key | undefined
}

/** Whether the escrow has to be told of the node's present key first; fails where nobody here may do so. */
export const rotationOf = (
  id: NodeId,
  { node, operator }: Keys,
  { key, operator: owner }: RegisteredNode
): Effect.Effect<{ readonly by: Key } | undefined, KeyOutdated> => {
  if (senderOf(node) === key) return Effect.succeed(undefined)
  if (operator !== undefined && senderOf(operator) === owner) return Effect.succeed({ by: operator })
  return Effect.fail(new KeyOutdated({ node: id, onChain: key, now: senderOf(node), operator: owner }))
}

/** Who can pay for so much gas: the operator's key, else the node's, else whichever has more, to be told what it lacks. */
export const payerOf = Effect.fnUntraced(function* (
  escrow: Pick<Escrow["Service"], "gasPrice" | "native">,
  { node, operator }: Keys,
  gas: bigint
) {
  if (operator === undefined) return node
  const price = yield* escrow.gasPrice
  const has = (address: Address) => escrow.native(address)
  const [ofOperator, ofNode] = yield* Effect.all([has(senderOf(operator)), has(senderOf(node))])
  // Twice today's price is what a transaction offers for the blocks to come.
  const isEnough = (amount: bigint) => amount >= 2n * gas * price
  return isEnough(ofOperator) || !isEnough(ofNode) ? operator : node
})
