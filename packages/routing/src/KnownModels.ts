/** The model names that nodes have offered, for a while after they have gone: "no capacity" tells more than "unknown". */
import type { ModelOffer } from "@infernet/contract/Node"
import { type Asked, askedOf } from "./names/asked.ts"
import { nearest } from "./nearest.ts"

/** Nodes choose names freely, so their number is bounded: past it the names not offered for longest are forgotten. */
const limit = 1_000
/** Names that an error message tells. */
const told = 3

export class KnownModels {
  /** Each spelling, and what it asks for; a toy has no other name than its own. */
  readonly #names = new Map<string, Asked | undefined>()

  add(offers: ReadonlyArray<Pick<ModelOffer, "demo" | "id">>): void {
    for (const { demo, id } of offers) {
      const asked = demo === true ? undefined : (this.#names.get(id) ?? askedOf(id))
      this.#names.delete(id)
      this.#names.set(id, asked)
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
      if (known?.model === model && (wide(known) || known.quantization === quantization)) return true
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
