/** An attempt's outcome and the decision on it, as the store and the log take them. */
import type { Usage } from "@infernet/contract/Chat"
import type { DateTime } from "effect"
import type { NewBill } from "../bill/NewBill.ts"
import type { Outcome } from "../relay/RelayAttempt.ts"
import type { Decision, Final } from "./decide.ts"
import type { End } from "./JobLog.ts"
import type { Ending, NewAttempt } from "./JobStore.ts"
import type { LiveJob } from "./LiveJob.ts"
import { resultOf } from "./result.ts"

/** What the node says it did; nothing where it said nothing. */
const usageOf = (outcome: Outcome): Usage | null => {
  if (outcome._tag === "Done") return outcome.done.usage
  return outcome._tag === "Failed" ? (outcome.usage ?? null) : null
}

/** `done`, `lost`, or the fault's own name. */
export const nameOf = (outcome: Outcome): string =>
  outcome._tag === "Failed" ? outcome.error : outcome._tag.toLowerCase()

const finalOf = (job: LiveJob, decision: Decision): Ending["final"] => {
  switch (decision._tag) {
    case "Retry":
      return null
    case "Fail":
      return {
        status: decision.status,
        error: decision.error,
        message: decision.message,
        log: job.logToStore
      }
    case "Complete": {
      const { finish_reason: finishReason, usage } = decision.done
      return { status: "completed", result: resultOf(job.log, { finishReason, usage }), log: job.logToStore }
    }
  }
}

export const endingOf = (
  job: LiveJob,
  attempt: NewAttempt,
  outcome: Outcome,
  decision: Decision,
  at: DateTime.Utc,
  bill: NewBill | null
): Ending => ({
  attempt: { id: attempt.id, outcome: nameOf(outcome), message: outcome._tag === "Failed" ? outcome.message : null },
  job: job.id,
  fence: attempt.fence,
  usage: usageOf(outcome),
  firstTokenAt: job.firstTokenAt,
  at,
  final: finalOf(job, decision),
  bill
})

/** The last event of the job's stream. */
export const endOf = (final: Final): End =>
  final._tag === "Fail"
    ? { _tag: "Failed", error: final.error, message: final.message }
    : { _tag: "Completed", finishReason: final.done.finish_reason, usage: final.done.usage }

/** The ending of a job that no attempt ran to its end. */
export const endingWithoutAttempt = (job: LiveJob, fence: number, final: Final, at: DateTime.Utc): Ending => ({
  attempt: null,
  job: job.id,
  fence,
  usage: null,
  firstTokenAt: job.firstTokenAt,
  at,
  final: finalOf(job, final),
  bill: null
})
