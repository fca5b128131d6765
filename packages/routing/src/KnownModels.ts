/** The model names that nodes have offered, for a while after they have gone: "no capacity" tells more than "unknown". */
import { nearest } from "./nearest.ts"

/** Nodes choose names freely, so their number is bounded: past it the names not offered for longest are forgotten. */
const limit = 1_000

export class KnownModels {
  readonly #names = new Set<string>()

  add(names: ReadonlyArray<string>): void {
    for (const name of names) {
      this.#names.delete(name)
      this.#names.add(name)
    }
    for (const name of this.#names) {
      if (this.#names.size <= limit) return
      this.#names.delete(name)
    }
  }

  has(name: string): boolean {
    return this.#names.has(name)
  }

  nearest(name: string): ReadonlyArray<string> {
    return nearest(name, this.#names)
  }
}
