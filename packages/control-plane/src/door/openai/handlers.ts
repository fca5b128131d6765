/** Handlers of OpenAI's doors. */
import { Api } from "@infernet/contract/api/Api"
import { Caller } from "@infernet/contract/api/Authorization"
import { ChatCompletionRequest } from "@infernet/contract/OpenAi"
import { EmbeddingsRequest } from "@infernet/contract/OpenAiEmbedding"
import { TextCompletionRequest } from "@infernet/contract/OpenAiText"
import { Router } from "@infernet/routing/Router"
import { DateTime, Effect } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { readJson } from "../../http/body.ts"
import { anthropicResponse, openAiResponse, speaksAnthropic } from "../../http/errors.ts"
import { respondWith } from "../../http/failure.ts"
import { shownTo } from "../../limits/allowedModels.ts"
import { alone } from "../Choices.ts"
import { type AskedAll, Exchange } from "../Exchange.ts"
import { type AskingHeaders, maxPriceOf } from "../maxPrice.ts"
import { leastContext } from "../room.ts"
import * as chat from "./chat.ts"
import { chatDialect } from "./chatDialect.ts"
import { embeddingRequest, embeddings } from "./embeddings.ts"
import * as Models from "./models.ts"
import { submissionsOf } from "./submissions.ts"
import * as text from "./text.ts"

interface Raw {
  readonly headers: AskingHeaders
  readonly request: HttpServerRequest.HttpServerRequest
}

export const layer = HttpApiBuilder.group(
  Api,
  "openai",
  Effect.fn(function* (handlers) {
    const exchange = yield* Exchange
    const router = yield* Router
    const started = yield* DateTime.now
    const own = Effect.map(Caller, ({ key }) => Models.make(shownTo(key, router), started))
    const contextOf = (model: string) => leastContext(router.matching(model))

    const callerOf = Effect.fnUntraced(function* ({ headers }: Raw) {
      const { account, key: apiKey } = yield* Caller
      return { account, apiKey, idempotencyKey: headers["idempotency-key"], maxPrice: maxPriceOf(headers) }
    })

    /** Most requests have one choice, whose stream needs no merging. */
    const answerAll = (asked: AskedAll) => {
      const [submission, ...others] = asked.submissions
      const { stream, whole } = asked
      if (submission === undefined || others.length > 0) return exchange.answerAll(asked)
      return exchange.answer({
        submission,
        stream: stream && ((job) => alone(stream([job]))),
        whole: (job, result) => whole([job], [result])
      })
    }

    const chatCompletions = Effect.fnUntraced(function* (raw: Raw) {
      const caller = yield* callerOf(raw)
      const body = yield* readJson(raw.request, ChatCompletionRequest, "ignore")
      const wrong = chat.wrongWith(body)
      if (wrong !== undefined) return yield* wrong
      const context = contextOf(body.model)
      const requests = Array.from({ length: body.n ?? 1 }, (_, i) => chat.chatRequest(body, context, i))
      const wish = chat.wishOf(body)
      const includeUsage = body.stream_options?.include_usage === true
      const metadata = body.metadata ?? undefined
      return yield* answerAll({
        submissions: submissionsOf({ ...caller, metadata, door: "chat", body }, requests),
        stream: body.stream === true ? chatDialect({ ...wish, includeUsage }) : undefined,
        whole: chat.chatCompletion(wish)
      })
    })

    const completions = Effect.fnUntraced(function* (raw: Raw) {
      const caller = yield* callerOf(raw)
      const body = yield* readJson(raw.request, TextCompletionRequest, "ignore")
      const wrong = text.wrongWith(body)
      if (wrong !== undefined) return yield* wrong
      const requests = text.completionRequests(body, contextOf(body.model))
      const echoes = text.echoes(body, requests)
      const includeUsage = body.stream_options?.include_usage === true
      return yield* answerAll({
        submissions: submissionsOf({ ...caller, metadata: undefined, door: "completion", body }, requests),
        stream: body.stream === true ? text.textDialect(echoes, includeUsage) : undefined,
        whole: text.textCompletion(echoes)
      })
    })

    const embed = Effect.fnUntraced(function* (raw: Raw) {
      const caller = yield* callerOf(raw)
      const body = yield* readJson(raw.request, EmbeddingsRequest, "ignore")
      const request = embeddingRequest(body)
      if ("_tag" in request) return yield* request
      // The same vectors in either form, but not the same answer.
      const [submission] = submissionsOf({ ...caller, metadata: undefined, door: "embedding", body }, [request])
      if (submission === undefined) return yield* Effect.die(new Error("a request without a job"))
      return yield* exchange.answer({
        submission,
        stream: undefined,
        whole: embeddings(body, request.input.length)
      })
    })

    return handlers
      .handleRaw("chatCompletions", (raw) => respondWith(openAiResponse)(chatCompletions(raw)))
      .handleRaw("completions", (raw) => respondWith(openAiResponse)(completions(raw)))
      .handleRaw("embeddings", (raw) => respondWith(openAiResponse)(embed(raw)))
      .handleRaw("models", ({ request }) =>
        Effect.map(own, (models) => HttpServerResponse.jsonUnsafe(models.list(speaksAnthropic(request.headers))))
      )
      .handleRaw("model", ({ params, request }) => {
        // A slash in its name may come as it is.
        const id = params["*"] === undefined ? params.id : `${params.id}/${params["*"]}`
        const toAnthropic = speaksAnthropic(request.headers)
        const found = Effect.flatMap(own, (models) => models.find(id, toAnthropic))
        return respondWith(toAnthropic ? anthropicResponse : openAiResponse)(
          Effect.map(found, (model) => HttpServerResponse.jsonUnsafe(model))
        )
      })
  })
)
