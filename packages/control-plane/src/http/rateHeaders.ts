/** What is left of a caller's limits, as its answers tell it. */
import type { Meter } from "../limits/Allowance.ts"
import type { Standing } from "../limits/Limits.ts"

/** As OpenAI writes how long it takes: `120ms`, `6s`, `1m30s`. */
export const durationOf = (millis: number): string => {
  if (millis < 1_000) return `${Math.ceil(millis)}ms`
  const seconds = Math.ceil(millis / 1_000)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
}

const openAi = (kind: "requests" | "tokens", meter: Meter | undefined): Record<string, string> =>
  meter === undefined
    ? {}
    : {
        [`x-ratelimit-limit-${kind}`]: String(meter.limit),
        [`x-ratelimit-remaining-${kind}`]: String(meter.remaining),
        [`x-ratelimit-reset-${kind}`]: durationOf(meter.fullInMillis)
      }

/**
 * `X-RateLimit-*` are of requests, `-Reset` the Unix second at which all of them are there again. Under `/v1/` also
 * OpenAI's names, for requests and tokens; elsewhere those for tokens.
 */
export const rateHeaders = (
  { requests, tokens }: Standing,
  nowMillis: number,
  path: string
): Record<string, string> => ({
  ...(requests === undefined
    ? {}
    : {
        "x-ratelimit-limit": String(requests.limit),
        "x-ratelimit-remaining": String(requests.remaining),
        "x-ratelimit-reset": String(Math.ceil((nowMillis + requests.fullInMillis) / 1_000))
      }),
  ...(path.startsWith("/v1/") ? openAi("requests", requests) : {}),
  ...openAi("tokens", tokens)
})

/** Their names, for browsers to be let at them. */
export const names: ReadonlyArray<string> = ["", "-requests", "-tokens"].flatMap((kind) =>
  ["limit", "remaining", "reset"].map((what) => `x-ratelimit-${what}${kind}`)
)
