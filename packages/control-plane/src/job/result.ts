/** A job's answer, put together from its log. */
import type { ToolCall } from "@infernet/contract/Chat"
import type { JobResult } from "@infernet/contract/Job"
import type { TokenLogprob } from "@infernet/contract/Logprobs"
import type { End, JobLog } from "./JobLog.ts"
import { parseLogprobs } from "./logprobs.ts"
import { parseToolCallDelta } from "./toolCall.ts"

/** A call whose pieces are joined as they come. */
interface Call {
  id: string
  name: string
  arguments: string
}

const addDelta = (calls: Map<number, Call>, text: string): void => {
  const delta = parseToolCallDelta(text)
  if (delta === undefined) return
  const call = calls.get(delta.index) ?? { id: "", name: "", arguments: "" }
  calls.set(delta.index, call)
  call.id = delta.id ?? call.id
  call.name = delta.name ?? call.name
  call.arguments += delta.arguments
}

const inOrder = (calls: Map<number, Call>): ReadonlyArray<ToolCall> =>
  [...calls.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, call]) => ({
      id: call.id,
      type: "function" as const,
      function: { name: call.name, arguments: call.arguments }
    }))

export const resultOf = (log: JobLog, end: Pick<End & { _tag: "Completed" }, "finishReason" | "usage">): JobResult => {
  const calls = new Map<number, Call>()
  const tokens: Array<TokenLogprob> = []
  let [content, reasoning] = ["", ""]
  for (const { kind, text } of log) {
    if (kind === "text") content += text
    else if (kind === "reasoning") reasoning += text
    else if (kind === "tool_call") addDelta(calls, text)
    else if (kind === "logprobs") tokens.push(...(parseLogprobs(text)?.content ?? []))
  }
  return {
    content,
    ...(reasoning === "" ? {} : { reasoning }),
    ...(calls.size === 0 ? {} : { tool_calls: inOrder(calls) }),
    ...(tokens.length === 0 ? {} : { logprobs: { content: tokens } }),
    finish_reason: end.finishReason,
    usage: end.usage
  }
}
