/**
 * Which model a digest is of: the one that most nodes call it.
 *
 * Each node has one voice, and a name that only its operator knows (`my-model`) never wins against one that says what it
 * is: else one node could draw the others' offers under its own name.
 */
import type { NodeId } from "@infernet/contract/Id"

/** A size, and no colon: that is what is left of a tag that was not understood. */
const isTelling = (model: string) => /\d[bm](?:-|$)/.test(model) && !model.includes(":")

/** Whether the first of two names, each told by so many nodes, is the better one. */
const isBetter = (a: string, voices: number, b: string, others: number): boolean => {
  if (isTelling(a) !== isTelling(b)) return isTelling(a)
  return voices === others ? a < b : voices > others
}

interface Election {
  readonly voices: Map<NodeId, string>
  readonly counts: Map<string, number>
}

export class Digests {
  readonly #elections = new Map<string, Election>()

  /** The node calls the digest by this name; of several names the first counts. */
  say(digest: string, node: NodeId, model: string): void {
    const election = this.#elections.get(digest) ?? { voices: new Map(), counts: new Map() }
    this.#elections.set(digest, election)
    if (election.voices.has(node)) return
    election.voices.set(node, model)
    election.counts.set(model, (election.counts.get(model) ?? 0) + 1)
  }

  /** The node no longer offers it. */
  retract(digest: string, node: NodeId): void {
    const election = this.#elections.get(digest)
    const model = election?.voices.get(node)
    if (election === undefined || model === undefined) return
    election.voices.delete(node)
    const count = (election.counts.get(model) ?? 1) - 1
    if (count > 0) election.counts.set(model, count)
    else election.counts.delete(model)
    if (election.voices.size === 0) this.#elections.delete(digest)
  }

  /** None while nobody offers it. */
  modelOf(digest: string): string | undefined {
    let best: string | undefined
    let most = 0
    for (const [model, count] of this.#elections.get(digest)?.counts ?? []) {
      if (best !== undefined && !isBetter(model, count, best, most)) continue
      best = model
      most = count
    }
    return best
  }
}
