import { describe, expect } from "bun:test"
import { durationOf, names, rateHeaders } from "@infernet/control-plane/http/rateHeaders"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"

const requests = { limit: 60, remaining: 12, fullInMillis: 48_000 }
const tokens = { limit: 1_000, remaining: 0, fullInMillis: 90_000 }

describe("rate headers", () => {
  it("tell OpenAI's clients by their own names, and everybody the second at which all is there again", () =>
    Effect.sync(() => {
      const headers = rateHeaders({ requests, tokens }, 1_000_500, "/v1/chat/completions")
      expect(headers).toEqual({
        "x-ratelimit-limit": "60",
        "x-ratelimit-remaining": "12",
        "x-ratelimit-reset": "1049",
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "12",
        "x-ratelimit-reset-requests": "48s",
        "x-ratelimit-limit-tokens": "1000",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "1m30s"
      })
      expect(names.toSorted()).toEqual(Object.keys(headers).toSorted())
    }))

  it("tell nothing of what has no limit", () =>
    Effect.sync(() => {
      expect(rateHeaders({ requests: undefined, tokens: undefined }, 0, "/v1/models")).toEqual({})
      expect([0, 119.2, 1_000, 59_001].map(durationOf)).toEqual(["0ms", "120ms", "1s", "1m0s"])
    }))
})
