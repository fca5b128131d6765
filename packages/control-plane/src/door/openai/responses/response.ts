/** The response object: what the answer says of itself, and what it repeats of the request. */
import type { Usage } from "@infernet/contract/Chat"
import type { JobErrorCode, JobResult } from "@infernet/contract/Job"
import type { RequestFacts, ResponseObject, ResponseUsage } from "@infernet/contract/ResponseObject"
import type { CreateResponse } from "@infernet/contract/Responses"
import type { Entry } from "../../../job/JobLog.ts"
import type { JobFacts } from "../../Exchange.ts"
import { entriesOf } from "../../replay.ts"
import { secondsOf } from "../chat.ts"
import { Answer, type Showing, statusAfter } from "./Answer.ts"
import type { Say } from "./items.ts"
import { factsOf, wantsLogprobs } from "./request.ts"

export const responseId = ({ id }: Pick<JobFacts, "id">): string => `resp_${id}`

/** A request as far as its answer depends on it. */
export interface Wanted {
  readonly facts: RequestFacts
  readonly showing: Showing
}

export const wantedOf = (body: CreateResponse): Wanted => {
  const summary = body.reasoning?.summary ?? body.reasoning?.generate_summary ?? null
  return {
    facts: factsOf(body),
    showing: {
      thoughts: summary === null ? "content" : "summary",
      logprobs: wantsLogprobs(body),
      parallel: body.parallel_tool_calls ?? true
    }
  }
}

const usageOf = (usage: Usage): ResponseUsage => ({
  input_tokens: usage.prompt_tokens,
  input_tokens_details: { cached_tokens: usage.cached_tokens ?? 0, cache_write_tokens: 0 },
  output_tokens: usage.completion_tokens,
  output_tokens_details: { reasoning_tokens: usage.reasoning_tokens ?? 0 },
  total_tokens: usage.total_tokens
})

/** Ids of items are the job's, so that whoever asks again gets the same. */
export const answerOf = ({ id }: Pick<JobFacts, "id">, showing: Showing, say: Say): Answer =>
  new Answer(id.slice("job_".length), showing, say)

/** How far an answer has come. */
export type Stage =
  | { readonly _tag: "Open"; readonly status: "queued" | "in_progress" }
  | { readonly _tag: "Ended"; readonly reason: JobResult["finish_reason"]; readonly usage: Usage }
  | {
      readonly _tag: "Failed"
      readonly status: "failed" | "cancelled"
      readonly error: JobErrorCode
      readonly message: string
      readonly usage: Usage | null
    }

const details = { length: "max_output_tokens", content_filter: "content_filter" } as const

const incompleteDetails = (reason: JobResult["finish_reason"]) =>
  reason === "length" || reason === "content_filter" ? { reason: details[reason] } : null

/** OpenAI's words for what went wrong: a closed list. */
const errorOf = (error: JobErrorCode, message: string) => ({
  code: error === "bad_request" ? "invalid_prompt" : "server_error",
  message
})

const stageFields = (stage: Stage) => {
  switch (stage._tag) {
    case "Open":
      return { status: stage.status, error: null, incomplete_details: null, usage: null }
    case "Ended":
      return {
        status: statusAfter(stage.reason),
        error: null,
        incomplete_details: incompleteDetails(stage.reason),
        usage: usageOf(stage.usage)
      }
    case "Failed":
      return {
        status: stage.status,
        error: errorOf(stage.error, stage.message),
        incomplete_details: null,
        usage: stage.usage === null ? null : usageOf(stage.usage)
      }
  }
}

export const responseOf = (
  job: JobFacts,
  { facts, showing }: Wanted,
  stage: Stage,
  output: ResponseObject["output"]
): ResponseObject => ({
  id: responseId(job),
  object: "response",
  created_at: secondsOf(job),
  model: job.model,
  ...stageFields(stage),
  output,
  ...facts,
  access_programs: null,
  background: false,
  previous_response_id: null,
  reasoning: { effort: null, summary: showing.thoughts === "summary" ? "detailed" : null },
  service_tier: "default",
  store: false,
  truncation: "disabled"
})

/** The body of a whole answer: what its stream would end with. `log` is what the job said, as far as that is known. */
export const wholeResponse =
  (wanted: Wanted) =>
  (job: JobFacts, result: JobResult, log: Iterable<Entry> = entriesOf(result)): ResponseObject => {
    const answer = answerOf(job, wanted.showing, () => "")
    for (const entry of log) answer.take(entry)
    answer.finish(result.finish_reason)
    const { finish_reason: reason, usage } = result
    return responseOf(job, wanted, { _tag: "Ended", reason, usage }, answer.output)
  }
