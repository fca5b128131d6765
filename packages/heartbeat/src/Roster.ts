/** The bookkeeping of liveness, without a clock of its own: who has links, who waits, and until when. */
import type { NodeId } from "@infernet/contract/Id"

/** How long a node without a link stays online after it was last heard. */
export const silenceMillis = 90_000

export class Roster {
  readonly #links = new Map<NodeId, number>()
  /** Deadlines of nodes without a link, the earliest first: each is "now" and the same span, so the newest is last. */
  readonly #waiting = new Map<NodeId, number>()
  readonly #changed: (id: NodeId, status: "online" | "offline") => void

  constructor(changed: (id: NodeId, status: "online" | "offline") => void) {
    this.#changed = changed
  }

  isOnline(id: NodeId): boolean {
    return this.#links.has(id) || this.#waiting.has(id)
  }

  get earliestDeadline(): number | undefined {
    return this.#waiting.values().next().value
  }

  heard(id: NodeId, now: number): void {
    // A link says more than a beat: its end starts the wait anew.
    if (this.#links.has(id)) return
    const wasOnline = this.#waiting.delete(id)
    this.#waiting.set(id, now + silenceMillis)
    if (!wasOnline) this.#changed(id, "online")
  }

  linkUp(id: NodeId): void {
    const wasOnline = this.isOnline(id)
    this.#waiting.delete(id)
    this.#links.set(id, (this.#links.get(id) ?? 0) + 1)
    if (!wasOnline) this.#changed(id, "online")
  }

  linkDown(id: NodeId, now: number): void {
    const links = this.#links.get(id)
    // The link of a node that has left since closes after it.
    if (links === undefined) return
    if (links > 1) {
      this.#links.set(id, links - 1)
      return
    }
    this.#links.delete(id)
    this.#waiting.set(id, now + silenceMillis)
  }

  forget(id: NodeId): void {
    const wasOnline = this.isOnline(id)
    this.#links.delete(id)
    this.#waiting.delete(id)
    if (wasOnline) this.#changed(id, "offline")
  }

  /** Takes offline whoever's deadline is here or past. */
  expire(now: number): void {
    for (const [id, deadline] of this.#waiting) {
      if (deadline > now) return
      this.#waiting.delete(id)
      this.#changed(id, "offline")
    }
  }
}
