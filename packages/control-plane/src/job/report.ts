/** What the log and `/metrics` tell of jobs. */
import { AttemptFault } from "@infernet/contract/Link"
import { DateTime, Effect, Metric } from "effect"
import type { Outcome } from "../relay/RelayAttempt.ts"
import { type Final, isFull } from "./decide.ts"
import { nameOf } from "./ending.ts"
import type { NewAttempt } from "./JobStore.ts"
import type { LiveJob } from "./LiveJob.ts"

const jobs = Metric.counter("infernet_jobs_total", { description: "Jobs ended, by status", incremental: true })
const attempts = Metric.counter("infernet_attempts_total", {
  description: "Attempts ended, by outcome",
  incremental: true
})
const tokens = Metric.counter("infernet_tokens_total", {
  description: "Tokens of completed jobs, by direction",
  incremental: true
})
const firstToken = Metric.histogram("infernet_first_token_seconds", {
  description: "Submission to first content",
  boundaries: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64]
})

/** Every series at zero: one that appears with its first event shows no increase, so a first failure would go unseen. */
export const begin = Effect.forEach(
  [
    ...["completed", "failed", "cancelled"].map((status) => Metric.withAttributes(jobs, { status })),
    ...["done", "lost", ...AttemptFault.literals].map((outcome) => Metric.withAttributes(attempts, { outcome })),
    ...["prompt", "completion"].map((direction) => Metric.withAttributes(tokens, { direction }))
  ],
  (counter) => Metric.update(counter, 0),
  { discard: true }
).pipe(Effect.andThen(Metric.value(firstToken)), Effect.asVoid)

export const reportAttempt = Effect.fnUntraced(function* (job: LiveJob, attempt: NewAttempt, outcome: Outcome) {
  const name = nameOf(outcome)
  yield* Metric.update(Metric.withAttributes(attempts, { outcome: name }), 1)
  if (outcome._tag === "Done") return
  const reason = outcome._tag === "Failed" ? outcome.message : "its link closed"
  const facts = { job: job.id, attempt: attempt.id, node: attempt.node, outcome: name, reason }
  // A full node and a client that left are everyday life.
  const expected = isFull(outcome) || name === "cancelled"
  yield* expected ? Effect.logInfo("attempt ended", facts) : Effect.logWarning("attempt failed", facts)
})

export const reportJob = Effect.fnUntraced(function* (job: LiveJob, final: Final) {
  const status = final._tag === "Complete" ? "completed" : final.status
  const millis = DateTime.toEpochMillis(yield* DateTime.now) - DateTime.toEpochMillis(job.createdAt)
  const ttft = job.firstTokenAt && DateTime.toEpochMillis(job.firstTokenAt) - DateTime.toEpochMillis(job.createdAt)
  yield* Metric.update(Metric.withAttributes(jobs, { status }), 1)
  if (ttft !== null) yield* Metric.update(firstToken, ttft / 1000)
  const facts = { job: job.id, model: job.model, status, ms: millis, ttft_ms: ttft }
  if (final._tag === "Fail") {
    return yield* Effect.logInfo("job ended", { ...facts, error: final.error, reason: final.message })
  }
  const { completion_tokens, prompt_tokens } = final.done.usage
  yield* Metric.update(Metric.withAttributes(tokens, { direction: "prompt" }), prompt_tokens)
  yield* Metric.update(Metric.withAttributes(tokens, { direction: "completion" }), completion_tokens)
  yield* Effect.logInfo("job ended", { ...facts, prompt_tokens, completion_tokens })
})
