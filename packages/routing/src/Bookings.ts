/** What each node has been given and not yet got done: exact at every moment, as a choice and its credit are one step. */
import type { NodeId } from "@infernet/contract/Id"
import type { InFlight } from "./cost.ts"

/** A place at a node, held until `release`; its functions may be called any number of times. */
export interface Place {
  readonly node: NodeId
  /** The prompt has been read: content has come. */
  readonly firstContent: () => void
  /** The node has no room for it: for a while it is given no more than it has without this one. No fault of its. */
  readonly tooMuch: () => void
  readonly release: () => void
}

interface Watcher {
  /** A place at the node is free again. */
  readonly released: (node: NodeId) => void
  /** The node, which has this many other attempts, has no room for one more. */
  readonly full: (node: NodeId, attempts: number) => void
}

const nothing: InFlight = { attempts: 0, promptTokens: 0 }

interface Credit {
  attempts: number
  promptTokens: number
}

export class Bookings {
  readonly #credits = new Map<NodeId, Credit>()
  /** Nodes that may be given more. */
  readonly #open = new Set<NodeId>()
  readonly #watcher: Watcher

  constructor(watcher: Watcher) {
    this.#watcher = watcher
  }

  /** What the node has at the moment of the call. */
  of(node: NodeId): InFlight {
    return { ...(this.#credits.get(node) ?? nothing) }
  }

  /** What the node has at every moment until it is closed: for whoever looks at thousands of nodes a choice. */
  open(node: NodeId): InFlight {
    this.#open.add(node)
    return this.#creditOf(node)
  }

  /** The node is given nothing more; what it has is forgotten once that is released. */
  close(node: NodeId): void {
    this.#open.delete(node)
    if (this.#credits.get(node)?.attempts === 0) this.#credits.delete(node)
  }

  book(node: NodeId, promptTokens: number): Place {
    const credit = this.#creditOf(node)
    credit.attempts += 1
    credit.promptTokens += promptTokens
    let prompt = promptTokens
    let attempts = 1
    const firstContent = () => {
      credit.promptTokens -= prompt
      prompt = 0
    }
    const release = () => {
      if (attempts === 0) return
      firstContent()
      credit.attempts -= 1
      attempts = 0
      if (credit.attempts === 0 && !this.#open.has(node)) this.#credits.delete(node)
      this.#watcher.released(node)
    }
    const tooMuch = () => this.#watcher.full(node, credit.attempts - attempts)
    return { node, firstContent, tooMuch, release }
  }

  #creditOf(node: NodeId): Credit {
    const credit = this.#credits.get(node) ?? { attempts: 0, promptTokens: 0 }
    this.#credits.set(node, credit)
    return credit
  }
}
