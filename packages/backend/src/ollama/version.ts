/** What each version of Ollama learned: fields that an older one would drop without a word. */
import type { Lacks, Parameter } from "../Parameter.ts"

/** The parts of a release's number; a build from source calls itself 0.0.0 and counts as newer than every release. */
const parts = (version: string): ReadonlyArray<number> | undefined => {
  const found = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number)
  return found?.every((part) => part === 0) ? [Number.POSITIVE_INFINITY] : found
}

/** An unknown version is older than all. */
export const atLeast = (version: string | undefined, wanted: string): boolean => {
  const has = parts(version ?? "")
  const needs = parts(wanted) ?? []
  if (has === undefined) return false
  for (let i = 0; i < needs.length; i++) {
    const difference = (has[i] ?? 0) - (needs[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}

const since: ReadonlyArray<readonly [parameter: Parameter, version: string]> = [
  ["logprobs", "0.12.11"],
  ["top_logprobs", "0.12.11"],
  ["min_p", "0.3.1"]
]

export const lacksOf = (version: string | undefined): Lacks =>
  new Map(
    since
      .filter(([, wanted]) => !atLeast(version, wanted))
      .map(([parameter, wanted]) => [
        parameter,
        `this is Ollama ${version ?? "of an unknown version"}, which came to it with ${wanted}; update Ollama`
      ])
  )

/** Until then Ollama's own engine, which most newer models ran on, left penalties out. */
export const appliesPenalties = (version: string | undefined): boolean => atLeast(version, "0.30.0")
