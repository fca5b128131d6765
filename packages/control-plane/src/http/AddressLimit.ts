/** How often an address may try what costs us: register nodes that nobody knows yet, guess link codes, guess keys. */
import { RateLimited } from "@infernet/contract/ApiError"
import { Clock, Effect } from "effect"
import type { HttpServerRequest } from "effect/http"
import { Settings } from "../Settings.ts"
import * as clientAddress from "./clientAddress.ts"

const windowMillis = 60_000
/** Addresses told apart in one window; what comes from yet another one has to wait for the next. */
const maxAddresses = 100_000

/** One customer's addresses: an IPv4 address, or the first half of an IPv6 address. */
export const networkOf = (address: string): string => {
  const v4 = /(?:^|:)(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1]
  if (v4 !== undefined) return v4
  const [head = "", tail] = address.split("::")
  const groups = head === "" ? [] : head.split(":")
  const rest = tail === undefined || tail === "" ? [] : tail.split(":")
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - rest.length)
  return [...groups, ...Array.from({ length: zeros }, () => "0"), ...rest].slice(0, 4).join(":")
}

/** `what` is in the plural; `perWindow` of it may come from an address in a minute. */
export const make = Effect.fnUntraced(function* (what: string, perWindow = 10) {
  const clock = yield* Clock.Clock
  const addressOf = clientAddress.make((yield* Settings).trustedProxies)
  const counts = new Map<string, number>()
  let windowStart = 0

  const current = (): number => {
    const now = Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
    if (now - windowStart >= windowMillis) {
      counts.clear()
      windowStart = now
    }
    return now
  }

  /** Fails where there was too much of it within the minute. */
  const check = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<void, RateLimited> =>
    Effect.suspend(() => {
      const now = current()
      const count = counts.get(networkOf(addressOf(request)))
      if (count === undefined ? counts.size < maxAddresses : count < perWindow) return Effect.void
      const retry_after = Math.ceil((windowStart + windowMillis - now) / 1000)
      const error_message = `at most ${perWindow} ${what} a minute from one address: try again in ${retry_after} s`
      return Effect.fail(new RateLimited({ error_message, retry_after }))
    })

  const count = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<void> =>
    Effect.sync(() => {
      current()
      const network = networkOf(addressOf(request))
      const before = counts.get(network)
      if (before !== undefined || counts.size < maxAddresses) counts.set(network, (before ?? 0) + 1)
    })

  return {
    check,
    count,
    /** Counts what comes from an address, unless there was too much of it. */
    take: (request: HttpServerRequest.HttpServerRequest) => Effect.andThen(check(request), count(request))
  }
})
