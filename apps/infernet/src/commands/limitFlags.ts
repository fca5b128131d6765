/** Limits as flags, for keys and for accounts. */
import type { AskedLimits, Limits } from "@infernet/contract/Limits"
import { limitNames } from "@infernet/contract/Limits"
import { Option } from "effect"
import { flag } from "../settings/options.ts"
import * as values from "../settings/values.ts"

const most = (name: string, what: string) => flag(name, "<number>", `${what}; 0 for no limit`, values.count)

export const limitFlags = {
  requests_per_minute: most("requests-per-minute", "Requests in a minute"),
  requests_per_hour: most("requests-per-hour", "Requests in an hour"),
  tokens_per_minute: most("tokens-per-minute", "Tokens in a minute"),
  concurrency: most("concurrency", "Jobs at a time")
}

type Given = { readonly [Name in (typeof limitNames)[number]]: Option.Option<number> }

/** Only those that were given. */
export const askedLimits = (given: Given): AskedLimits =>
  Object.fromEntries(
    limitNames.flatMap((name) =>
      Option.isNone(given[name]) ? [] : [[name, given[name].value === 0 ? null : given[name].value]]
    )
  )

/** `60/min, 1000/h, 4 at a time`. */
export const limitsText = (limits: Limits): string => {
  const parts = [
    [limits.requests_per_minute, "/min"],
    [limits.requests_per_hour, "/h"],
    [limits.tokens_per_minute, " tokens/min"],
    [limits.concurrency, " at a time"]
  ] as const
  const told = parts.flatMap(([limit, unit]) => (limit === null ? [] : [`${limit}${unit}`]))
  return told.length === 0 ? "no limits" : told.join(", ")
}
