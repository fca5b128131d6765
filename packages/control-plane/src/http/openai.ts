/** Handlers of OpenAI's doors. */
import { Api } from "@infernet/contract/api/Api"
import { Caller } from "@infernet/contract/api/Authorization"
import type { ChatRequest } from "@infernet/contract/Chat"
import { type ChatCompletion, ChatCompletionRequest } from "@infernet/contract/OpenAi"
import { promptTokens } from "@infernet/routing/promptSize"
import { Router } from "@infernet/routing/Router"
import { DateTime, Effect, FiberSet } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import type { End } from "../job/JobLog.ts"
import { Jobs } from "../job/Jobs.ts"
import type { LiveJob } from "../job/LiveJob.ts"
import { resultOf } from "../job/result.ts"
import { readHash, readJson } from "./body.ts"
import { openAiResponse } from "./errors.ts"
import { eventStream } from "./eventStream.ts"
import { respondWith } from "./failure.ts"
import { openAiDialect, usageOf } from "./openAiDialect.ts"
import { firstWords, wholeAnswer } from "./wait.ts"

/** Output tokens unless asked otherwise: what the context leaves, at most this. */
const defaultMaxTokens = 4_096

/**
 * What a prompt leaves of a context, give or take: its size is an estimate, and backends refuse what does not fit, so a
 * quarter is added. An eighth of the context is asked for in any case: the backend knows whether that fits, and an
 * answer cut after one word would be worse than its refusal.
 */
const roomFor = (promptTokens: number, contextLength: number): number =>
  Math.max(Math.ceil(contextLength / 8), contextLength - Math.ceil(1.25 * promptTokens))

/** OpenAI's body as a chat for a node: null means absent there. */
const requestOf = (body: ChatCompletionRequest, contextLength: number): ChatRequest => {
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
  const room = roomFor(promptTokens(body.messages), contextLength)
  const given = Object.fromEntries(Object.entries(chat).filter(([, value]) => value !== null))
  return {
    ...(given as unknown as Omit<ChatRequest, "max_tokens">),
    max_tokens: max_completion_tokens ?? max_tokens ?? Math.min(defaultMaxTokens, room)
  }
}

const completionOf = (job: LiveJob, end: End & { readonly _tag: "Completed" }): ChatCompletion => {
  const result = resultOf(job.log, end)
  return {
    id: `chatcmpl-${job.id}`,
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
    usage: usageOf(end.usage)
  }
}

const secondsOf = (job: LiveJob): number => Math.floor(DateTime.toEpochMillis(job.createdAt) / 1000)

export const layer = HttpApiBuilder.group(
  Api,
  "openai",
  Effect.fn(function* (handlers) {
    const jobs = yield* Jobs
    const router = yield* Router
    const started = Math.floor(DateTime.toEpochMillis(yield* DateTime.now) / 1000)
    const fork = yield* FiberSet.makeRuntime<never>()

    const contextOf = (model: string) =>
      router
        .matching(model)
        .reduce((least, { context_length }) => Math.min(least, context_length ?? defaultMaxTokens), 1_000_000)

    /** Stops the job of a client that hung up; nobody waits for it to end. */
    const leave = (job: LiveJob): void => void fork(jobs.cancel(job))

    const stream = (job: LiveJob, includeUsage: boolean) =>
      HttpServerResponse.raw(
        eventStream(job.log, {
          dialect: openAiDialect({
            id: `chatcmpl-${job.id}`,
            created: secondsOf(job),
            model: job.model,
            includeUsage
          }),
          after: 0,
          headers: { "x-infernet-job": job.id },
          // OpenAI's protocol has no way back into a stream: a hang-up is goodbye.
          onGone: () => leave(job)
        })
      )

    const complete = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
      const { account } = yield* Caller
      const body = yield* readJson(request, ChatCompletionRequest, "ignore")
      const submission = {
        account,
        idempotencyKey: undefined,
        requestHash: yield* readHash(request),
        request: requestOf(body, contextOf(body.model)),
        pin: undefined,
        metadata: body.metadata ?? undefined
      }
      return yield* Effect.uninterruptibleMask(
        Effect.fnUntraced(function* (restore) {
          const submitted = yield* jobs.submit(submission)
          if (submitted._tag === "Stored") return yield* Effect.die(new Error("a job without a key was stored before"))
          const { job } = submitted
          // From here on a hang-up is goodbye, at whatever moment it comes.
          return yield* Effect.onInterrupt(restore(answer(job, body)), () => Effect.sync(() => leave(job)))
        })
      )
    })

    const answer = Effect.fnUntraced(function* (job: LiveJob, body: ChatCompletionRequest) {
      if (body.stream === true) {
        yield* firstWords(job)
        return stream(job, body.stream_options?.include_usage === true)
      }
      const end = yield* wholeAnswer(job)
      return HttpServerResponse.jsonUnsafe(completionOf(job, end), { headers: { "x-infernet-job": job.id } })
    })

    return handlers
      .handleRaw("chatCompletions", ({ request }) => respondWith(openAiResponse)(complete(request)))
      .handle("models", () =>
        Effect.sync(() => ({
          object: "list" as const,
          data: [...router.models().keys()]
            .sort()
            .map((id) => ({ id, object: "model" as const, created: started, owned_by: "infernet" }))
        }))
      )
  })
)
