/** OpenAI's chunks, as its SDKs read them. */
import { openAiFailure } from "./failure.ts"
import type { Entry } from "../../job/JobLog.ts"
import { parseLogprobs } from "../../job/logprobs.ts"
import { parseToolCallDelta } from "@infernet/contract/ToolCalls"
import type { ChoiceDialect, ChoicesDialect } from "../Choices.ts"
import type { JobFacts } from "../Exchange.ts"
import { chatId, secondsOf, total, usageOf, type Wish } from "./chat.ts"

/** A tool call's piece as a delta; "" where the client has no use for it. */
const callOf = (text: string, { parallelCalls }: Wish): string => {
  const delta = parseToolCallDelta(text)
  if (delta === undefined || (delta.index > 0 && !parallelCalls)) return ""
  const { id, index, name } = delta
  const first = id === undefined ? {} : { id, type: "function" }
  const call = { index, ...first, function: { ...(name === undefined ? {} : { name }), arguments: delta.arguments } }
  return JSON.stringify({ tool_calls: [call] })
}

const deltaOf = ({ kind, text }: Entry, wish: Wish): string => {
  switch (kind) {
    case "text":
      return `{"content":${JSON.stringify(text)}}`
    case "reasoning":
      return `{"reasoning_content":${JSON.stringify(text)}}`
    case "tool_call":
      return callOf(text, wish)
    case "logprobs":
    case "embedding":
      return ""
  }
}

/** Of tokens whose text has its own chunk. */
const logprobsOf = (text: string): string => JSON.stringify({ ...parseLogprobs(text), refusal: null })

export interface Streaming extends Wish {
  readonly includeUsage: boolean
}

/** What stays the same in every chunk is written once. There is one choice a job, under the first one's name. */
export const chatDialect =
  (wish: Streaming) =>
  (jobs: ReadonlyArray<JobFacts>): ChoicesDialect => {
    const [job] = jobs
    const facts = job && { id: chatId(job), object: "chat.completion.chunk", created: secondsOf(job), model: job.model }
    const base = JSON.stringify(facts ?? {}).slice(0, -1)
    const usage = wish.includeUsage ? ',"usage":null' : ""

    const choice = (index: number): ChoiceDialect => {
      const head = `data: ${base},"choices":[{"index":${index},"delta":`
      const chunk = (delta: string, logprobs = "null", finish = "null") =>
        `${head}${delta},"logprobs":${logprobs},"finish_reason":${finish}}]${usage}}\n\n`
      return {
        start: chunk('{"role":"assistant","content":""}'),
        entry: (entry) => {
          if (entry.kind === "logprobs") return wish.logprobs ? chunk("{}", logprobsOf(entry.text)) : ""
          const delta = deltaOf(entry, wish)
          return delta === "" ? "" : chunk(delta)
        },
        end: ({ finishReason }) => chunk("{}", "null", JSON.stringify(finishReason))
      }
    }

    return {
      choices: jobs.map((_, index) => choice(index)),
      end: (usages) => {
        const last = `data: ${base},"choices":[],"usage":${JSON.stringify(usageOf(total(usages)))}}\n\n`
        return `${wish.includeUsage ? last : ""}data: [DONE]\n\n`
      },
      failed: openAiFailure
    }
  }
