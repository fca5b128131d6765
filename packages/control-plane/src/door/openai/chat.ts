/** OpenAI's chat bodies from and to ours. */
import type { BadRequest } from "@infernet/contract/ApiError"
import type { ChatRequest, Usage } from "@infernet/contract/Chat"
import type { JobResult } from "@infernet/contract/Job"
import type { ChatCompletion, ChatCompletionRequest, CompletionUsage } from "@infernet/contract/OpenAi"
import { promptTokens } from "@infernet/routing/promptSize"
import { DateTime } from "effect"
import type { JobFacts } from "../Exchange.ts"
import { defaultRoom } from "../room.ts"
import { wrong } from "./failure.ts"

type Given<A> = { readonly [K in keyof A]: Exclude<A[K], null> }

/** Without the fields that are null, which means absent in OpenAI's bodies. */
export const given = <A extends object>(fields: A): Given<A> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as Given<A>

/** OpenAI's body as a chat for a node; which of several answers it is for, `choice` tells. */
export const chatRequest = (body: ChatCompletionRequest, contextLength: number, choice = 0): ChatRequest => {
  const {
    audio: _audio,
    function_call: _functionCall,
    functions: _functions,
    logit_bias: _bias,
    max_completion_tokens,
    max_tokens,
    metadata: _metadata,
    modalities: _modalities,
    moderation: _moderation,
    n: _n,
    parallel_tool_calls: _parallel,
    seed,
    stream: _stream,
    stream_options: _options,
    tools,
    web_search_options: _search,
    ...chat
  } = body
  const room = () => defaultRoom(promptTokens(body.messages, tools ?? []), contextLength)
  return {
    ...given(chat),
    // Backends refuse an empty list, which libraries send that have no tools.
    ...(tools === null || tools === undefined || tools.length === 0 ? {} : { tools }),
    // The same seed would give the same answer `n` times.
    ...(seed === null || seed === undefined ? {} : { seed: seed + choice }),
    max_tokens: max_completion_tokens ?? max_tokens ?? room()
  }
}

/** What the schema cannot tell: fields that need each other. */
export const wrongWith = ({ logprobs, top_logprobs }: ChatCompletionRequest): BadRequest | undefined =>
  typeof top_logprobs === "number" && logprobs !== true ? wrong("top_logprobs", "needs logprobs to be true") : undefined

export const usageOf = (usage: Usage): CompletionUsage => ({
  prompt_tokens: usage.prompt_tokens,
  completion_tokens: usage.completion_tokens,
  total_tokens: usage.total_tokens,
  ...(usage.cached_tokens === undefined ? {} : { prompt_tokens_details: { cached_tokens: usage.cached_tokens } }),
  ...(usage.reasoning_tokens === undefined
    ? {}
    : { completion_tokens_details: { reasoning_tokens: usage.reasoning_tokens } })
})

const sumOf = (counts: ReadonlyArray<number | undefined>): number | undefined =>
  counts.every((count) => count === undefined) ? undefined : counts.reduce<number>((sum, one) => sum + (one ?? 0), 0)

/** Of all answers together, each of which has read the prompt; what nobody tells stays untold. */
export const total = (usages: ReadonlyArray<Usage>): Usage => {
  const cached = sumOf(usages.map(({ cached_tokens }) => cached_tokens))
  const reasoning = sumOf(usages.map(({ reasoning_tokens }) => reasoning_tokens))
  return {
    prompt_tokens: sumOf(usages.map(({ prompt_tokens }) => prompt_tokens)) ?? 0,
    completion_tokens: sumOf(usages.map(({ completion_tokens }) => completion_tokens)) ?? 0,
    total_tokens: sumOf(usages.map(({ total_tokens }) => total_tokens)) ?? 0,
    ...(cached === undefined ? {} : { cached_tokens: cached }),
    ...(reasoning === undefined ? {} : { reasoning_tokens: reasoning })
  }
}

/** When the job was submitted, in unix seconds. */
export const secondsOf = ({ createdAt }: Pick<JobFacts, "createdAt">): number =>
  Math.floor(DateTime.toEpochMillis(createdAt) / 1000)

export const chatId = ({ id }: Pick<JobFacts, "id">): string => `chatcmpl-${id}`

/** How much of an answer the client asked for. */
export interface Wish {
  readonly logprobs: boolean
  /** Else the first call is all: models were told of no such limit. */
  readonly parallelCalls: boolean
}

export const wishOf = ({ logprobs, parallel_tool_calls }: ChatCompletionRequest): Wish => ({
  logprobs: logprobs === true,
  parallelCalls: parallel_tool_calls !== false
})

type Choice = ChatCompletion["choices"][number]

const choiceOf = (result: JobResult, index: number, wish: Wish): Choice => {
  const calls = wish.parallelCalls ? result.tool_calls : result.tool_calls?.slice(0, 1)
  return {
    index,
    message: {
      role: "assistant",
      content: result.content === "" && calls !== undefined ? null : result.content,
      ...(result.reasoning === undefined ? {} : { reasoning_content: result.reasoning }),
      ...(calls === undefined ? {} : { tool_calls: calls }),
      refusal: null
    },
    logprobs: wish.logprobs ? { content: result.logprobs?.content ?? [], refusal: null } : null,
    finish_reason: result.finish_reason
  }
}

/** The whole answer: one choice a job, under the first one's name. */
export const chatCompletion =
  (wish: Wish) =>
  (jobs: ReadonlyArray<JobFacts>, results: ReadonlyArray<JobResult>): ChatCompletion | undefined => {
    const [first] = jobs
    return (
      first && {
        id: chatId(first),
        object: "chat.completion",
        created: secondsOf(first),
        model: first.model,
        choices: results.map((result, index) => choiceOf(result, index, wish)),
        usage: usageOf(total(results.map(({ usage }) => usage)))
      }
    )
  }
