/** How much keys and accounts may ask for that were given no limits of their own, and whose word counts on where from. */
import { type Limits, usualOfAccount, usualOfKey } from "@infernet/contract/Limits"
import type { UsualLimits } from "@infernet/control-plane/Settings"
import { Effect, Option } from "effect"
import { setting } from "./options.ts"
import * as values from "./values.ts"

/** 0: none. */
const limit = (variable: string, usual: number | null) =>
  Effect.map(setting(variable, values.count)(), (given) => {
    const most = Option.getOrElse(given, () => usual)
    return most === 0 ? null : most
  })

/** In micro-USDC; 0: none. */
const dollars = (variable: string) =>
  Effect.map(setting(variable, values.dollars)(), (given) => {
    const most = Option.getOrNull(given)
    return most === 0n ? null : most
  })

const ofKey: Effect.Effect<Limits, Effect.Error<ReturnType<typeof limit>>> = Effect.all({
  requests_per_minute: limit("INFERNET_KEY_REQUESTS_PER_MINUTE", usualOfKey.requests_per_minute),
  requests_per_hour: limit("INFERNET_KEY_REQUESTS_PER_HOUR", usualOfKey.requests_per_hour),
  tokens_per_minute: limit("INFERNET_KEY_TOKENS_PER_MINUTE", usualOfKey.tokens_per_minute),
  concurrency: limit("INFERNET_KEY_CONCURRENCY", usualOfKey.concurrency),
  micros_per_day: dollars("INFERNET_KEY_USD_PER_DAY")
})

const ofAccount: typeof ofKey = Effect.all({
  requests_per_minute: limit("INFERNET_ACCOUNT_REQUESTS_PER_MINUTE", usualOfAccount.requests_per_minute),
  requests_per_hour: limit("INFERNET_ACCOUNT_REQUESTS_PER_HOUR", usualOfAccount.requests_per_hour),
  tokens_per_minute: limit("INFERNET_ACCOUNT_TOKENS_PER_MINUTE", usualOfAccount.tokens_per_minute),
  concurrency: limit("INFERNET_ACCOUNT_CONCURRENCY", usualOfAccount.concurrency),
  micros_per_day: dollars("INFERNET_ACCOUNT_USD_PER_DAY")
})

export const usualLimits = Effect.all({ key: ofKey, account: ofAccount }) satisfies Effect.Effect<UsualLimits, unknown>

/** The proxies in front, whose `X-Forwarded-For` is believed. */
export const trustedProxies = Effect.map(setting("INFERNET_TRUSTED_PROXIES", values.networks)(), (given) =>
  Option.getOrElse(given, () => "")
    .split(",")
    .flatMap((network) => network.trim() || [])
)
