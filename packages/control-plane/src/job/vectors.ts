/**
 * Vectors on their way into a job's log. Nobody wants half of them: they are kept apart until their attempt is done, so
 * that another node can begin anew, and only then are they the job's.
 */
import type { JobRequest } from "@infernet/contract/JobRequest"
import * as Vectors from "@infernet/contract/Vectors"
import type { Outcome } from "../relay/RelayAttempt.ts"
import { type Entry, JobLog } from "./JobLog.ts"
import type { LiveJob } from "./LiveJob.ts"

/** Where an attempt's output goes: text to the job at once, vectors to a log of the attempt's own. */
export const attemptLog = (job: LiveJob): JobLog => (job.kind === "embedding" ? new JobLog() : job.log)

const textsOf = (log: Iterable<Entry>): ReadonlyArray<string> =>
  Array.from(log, ({ kind, text }) => (kind === "embedding" ? text : "")).filter((text) => text !== "")

/** The vectors of a log, one a text of the request; in words what is wrong with them. */
export const vectorsIn = (log: Iterable<Entry>, texts: number): ReadonlyArray<Float32Array> | string =>
  Vectors.decode(textsOf(log), texts)

/** The outcome, with the vectors given to the job; another one if they are not what was asked for. */
export const taken = (job: LiveJob, request: JobRequest, log: JobLog, outcome: Outcome): Outcome => {
  if (!("input" in request) || outcome._tag !== "Done") return outcome
  const vectors = vectorsIn(log, request.input.length)
  if (typeof vectors === "string") {
    return { _tag: "Failed", error: "backend_error", message: `the node sent ${vectors}`, usage: undefined }
  }
  for (const { kind, text } of log) job.log.append(kind, text)
  return outcome
}
