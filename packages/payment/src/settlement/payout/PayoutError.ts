/** What keeps a payout from being made, besides the chain itself. */
import type { NodeId } from "@infernet/contract/Id"
import type { Address } from "@infernet/contract/Receipt"
import { Data } from "effect"

/** The escrow does not know the node. */
export class NodeUnregistered extends Data.TaggedError("NodeUnregistered")<{
  readonly node: NodeId
  readonly chain: string
}> {
  override get message() {
    const { chain, node } = this
    return `node ${node} is not registered on ${chain}, so nothing can be paid to it yet. Register it with the address that its earnings go to: \`infernet payout --set-address 0x…\`. Its receipts stay good`
  }
}

/** The node signs with another key than the one that the escrow has for it, and who may tell it so is not here. */
export class KeyOutdated extends Data.TaggedError("KeyOutdated")<{
  readonly node: NodeId
  readonly onChain: Address
  readonly now: Address
  readonly operator: Address
}> {
  override get message() {
    const { node, now, onChain, operator } = this
    return `the escrow still has the key of before for node ${node}: ${onChain}, and it signs with ${now} now. Its operator's key ${operator} tells the escrow: \`infernet payout --operator-key FILE\` with the file of that key does so, then pays out`
  }
}

/** Another process of this home is at it. */
export class PayoutRunning extends Data.TaggedError("PayoutRunning")<{ readonly by: string }> {
  override get message() {
    return `a payout from this home is under way already, by ${this.by}: wait until it is done, and look with \`infernet payments\``
  }
}

/** The book of payouts cannot be read or written. Without it nothing is sent. */
export class BookUnusable extends Data.TaggedError("BookUnusable")<{ readonly path: string; readonly why: string }> {
  override get message() {
    return `the book of payouts ${this.path} cannot be used: ${this.why}. Mend that, or move the file away: the chain knows what was paid`
  }
}
