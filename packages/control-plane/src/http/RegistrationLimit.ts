/** How often an address may try what costs us: register nodes that nobody knows yet, guess link codes. */
import { RateLimited } from "@infernet/contract/ApiError"
import { Clock, Effect } from "effect"

const perWindow = 10
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

/** Counts what comes from an address; fails when there was too much of it within the minute. `what` is in the plural. */
export const make = Effect.fnUntraced(function* (what: string) {
  const clock = yield* Clock.Clock
  const counts = new Map<string, number>()
  let windowStart = 0

  return (address: string): Effect.Effect<void, RateLimited> =>
    Effect.suspend(() => {
      const now = Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
      if (now - windowStart >= windowMillis) {
        counts.clear()
        windowStart = now
      }
      const network = networkOf(address)
      const count = (counts.get(network) ?? 0) + 1
      if (count <= perWindow && (count > 1 || counts.size < maxAddresses)) {
        counts.set(network, count)
        return Effect.void
      }
      const retry_after = Math.ceil((windowStart + windowMillis - now) / 1000)
      const error_message = `at most ${perWindow} ${what} a minute from one address: try again in ${retry_after} s`
      return Effect.fail(new RateLimited({ error_message, retry_after }))
    })
})
