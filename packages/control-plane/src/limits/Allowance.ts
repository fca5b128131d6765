/** What one key or account has left of its limits. Plain synchronous code: between looking and taking nobody else takes. */
import type { Limits } from "@infernet/contract/Limits"
import { left, type Rate, taken, waitMillis } from "./bucket.ts"

/** What is left of one limit. */
export interface Meter {
  readonly limit: number
  readonly remaining: number
  /** Until all of it is there again. */
  readonly fullInMillis: number
}

export type Window = "requests_per_minute" | "requests_per_hour" | "tokens_per_minute"

/** Why not now. */
export type Denial =
  | { readonly _tag: "UsedUp"; readonly window: Window; readonly limit: number; readonly waitMillis: number }
  | { readonly _tag: "TooManyAtOnce"; readonly limit: number }

/** Why never: the job may come to more tokens than there are in a minute. */
export interface TooLarge {
  readonly _tag: "TooLarge"
  readonly limit: number
}

const windowMillis: Record<Window, number> = {
  requests_per_minute: 60_000,
  requests_per_hour: 3_600_000,
  tokens_per_minute: 60_000
}

const requestWindows = ["requests_per_minute", "requests_per_hour"] as const

export class Allowance {
  /** As they were told last: they change under a running job. */
  limits: Limits
  /** Jobs that have not ended. */
  running = 0
  readonly #fullAt: Record<Window, number> = { requests_per_minute: 0, requests_per_hour: 0, tokens_per_minute: 0 }
  /** When the bucket of tokens was last seen full: what was taken before is forgotten, and nothing of it comes back. */
  #tokensFullAt = 0

  constructor(limits: Limits) {
    this.limits = limits
  }

  #rate(window: Window): Rate | undefined {
    const capacity = this.limits[window]
    return capacity === null ? undefined : { capacity, windowMillis: windowMillis[window] }
  }

  #denied(window: Window, now: number, cost: number): Denial | undefined {
    const rate = this.#rate(window)
    if (rate === undefined) return undefined
    const wait = waitMillis(rate, this.#fullAt[window], now, cost)
    return wait === 0 ? undefined : { _tag: "UsedUp", window, limit: rate.capacity, waitMillis: wait }
  }

  #take(window: Window, now: number, cost: number): void {
    const rate = this.#rate(window)
    if (rate !== undefined) this.#fullAt[window] = taken(rate, this.#fullAt[window], now, cost)
  }

  /** Why a request has to wait. The hour's reason comes first, as its wait is the longer one as a rule. */
  deniesRequest(now: number): Denial | undefined {
    return this.#denied("requests_per_hour", now, 1) ?? this.#denied("requests_per_minute", now, 1)
  }

  takeRequest(now: number): void {
    for (const window of requestWindows) this.#take(window, now, 1)
  }

  deniesJob(now: number, tokens: number): Denial | TooLarge | undefined {
    const { concurrency, tokens_per_minute: limit } = this.limits
    if (limit !== null && tokens > limit) return { _tag: "TooLarge", limit }
    if (concurrency !== null && this.running >= concurrency) return { _tag: "TooManyAtOnce", limit: concurrency }
    return this.#denied("tokens_per_minute", now, tokens)
  }

  takeJob(now: number, tokens: number): void {
    this.running += 1
    if (this.#fullAt.tokens_per_minute <= now) this.#tokensFullAt = now
    this.#take("tokens_per_minute", now, tokens)
  }

  /** A job that took `tokens` at `since` has used `used` of them. */
  endJob(now: number, since: number, tokens: number, used: number): void {
    this.running -= 1
    const isForgotten = this.#tokensFullAt > since || this.#fullAt.tokens_per_minute <= now
    if (!isForgotten) this.#take("tokens_per_minute", now, used - tokens)
  }

  /** Of the windows of requests the one with the least left; none without limits. */
  requests(now: number): Meter | undefined {
    const meters = requestWindows.flatMap((window) => this.#meter(window, now) ?? [])
    return meters.reduce<Meter | undefined>(tighter, undefined)
  }

  tokens(now: number): Meter | undefined {
    return this.#meter("tokens_per_minute", now)
  }

  #meter(window: Window, now: number): Meter | undefined {
    const rate = this.#rate(window)
    if (rate === undefined) return undefined
    const fullAt = this.#fullAt[window]
    return {
      limit: rate.capacity,
      remaining: left(rate, fullAt, now),
      fullInMillis: Math.max(0, fullAt - now)
    }
  }

  /** Nothing is lost with it: a fresh one would say the same. */
  isIdle(now: number): boolean {
    return this.running === 0 && Object.values(this.#fullAt).every((fullAt) => fullAt <= now)
  }
}

/** The one that is felt first. */
export const tighter = (a: Meter | undefined, b: Meter | undefined): Meter | undefined =>
  a === undefined || (b !== undefined && b.remaining < a.remaining) ? b : a
