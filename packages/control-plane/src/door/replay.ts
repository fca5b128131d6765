/** The answer of a job that has ended, from what is kept of it. */
import type { JobResult } from "@infernet/contract/Job"
import { Effect, Option } from "effect"
import { Conflict, InternalError } from "@infernet/contract/ApiError"
import { failureOf } from "../http/wait.ts"
import { JobLog, type Entry } from "../job/JobLog.ts"
import type { StoredJob } from "../job/JobStore.ts"
import { storedEnd } from "../job/submission.ts"

/** The pieces that a result would come in, were it said in one go. */
export const entriesOf = ({ content, reasoning, tool_calls }: JobResult): ReadonlyArray<Entry> => [
  ...(reasoning === undefined ? [] : [{ kind: "reasoning" as const, text: reasoning }]),
  ...(content === "" ? [] : [{ kind: "text" as const, text: content }]),
  ...(tool_calls ?? []).map((call, index) => ({
    kind: "tool_call" as const,
    text: JSON.stringify({ index, id: call.id, ...call.function })
  }))
]

/** What a job said, and how it ended; fails as the job did. `kept` is its stream, of which little is left after a while. */
export const replay = Effect.fnUntraced(function* (job: StoredJob, kept: Option.Option<JobLog>) {
  const end = storedEnd(job)
  if (end === undefined) {
    // Its own process has ended, or another one runs it.
    return yield* new Conflict({ error_message: `job ${job.id} of this Idempotency-Key has not ended: try again` })
  }
  if (end._tag === "Failed") return yield* Effect.fail(failureOf(end))
  if (job.result === null) return yield* new InternalError({ error_message: `job ${job.id} has lost its result` })
  const log = Option.getOrElse(kept, () => JobLog.ended(job.result === null ? [] : entriesOf(job.result), end))
  return { log, result: job.result }
})
