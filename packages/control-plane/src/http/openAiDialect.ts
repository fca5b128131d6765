/** OpenAI's chunks, as its SDKs read them. */
import { UpstreamFailed } from "@infernet/contract/ApiError"
import type { Usage } from "@infernet/contract/Chat"
import type { CompletionUsage } from "@infernet/contract/OpenAi"
import type { Entry } from "../job/JobLog.ts"
import { parseToolCallDelta } from "../job/toolCall.ts"
import { openAiBody } from "./errors.ts"
import type { Dialect } from "./eventStream.ts"

export const usageOf = (usage: Usage): typeof CompletionUsage.Type => ({
  prompt_tokens: usage.prompt_tokens,
  completion_tokens: usage.completion_tokens,
  total_tokens: usage.total_tokens,
  ...(usage.cached_tokens === undefined ? {} : { prompt_tokens_details: { cached_tokens: usage.cached_tokens } })
})

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
      return "{}"
  }
}

/** What stays the same in every chunk is written once. */
export const openAiDialect = (options: {
  readonly id: string
  readonly created: number
  readonly model: string
  readonly includeUsage: boolean
}): Dialect => {
  const base = JSON.stringify({
    id: options.id,
    object: "chat.completion.chunk",
    created: options.created,
    model: options.model
  }).slice(0, -1)
  const usage = options.includeUsage ? ',"usage":null' : ""
  const chunk = (delta: string, finish: string) =>
    `data: ${base},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]${usage}}\n\n`

  return {
    start: chunk('{"role":"assistant","content":""}', "null"),
    entry: (entry) => chunk(deltaOf(entry), "null"),
    end: (end) => {
      if (end._tag === "Failed") {
        const failure = new UpstreamFailed({ error: "backend_error", error_message: end.message })
        const body = openAiBody(failure)
        return `data: ${JSON.stringify({ error: { ...body.error, code: end.error } })}\n\n`
      }
      const last = options.includeUsage
        ? `data: ${base},"choices":[],"usage":${JSON.stringify(usageOf(end.usage))}}\n\n`
        : ""
      return `${chunk("{}", JSON.stringify(end.finishReason))}${last}data: [DONE]\n\n`
    }
  }
}
