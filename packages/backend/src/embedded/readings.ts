/** How busy the engine is, by its own count. */
import type { Usage } from "@infernet/contract/Chat"
import type { BackendReadings } from "@infernet/contract/Node"

/** A model in memory: how many requests it runs at once, and how many it has. */
interface Place {
  readonly slots: number
  readonly inUse: number
}

export const make = () => {
  let asked = 0
  let found = 0
  return {
    count: ({ cached_tokens = 0, prompt_tokens }: Usage): void => {
      asked += prompt_tokens
      found += cached_tokens
    },
    now: (places: ReadonlyArray<Place>): BackendReadings => ({
      running: places.reduce((sum, { inUse, slots }) => sum + Math.min(inUse, slots), 0),
      waiting: places.reduce((sum, { inUse, slots }) => sum + Math.max(0, inUse - slots), 0),
      slots: places.reduce((sum, { slots }) => sum + slots, 0),
      prefix_query_tokens: asked,
      prefix_hit_tokens: found
    })
  }
}
