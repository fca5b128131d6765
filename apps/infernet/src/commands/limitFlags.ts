/** Limits as flags, for keys and for accounts. */
import type { AskedLimits, Limits } from "@infernet/contract/Limits"
import { countNames } from "@infernet/contract/Limits"
import { usdc } from "@infernet/contract/Micros"
import { Option } from "effect"
import { flag } from "../settings/options.ts"
import * as values from "../settings/values.ts"

const most = (name: string, what: string) => flag(name, "<number>", `${what}; 0 for no limit`, values.count)

export const limitFlags = {
  requests_per_minute: most("requests-per-minute", "Requests in a minute"),
  requests_per_hour: most("requests-per-hour", "Requests in an hour"),
  tokens_per_minute: most("tokens-per-minute", "Tokens in a minute"),
  concurrency: most("concurrency", "Jobs at a time"),
  micros_per_day: flag(
    "usd-per-day",
    "<dollars>",
    "Dollars that jobs may cost on a day of UTC; 0 for no limit",
    values.dollars
  )
}

type Given = { readonly [Name in (typeof countNames)[number]]: Option.Option<number> } & {
  readonly micros_per_day: Option.Option<bigint>
}

/** Only those that were given. */
export const askedLimits = (given: Given): AskedLimits => {
  const counts = countNames.flatMap((name) =>
    Option.isNone(given[name]) ? [] : [[name, given[name].value === 0 ? null : given[name].value]]
  )
  const { micros_per_day: micros } = given
  return {
    ...Object.fromEntries(counts),
    ...(Option.isSome(micros) && { micros_per_day: micros.value === 0n ? null : micros.value })
  }
}

/** `60/min, 1000/h, 4 at a time, $5/day`. */
export const limitsText = (limits: Limits): string => {
  const parts = [
    [limits.requests_per_minute, "/min"],
    [limits.requests_per_hour, "/h"],
    [limits.tokens_per_minute, " tokens/min"],
    [limits.concurrency, " at a time"]
  ] as const
  const counts = parts.flatMap(([limit, unit]) => (limit === null ? [] : [`${limit}${unit}`]))
  const { micros_per_day: micros } = limits
  const told = micros === null ? counts : [...counts, `$${usdc(micros)}/day`]
  return told.length === 0 ? "no limits" : told.join(", ")
}
