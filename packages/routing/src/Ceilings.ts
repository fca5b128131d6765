/** What nodes that said they are full are given: no more than they had then, and a little more as time passes. */
import type { NodeId } from "@infernet/contract/Id"
import { limits } from "@infernet/contract/Link"

/** How long a node that said it is full is taken at its word, in milliseconds. */
export const fullForMillis = 10_000
/** Attempts at which a node counts as never full: the most that its link carries. */
const enough = limits.attemptsPerLink

export class Ceilings {
  readonly #ceilings = new Map<NodeId, { readonly attempts: number; readonly until: number }>()

  /** The node, which has this many attempts, said that one more is too much. */
  set(id: NodeId, attempts: number, now: number): void {
    this.#ceilings.set(id, { attempts, until: now + fullForMillis })
  }

  has(id: NodeId): boolean {
    return this.#ceilings.has(id)
  }

  forget(id: NodeId): void {
    this.#ceilings.delete(id)
  }

  /** Whether the node, which has this many attempts, is to be given another one. */
  isFull(id: NodeId, attempts: number, now: number): boolean {
    const ceiling = this.#ceilings.get(id)
    if (ceiling === undefined) return false
    if (ceiling.until > now) return attempts >= ceiling.attempts
    // A little more than it took before, not everything that waits: it may be as full as it was.
    const raised = Math.ceil(ceiling.attempts * 1.25) + 1
    if (raised > enough) {
      this.forget(id)
      return false
    }
    this.set(id, raised, now)
    return attempts >= raised
  }
}
