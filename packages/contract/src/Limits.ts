/** How much one key, or all of an account, may ask for. */
import { Schema } from "effect"
import { Micros } from "./Micros.ts"

const Most = Schema.NullOr(Schema.Int)

/** What counts; null: no limit. Tokens are the prompt's and the answer's. */
export const Limits = Schema.Struct({
  requests_per_minute: Most,
  requests_per_hour: Most,
  tokens_per_minute: Most,
  /** Jobs that run or wait at a time. */
  concurrency: Most,
  /** Micro-USDC on a day of UTC: what its jobs cost, and what is held for those that have not ended. */
  micros_per_day: Schema.NullOr(Micros)
})
export type Limits = typeof Limits.Type

/** Those that are counted here; what is spent is counted with the jobs. */
export const countNames = ["requests_per_minute", "requests_per_hour", "tokens_per_minute", "concurrency"] as const
export const limitNames = [...countNames, "micros_per_day"] as const

const Asked = Schema.optionalKey(
  Schema.NullOr(
    Schema.Int.check(
      Schema.isBetween(
        { minimum: 1, maximum: 1_000_000_000 },
        { message: "expected 1 to 1000000000, or null for none" }
      )
    )
  )
)

const AskedMicros = Schema.optionalKey(
  Schema.NullOr(
    Micros.check(
      Schema.isGreaterThanOrEqualToBigInt(1n, { message: "expected micro-USDC, at least 1, or null for no limit" })
    )
  )
)

/** What is asked for; absent: as much as is usual here; null: no limit. */
export const AskedLimits = Schema.Struct({
  requests_per_minute: Asked,
  requests_per_hour: Asked,
  tokens_per_minute: Asked,
  concurrency: Asked,
  micros_per_day: AskedMicros
})
export type AskedLimits = typeof AskedLimits.Type

/** None at all. */
export const unlimited: Limits = {
  requests_per_minute: null,
  requests_per_hour: null,
  tokens_per_minute: null,
  concurrency: null,
  micros_per_day: null
}

/** What a key may ask for where nobody says otherwise. */
export const usualOfKey: Limits = { ...unlimited, requests_per_minute: 60, requests_per_hour: 1_000 }

/** The same of an account: ten keys' worth. */
export const usualOfAccount: Limits = { ...unlimited, requests_per_minute: 600, requests_per_hour: 10_000 }
