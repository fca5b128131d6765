/** The answer of a job that has ended, from what is kept of it. */
import { Conflict, InternalError, type NotFound, type Unavailable } from "@infernet/contract/ApiError"
import type { JobResult } from "@infernet/contract/Job"
import { Effect, Option } from "effect"
import { failureOf } from "../http/wait.ts"
import { type Entry, JobLog } from "../job/JobLog.ts"
import type { StoredJob } from "../job/JobStore.ts"

/** The pieces that a result would come in, were it said in one go. */
export const entriesOf = ({ content, logprobs, reasoning, tool_calls }: JobResult): ReadonlyArray<Entry> => [
  ...(reasoning === undefined ? [] : [{ kind: "reasoning" as const, text: reasoning }]),
  ...(content === "" ? [] : [{ kind: "text" as const, text: content }]),
  ...(logprobs === undefined ? [] : [{ kind: "logprobs" as const, text: JSON.stringify(logprobs) }]),
  ...(tool_calls ?? []).map((call, index) => ({
    kind: "tool_call" as const,
    text: JSON.stringify({ index, id: call.id, ...call.function })
  }))
]

/** What a job came to; fails as the job did. */
export const resultAgain = Effect.fnUntraced(function* ({ error, errorMessage, id, result }: StoredJob) {
  if (result !== null) return result
  if (error !== null) return yield* Effect.fail(failureOf({ _tag: "Failed", error, message: errorMessage ?? error }))
  // The process that ran it is gone, and no other has taken it over yet.
  return yield* new Conflict({ error_message: `job ${id} of this Idempotency-Key has not ended: try again` })
})

/** What a job said: its stream while that is `kept`, then the result in few pieces. Fails where it said nothing. */
export const streamAgain = Effect.fnUntraced(function* (job: StoredJob, kept: Option.Option<JobLog>) {
  if (Option.isSome(kept) && kept.value.readable > 0) return kept.value
  const result = yield* resultAgain(job)
  const { finish_reason: finishReason, usage } = result
  return JobLog.ended(entriesOf(result), { _tag: "Completed", finishReason, usage })
})

/** What a result was put together from. `read` reads what is kept of the stream, which must be there for vectors. */
export const logAgain = Effect.fnUntraced(function* (
  job: StoredJob,
  result: JobResult,
  read: Effect.Effect<Option.Option<JobLog>, NotFound | Unavailable>
) {
  if (job.kind !== "embedding") return entriesOf(result)
  const kept = yield* read
  if (Option.isSome(kept)) return kept.value
  return yield* new InternalError({ error_message: `the vectors of job ${job.id} are gone: ask with another key` })
})
