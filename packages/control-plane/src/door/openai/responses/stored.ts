/** A stored job as the response that it was, or is to be. */
import type { RequestFacts, ResponseObject } from "@infernet/contract/ResponseObject"
import { DateTime } from "effect"
import type { StoredJob } from "../../../job/JobStore.ts"
import { responseOf, type Stage, type Wanted, wholeResponse } from "./response.ts"

/** Of a request that nobody remembers: a row keeps what was answered, not what was asked. */
export const forgottenFacts = (metadata: RequestFacts["metadata"] | null): RequestFacts => ({
  instructions: null,
  max_output_tokens: null,
  metadata: metadata ?? {},
  parallel_tool_calls: true,
  temperature: null,
  text: { format: { type: "text" } },
  tool_choice: "auto",
  tools: [],
  top_logprobs: 0,
  top_p: null
})

const stageOf = ({ error, errorMessage, status, usage }: StoredJob): Stage =>
  status === "failed" || status === "cancelled"
    ? { _tag: "Failed", status, error: error ?? "internal_error", message: errorMessage ?? status, usage }
    : { _tag: "Open", status: status === "pending" ? "queued" : "in_progress" }

export const storedResponse = (job: StoredJob): ResponseObject => {
  const wanted: Wanted = {
    facts: forgottenFacts(job.metadata),
    showing: { thoughts: "content", logprobs: true, parallel: true }
  }
  const response =
    job.result === null ? responseOf(job, wanted, stageOf(job), []) : wholeResponse(wanted)(job, job.result)
  const { completedAt } = job
  return completedAt === null || response.status !== "completed"
    ? response
    : { ...response, completed_at: Math.floor(DateTime.toEpochMillis(completedAt) / 1000) }
}
