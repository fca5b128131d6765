/** Anthropic's events, as its SDKs read them. */
import type { JobErrorCode } from "@infernet/contract/Job"
import { type Dialect, sse } from "../../http/eventStream.ts"
import type { JobFacts } from "../Exchange.ts"
import { Blocks, event } from "./Blocks.ts"
import { emptyMessage, stopReasonOf, type Telling, usageOf } from "./message.ts"

const ping = event("ping", "")

const errorTypes: Partial<Record<JobErrorCode, string>> = {
  bad_request: "invalid_request_error",
  no_capacity: "overloaded_error",
  timeout: "timeout_error"
}

export const messageDialect = ({
  estimate,
  job,
  requestId,
  telling
}: {
  readonly job: JobFacts
  readonly telling: Telling
  /** Tokens that the prompt is likely to be: what it was is only known at the end. */
  readonly estimate: number
  readonly requestId: string
}): Dialect => {
  const blocks = new Blocks(job, telling)
  const expected = usageOf({ prompt_tokens: estimate, completion_tokens: 0, total_tokens: estimate })
  return {
    contentType: sse.contentType,
    keepAlive: ping,
    start: event("message_start", `,"message":${JSON.stringify(emptyMessage(job, expected))}`) + ping,
    entry: (entry) => blocks.take(entry),
    end: (end) => {
      if (end._tag === "Failed") {
        const error = { type: errorTypes[end.error] ?? "api_error", message: end.message }
        return event("error", `,"error":${JSON.stringify(error)},"request_id":${JSON.stringify(requestId)}`)
      }
      const rest = blocks.end()
      const delta = {
        stop_reason: stopReasonOf(end.finishReason, blocks.called),
        stop_sequence: null,
        stop_details: null,
        container: null
      }
      const told = `,"delta":${JSON.stringify(delta)},"usage":${JSON.stringify(usageOf(end.usage))}`
      return rest + event("message_delta", told) + event("message_stop", "")
    }
  }
}
