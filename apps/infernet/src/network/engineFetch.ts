/** The engine's fetch, told while it goes on: the published package brings the engine when it is first needed. */
import { EngineFiles, type EngineProgress } from "@infernet/backend/embedded/EngineFiles"
import * as rate from "@infernet/backend/install/rate"
import type { Effect } from "effect"
import { progressText } from "../terminal/bar.ts"
import { during } from "../terminal/progress.ts"
import { rowWidth } from "../terminal/style.ts"

/** Where no terminal is, a line so often. */
const everySeconds = 5

/** The engine's files, and what tells of their fetch for as long as an effect waits for them. */
export const make = () => {
  const speed = rate.make()
  let last: (EngineProgress & { readonly bytes_per_second?: number }) | undefined

  const hear = (progress: EngineProgress) => {
    const pace = speed.at(performance.now(), progress.completed_bytes)
    last = { ...progress, ...(pace !== undefined && { bytes_per_second: pace }) }
  }
  const text = (seconds: number) =>
    last === undefined ? undefined : progressText({ phase: "downloading", ...last }, seconds, rowWidth())

  return {
    layer: EngineFiles.layer(hear),
    told: <A, E, R>(waits: Effect.Effect<A, E, R>) => during("engine", text, everySeconds)(waits)
  }
}
