/** A job's answer, put together from its log. */
import type { JobResult } from "@infernet/contract/Job"
import type { TokenLogprob } from "@infernet/contract/Logprobs"
import { toolCallsOf } from "@infernet/contract/ToolCalls"
import type { End, JobLog } from "./JobLog.ts"
import { parseLogprobs } from "./logprobs.ts"

export const resultOf = (log: JobLog, end: Pick<End & { _tag: "Completed" }, "finishReason" | "usage">): JobResult => {
  const callRecords: Array<string> = []
  const tokens: Array<TokenLogprob> = []
  let [content, reasoning] = ["", ""]
  for (const { kind, text } of log) {
    if (kind === "text") content += text
    else if (kind === "reasoning") reasoning += text
    else if (kind === "tool_call") callRecords.push(text)
    else if (kind === "logprobs") tokens.push(...(parseLogprobs(text)?.content ?? []))
  }
  const calls = toolCallsOf(callRecords)
  return {
    content,
    ...(reasoning === "" ? {} : { reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(tokens.length === 0 ? {} : { logprobs: { content: tokens } }),
    finish_reason: end.finishReason,
    usage: end.usage
  }
}
