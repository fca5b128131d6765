/** A job's voucher, for the attempt that is about to be sent. */
import type { Voucher } from "@infernet/contract/Receipt"
import { Effect } from "effect"
import { Channels } from "../bill/Channels.ts"
import type { NewAttempt } from "../job/JobStore.ts"
import type { LiveJob } from "../job/LiveJob.ts"
import type { Outcome } from "../relay/RelayAttempt.ts"
import { type exceeded, Vouchers } from "./Vouchers.ts"

/** Its node's channel has as much under way as the platform signs for: as if the node were full. */
export const overdrawn: Outcome = {
  _tag: "Failed",
  error: "overloaded",
  message: "as much is under way over the node's channel as is signed for at a time",
  usage: undefined
}

/** Gives the function that signs for what is left of a job's hold; none where its work is not paid over a chain. */
export const make = Effect.gen(function* () {
  const channels = yield* Channels
  const vouchers = yield* Vouchers
  return Effect.fnUntraced(function* (job: LiveJob, attempt: NewAttempt) {
    if (job.source !== "money" || job.quote === null) return undefined
    const channel = yield* channels.current(attempt.node, job.source)
    const voucher: Voucher | typeof exceeded | undefined = vouchers.vouch(
      channel,
      attempt.id,
      job.quote.ceiling - job.billed.micros
    )
    return voucher
  })
})
