/**
 * Those who wait for a place, the longest first.
 *
 * A place that becomes free wakes one of them, not all: thousands may wait, and each that wakes in vain costs time.
 */
import { Effect } from "effect"
import type { Want } from "./Router.ts"

interface Waiter {
  readonly want: Want
  readonly kind: string | undefined
  readonly wake: () => void
}

/** What decides whether there is a place for it; none where that is for it alone. */
const kindOf = ({ exclude, model, needs, pin, terms }: Want): string | undefined => {
  if (pin !== undefined || exclude.size > 0) return undefined
  const parts = needs === undefined ? [] : [needs.contextLength, ...needs.capabilities]
  return [model, terms?.most ?? "any price", ...parts].join("\n")
}

export class Waiting {
  readonly #waiters = new Set<Waiter>()
  readonly #hasPlace: (want: Want) => boolean

  constructor(hasPlace: (want: Want) => boolean) {
    this.#hasPlace = hasPlace
  }

  get size(): number {
    return this.#waiters.size
  }

  /** Completes when there is a place, which whoever is woken takes or leaves. */
  place(want: Want): Effect.Effect<void> {
    return Effect.callback((resume) => {
      if (this.#hasPlace(want)) return resume(Effect.void)
      const waiter = { want, kind: kindOf(want), wake: () => resume(Effect.void) }
      this.#waiters.add(waiter)
      return Effect.sync(() => void this.#waiters.delete(waiter))
    })
  }

  /** Something became free, or known. Each that is woken takes its place before the next is looked at. */
  offer(): void {
    const hopeless = new Set<string>()
    for (const waiter of this.#waiters) {
      const { kind, want } = waiter
      if (kind !== undefined && hopeless.has(kind)) continue
      if (this.#hasPlace(want)) {
        this.#waiters.delete(waiter)
        waiter.wake()
      } else if (kind !== undefined) hopeless.add(kind)
    }
  }
}
