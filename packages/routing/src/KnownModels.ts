/** The model names that nodes have offered, for a while after they have gone: "no capacity" tells more than "unknown". */
import { type Asked, askedOf } from "./names/asked.ts"
import { nearest } from "./nearest.ts"

/** Nodes choose names freely, so their number is bounded: past it the names not offered for longest are forgotten. */
const limit = 1_000
/** Names that an error message tells. */
const told = 3

export class KnownModels {
  /** Each spelling, and what asks for it would get. */
  readonly #names = new Map<string, Asked>()

  add(names: ReadonlyArray<string>): void {
    for (const name of names) {
      const asked = this.#names.get(name) ?? askedOf(name)
      this.#names.delete(name)
      this.#names.set(name, asked)
    }
    for (const name of this.#names.keys()) {
      if (this.#names.size <= limit) return
      this.#names.delete(name)
    }
  }

  /** Whether it was offered under this name, or under another one of the same model. */
  has({ model, quantization, spelling }: Asked): boolean {
    if (this.#names.has(spelling)) return true
    const wide = (known: Asked) => quantization === undefined || known.quantization === undefined
    for (const known of this.#names.values()) {
      if (known.model === model && (wide(known) || known.quantization === quantization)) return true
    }
    return false
  }

  /** The nearest spelling of each of the nearest models. */
  nearest({ spelling }: Asked): ReadonlyArray<string> {
    const models = new Set<string>()
    const names = nearest(spelling, this.#names.keys(), this.#names.size).filter((name) => {
      const model = this.#names.get(name)?.model ?? name
      return !models.has(model) && models.add(model)
    })
    return names.slice(0, told)
  }
}
