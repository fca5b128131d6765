/** OpenAI's chunks, as its SDKs read them. */
import { UpstreamFailed } from "@infernet/contract/ApiError"
import { openAiBody } from "../../http/errors.ts"
import { type Dialect, sse } from "../../http/eventStream.ts"
import type { Entry } from "../../job/JobLog.ts"
import { parseToolCallDelta } from "../../job/toolCall.ts"
import type { JobFacts } from "../Exchange.ts"
import { chatId, secondsOf, usageOf } from "./chat.ts"

const deltaOf = (entry: Entry): string => {
  switch (entry.kind) {
    case "text":
      return `{"content":${JSON.stringify(entry.text)}}`
    case "reasoning":
      return `{"reasoning_content":${JSON.stringify(entry.text)}}`
    case "tool_call": {
      const delta = parseToolCallDelta(entry.text)
      if (delta === undefined) return "{}"
      const { id, index, name } = delta
      const first = id === undefined ? {} : { id, type: "function" }
      const call = {
        index,
        ...first,
        function: { ...(name === undefined ? {} : { name }), arguments: delta.arguments }
      }
      return JSON.stringify({ tool_calls: [call] })
    }
    case "logprobs":
    case "embedding":
      return "{}"
  }
}

/** What stays the same in every chunk is written once. */
export const chatDialect = ({
  includeUsage,
  job
}: {
  readonly job: JobFacts
  readonly includeUsage: boolean
}): Dialect => {
  const facts = { id: chatId(job), object: "chat.completion.chunk", created: secondsOf(job), model: job.model }
  const base = JSON.stringify(facts).slice(0, -1)
  const usage = includeUsage ? ',"usage":null' : ""
  const chunk = (delta: string, finish: string) =>
    `data: ${base},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]${usage}}\n\n`

  return {
    ...sse,
    start: chunk('{"role":"assistant","content":""}', "null"),
    entry: (entry) => chunk(deltaOf(entry), "null"),
    end: (end) => {
      if (end._tag === "Failed") {
        const failure = new UpstreamFailed({ error: "backend_error", error_message: end.message })
        const body = openAiBody(failure)
        return `data: ${JSON.stringify({ error: { ...body.error, code: end.error } })}\n\n`
      }
      const last = includeUsage ? `data: ${base},"choices":[],"usage":${JSON.stringify(usageOf(end.usage))}}\n\n` : ""
      return `${chunk("{}", JSON.stringify(end.finishReason))}${last}data: [DONE]\n\n`
    }
  }
}
