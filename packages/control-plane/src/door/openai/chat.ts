/** OpenAI's chat bodies from and to ours. */
import type { ChatRequest } from "@infernet/contract/Chat"
import type { JobResult } from "@infernet/contract/Job"
import type { ChatCompletion, ChatCompletionRequest, CompletionUsage } from "@infernet/contract/OpenAi"
import type { Usage } from "@infernet/contract/Chat"
import { DateTime } from "effect"
import type { JobFacts } from "../Exchange.ts"
import { defaultMaxTokens } from "../room.ts"

/** OpenAI's body as a chat for a node: null means absent there. */
export const chatRequest = (body: ChatCompletionRequest, contextLength: number): ChatRequest => {
  const {
    max_completion_tokens,
    max_tokens,
    metadata: _metadata,
    n: _n,
    stream: _stream,
    stream_options: _options,
    user: _user,
    ...chat
  } = body
  const given = Object.fromEntries(Object.entries(chat).filter(([, value]) => value !== null))
  return {
    ...(given as unknown as Omit<ChatRequest, "max_tokens">),
    max_tokens: max_completion_tokens ?? max_tokens ?? defaultMaxTokens(body.messages, contextLength)
  }
}

export const usageOf = (usage: Usage): typeof CompletionUsage.Type => ({
  prompt_tokens: usage.prompt_tokens,
  completion_tokens: usage.completion_tokens,
  total_tokens: usage.total_tokens,
  ...(usage.cached_tokens === undefined ? {} : { prompt_tokens_details: { cached_tokens: usage.cached_tokens } })
})

/** When the job was submitted, in unix seconds. */
export const secondsOf = ({ createdAt }: JobFacts): number => Math.floor(DateTime.toEpochMillis(createdAt) / 1000)

export const chatId = ({ id }: JobFacts): string => `chatcmpl-${id}`

export const chatCompletion = (job: JobFacts, result: JobResult): ChatCompletion => ({
  id: chatId(job),
  object: "chat.completion",
  created: secondsOf(job),
  model: job.model,
  choices: [
    {
      index: 0,
      message: {
        role: "assistant",
        content: result.content === "" && result.tool_calls !== undefined ? null : result.content,
        ...(result.reasoning === undefined ? {} : { reasoning_content: result.reasoning }),
        ...(result.tool_calls === undefined ? {} : { tool_calls: result.tool_calls }),
        refusal: null
      },
      logprobs: null,
      finish_reason: result.finish_reason
    }
  ],
  usage: usageOf(result.usage)
})
