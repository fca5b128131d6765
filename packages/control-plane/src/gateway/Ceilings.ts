/**
 * How much the payer has signed for each channel, and how much it has to sign for the next job: all that was billed over it
 * and all that what is under way may come to. Only ceilings are in order, so jobs may end in any.
 *
 * What is signed and not yet billed is what a node could take if this control plane were gone: never more than the limit.
 */
import type { AttemptId } from "@infernet/contract/Id"
import type { ChannelId } from "@infernet/contract/Receipt"

interface Sums {
  /** Billed, in micro-USDC. */
  cumulative: bigint
  /** The most that what is under way may come to. */
  underWay: bigint
  /** The highest that was ever signed, as far as this process knows. */
  ceiling: bigint
}

export class Ceilings {
  readonly #limit: bigint
  // A channel a node, and an attempt a job that runs: both are bounded elsewhere.
  readonly #channels = new Map<ChannelId, Sums>()
  readonly #attempts = new Map<AttemptId, { readonly channel: ChannelId; readonly amount: bigint }>()

  /** `limit` in micro-USDC, a channel. */
  constructor(limit: bigint) {
    this.#limit = limit
  }

  /** What an earlier process of this replica left. */
  load(channel: ChannelId, cumulative: bigint, ceiling: bigint): void {
    this.#channels.set(channel, { cumulative, underWay: 0n, ceiling })
  }

  /** The ceiling under which the attempt may cost `amount`; `undefined` where that is more than the limit allows now. */
  raise(channel: ChannelId, attempt: AttemptId, amount: bigint): bigint | undefined {
    const sums = this.#channels.get(channel) ?? { cumulative: 0n, underWay: 0n, ceiling: 0n }
    if (sums.underWay + amount > this.#limit) return undefined
    this.settle(attempt, 0n)
    this.#attempts.set(attempt, { channel, amount })
    sums.underWay += amount
    const wanted = sums.cumulative + sums.underWay
    // Lower than one before it would be worth nothing to the node, which has that.
    if (wanted > sums.ceiling) sums.ceiling = wanted
    this.#channels.set(channel, sums)
    return sums.ceiling
  }

  /** The attempt is over, and was billed so much. One that is not known changes nothing. */
  settle(attempt: AttemptId, billed: bigint): void {
    const known = this.#attempts.get(attempt)
    const sums = known && this.#channels.get(known.channel)
    if (known === undefined || sums === undefined) return
    this.#attempts.delete(attempt)
    sums.underWay -= known.amount
    sums.cumulative += billed
  }

  /** The highest ceiling of each channel. */
  highest(): ReadonlyMap<ChannelId, bigint> {
    return new Map([...this.#channels].map(([id, { ceiling }]) => [id, ceiling]))
  }
}
