/** OpenAI's plain completions from and to ours. */
import type { BadRequest } from "@infernet/contract/ApiError"
import type { CompletionRequest } from "@infernet/contract/Completion"
import type { JobResult } from "@infernet/contract/Job"
import { mostChoices, type TextCompletion, type TextCompletionRequest } from "@infernet/contract/OpenAiText"
import { textTokens } from "@infernet/routing/promptSize"
import type { ChoiceDialect, ChoicesDialect } from "../Choices.ts"
import type { JobFacts } from "../Exchange.ts"
import { defaultRoom } from "../room.ts"
import { given, secondsOf, total, usageOf } from "./chat.ts"
import { openAiFailure, wrong } from "./failure.ts"

const promptsOf = ({ prompt }: TextCompletionRequest): ReadonlyArray<string> =>
  typeof prompt === "string" ? [prompt] : prompt

/** What the schema cannot tell. */
export const wrongWith = (body: TextCompletionRequest): BadRequest | undefined => {
  const { best_of, n } = body
  const count = promptsOf(body).length * (n ?? 1)
  if (count === 0) return wrong("prompt", "expected a text, or a list of at least one")
  if (count > mostChoices)
    return wrong("prompt", `expected at most ${mostChoices} answers (prompts times n), got ${count}`)
  if (typeof best_of === "number" && best_of !== (n ?? 1)) {
    return wrong("best_of", "not supported: leave it out, or let it be as n")
  }
  return undefined
}

/** One a choice: all answers to the first prompt, then those to the next. */
export const completionRequests = (
  body: TextCompletionRequest,
  contextLength: number
): ReadonlyArray<CompletionRequest> => {
  const {
    best_of: _best,
    echo: _echo,
    logit_bias: _bias,
    logprobs: _logprobs,
    max_tokens,
    n,
    prompt: _prompt,
    seed,
    stream: _stream,
    stream_options: _options,
    suffix: _suffix,
    ...decoding
  } = body
  return promptsOf(body).flatMap((prompt) =>
    Array.from({ length: n ?? 1 }, (_, i) => ({
      ...given(decoding),
      prompt,
      ...(seed === null || seed === undefined ? {} : { seed: seed + i }),
      max_tokens: max_tokens ?? defaultRoom(textTokens(prompt), contextLength)
    }))
  )
}

/** What each answer begins with: its prompt, where the client wants it back. */
export const echoes = ({ echo }: TextCompletionRequest, requests: ReadonlyArray<CompletionRequest>) =>
  requests.map(({ prompt }) => (echo === true ? prompt : ""))

const factsOf = ([job]: ReadonlyArray<JobFacts>) =>
  job && { id: `cmpl-${job.id}`, object: "text_completion" as const, created: secondsOf(job), model: job.model }

export const textCompletion =
  (echoes: ReadonlyArray<string>) =>
  (jobs: ReadonlyArray<JobFacts>, results: ReadonlyArray<JobResult>): TextCompletion | undefined => {
    const facts = factsOf(jobs)
    const choices = results.map(({ content, finish_reason }, index) => ({
      index,
      text: `${echoes[index] ?? ""}${content}`,
      logprobs: null,
      finish_reason
    }))
    return facts && { ...facts, choices, usage: usageOf(total(results.map(({ usage }) => usage))) }
  }

export const textDialect =
  (echoes: ReadonlyArray<string>, includeUsage: boolean) =>
  (jobs: ReadonlyArray<JobFacts>): ChoicesDialect => {
    const base = JSON.stringify(factsOf(jobs) ?? {}).slice(0, -1)
    const usage = includeUsage ? ',"usage":null' : ""
    const choice = (index: number): ChoiceDialect => {
      const chunk = (text: string, finish: string | null) =>
        `data: ${base},"choices":[{"index":${index},"text":${JSON.stringify(text)},"logprobs":null,"finish_reason":${JSON.stringify(finish)}}]${usage}}\n\n`
      const echo = echoes[index] ?? ""
      return {
        start: echo === "" ? "" : chunk(echo, null),
        entry: ({ kind, text }) => (kind === "text" ? chunk(text, null) : ""),
        end: ({ finishReason }) => chunk("", finishReason)
      }
    }
    return {
      choices: jobs.map((_, index) => choice(index)),
      end: (usages) => {
        const last = `data: ${base},"choices":[],"usage":${JSON.stringify(usageOf(total(usages)))}}\n\n`
        return `${includeUsage ? last : ""}data: [DONE]\n\n`
      },
      failed: openAiFailure
    }
  }
