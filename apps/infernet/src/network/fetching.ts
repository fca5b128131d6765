/** A fetch of what the published package leaves out, told while it goes on. */
import * as rate from "@infernet/backend/install/rate"
import type { FetchProgress } from "@infernet/platform/fetched/Fetched"
import type { Effect } from "effect"
import { progressText } from "../terminal/bar.ts"
import { during } from "../terminal/progress.ts"
import { rowWidth } from "../terminal/style.ts"

/** Where no terminal is, a line so often. */
const everySeconds = 5

/** What hears of a fetch, and what tells of it for as long as an effect waits; nothing where nothing is fetched. */
export const make = (label: string) => {
  const speed = rate.make()
  let last: (FetchProgress & { readonly bytes_per_second?: number }) | undefined

  const hear = (progress: FetchProgress) => {
    const pace = speed.at(performance.now(), progress.completed_bytes)
    last = { ...progress, ...(pace !== undefined && { bytes_per_second: pace }) }
  }
  const text = (seconds: number) =>
    last === undefined ? undefined : progressText({ phase: "downloading", ...last }, seconds, rowWidth())

  return { hear, told: <A, E, R>(waits: Effect.Effect<A, E, R>) => during(label, text, everySeconds)(waits) }
}
