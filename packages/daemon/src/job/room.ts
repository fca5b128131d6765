/** What the attempts of a node hold in memory, and whether one more fits beside them. */
import { limits } from "@infernet/contract/Link"
import type { Attempt } from "./Attempt.ts"
import type { Refusal } from "./Jobs.ts"

/** Output of all attempts together, past which no further one begins. */
const keptBytes = 256 << 20

/** Why there is no room for a further one besides those that are `coming`. */
export const noRoom = (attempts: ReadonlyMap<unknown, Pick<Attempt, "bytes">>, coming: number): Refusal | undefined => {
  if (attempts.size + coming >= limits.attemptsPerLink) {
    return { error: "overloaded", reason: `the node holds ${limits.attemptsPerLink} attempts, the most it takes` }
  }
  let kept = 0
  for (const { bytes } of attempts.values()) kept += bytes
  if (kept < keptBytes) return undefined
  return { error: "overloaded", reason: `the node keeps ${kept} bytes of output that nobody has acknowledged` }
}

/** Of long requests that are being answered, in UTF-16 units: they stay in memory until then. */
export const requestLength = (attempts: ReadonlyMap<unknown, Attempt>): number => {
  let length = 0
  for (const attempt of attempts.values()) if (attempt.end === undefined) length += attempt.requestLength
  return length
}
