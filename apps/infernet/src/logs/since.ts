/** A time in the past, as a person writes it: so long ago, or then. */
import { Option } from "effect"
import type { Value } from "../settings/values.ts"

/** Of the epoch, given what time it is now; both in milliseconds. */
export type Since = (now: number) => number

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

const parse = (text: string): Option.Option<Since> => {
  const [, count, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text.trim()) ?? []
  const millis = units[unit]
  if (millis !== undefined) return Option.some((now) => now - Number(count) * millis)
  // A time without a zone is this machine's, as the lines show it.
  const then = /^\d{4}-\d\d-\d\d/.test(text.trim()) ? Date.parse(text.trim().replace(" ", "T")) : Number.NaN
  return Number.isNaN(then) ? Option.none() : Option.some(() => then)
}

export const since: Value<Since> = {
  expected: "how long ago (30s, 10m, 2h, 1d) or when (2026-11-22T10:00)",
  parse
}
