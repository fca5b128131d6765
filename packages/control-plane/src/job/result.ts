/** A job's answer, put together from its log. */
import type { ToolCall } from "@infernet/contract/Chat"
import type { JobResult } from "@infernet/contract/Job"
import type { End, JobLog } from "./JobLog.ts"
import { parseToolCallDelta } from "./toolCall.ts"

/** The tool calls of a log, their pieces joined by index. */
export const toolCallsOf = (log: JobLog): ReadonlyArray<ToolCall> => {
  const calls = new Map<number, { id: string; name: string; arguments: string }>()
  for (const entry of log.entries) {
    const delta = entry.kind === "tool_call" ? parseToolCallDelta(entry.text) : undefined
    if (delta === undefined) continue
    const call = calls.get(delta.index) ?? { id: "", name: "", arguments: "" }
    calls.set(delta.index, call)
    call.id = delta.id ?? call.id
    call.name = delta.name ?? call.name
    call.arguments += delta.arguments
  }
  return [...calls.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, call]) => ({
      id: call.id,
      type: "function" as const,
      function: { name: call.name, arguments: call.arguments }
    }))
}

const textOf = (log: JobLog, kind: "text" | "reasoning"): string =>
  log.entries.reduce((text, entry) => (entry.kind === kind ? text + entry.text : text), "")

export const resultOf = (log: JobLog, end: Pick<End & { _tag: "Completed" }, "finishReason" | "usage">): JobResult => {
  const reasoning = textOf(log, "reasoning")
  const toolCalls = toolCallsOf(log)
  return {
    content: textOf(log, "text"),
    ...(reasoning === "" ? {} : { reasoning }),
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
    finish_reason: end.finishReason,
    usage: end.usage
  }
}
