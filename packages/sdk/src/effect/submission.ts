/** A submission under an idempotency key, so that sending it again makes no second job. */
import type { SubmitJob } from "@infernet/contract/Job"
import { Effect, Random } from "effect"

/** What is asked of a model. Absent: `max_tokens` 512, `temperature` 0.7, `top_p` 1. */
export type ChatParams = Omit<typeof SubmitJob.Type, "stream">

export interface SubmitOptions {
  /** At most 128 bytes: one job however often it is submitted within 24 hours. Without it each call makes its own. */
  readonly idempotencyKey?: string | undefined
}

/** 128 random bits. */
const freshKey = Effect.map(
  Effect.all(Array.from({ length: 4 }, () => Random.nextIntBetween(0, 2 ** 32 - 1))),
  (parts) => parts.map((part) => part.toString(16).padStart(8, "0")).join("")
)

/** The key to submit with now, which a renewal replaces. */
export const keyed = ({ idempotencyKey: own }: SubmitOptions) => {
  let key = own
  return {
    key: Effect.suspend(() =>
      key === undefined ? Effect.tap(freshKey, (fresh) => Effect.sync(() => (key = fresh))) : Effect.succeed(key)
    ),
    /** After an error that tells that its job is over: a new key, or whether the caller's own may yet do. */
    renew: (code: string): boolean => {
      if (own === undefined) key = undefined
      return own === undefined || code === "no_capacity"
    }
  }
}
