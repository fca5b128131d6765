/** Handlers of OpenAI's doors. */
import { Api } from "@infernet/contract/api/Api"
import { Caller } from "@infernet/contract/api/Authorization"
import { ChatCompletionRequest, type ModelList } from "@infernet/contract/OpenAi"
import { Router } from "@infernet/routing/Router"
import { DateTime, Effect } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { readJson } from "../../http/body.ts"
import { openAiResponse, speaksAnthropic } from "../../http/errors.ts"
import { respondWith } from "../../http/failure.ts"
import { modelPage } from "../anthropic/models.ts"
import { Exchange } from "../Exchange.ts"
import { fingerprint } from "../fingerprint.ts"
import { leastContext } from "../room.ts"
import { chatDialect } from "./chatDialect.ts"
import { chatCompletion, chatRequest } from "./chat.ts"

const modelList = (ids: ReadonlyArray<string>, created: number): typeof ModelList.Type => ({
  object: "list",
  data: ids.toSorted().map((id) => ({ id, object: "model", created, owned_by: "infernet" }))
})

export const layer = HttpApiBuilder.group(
  Api,
  "openai",
  Effect.fn(function* (handlers) {
    const exchange = yield* Exchange
    const router = yield* Router
    const begun = yield* DateTime.now
    const started = Math.floor(DateTime.toEpochMillis(begun) / 1000)

    const complete = Effect.fnUntraced(function* (
      request: HttpServerRequest.HttpServerRequest,
      idempotencyKey: string | undefined
    ) {
      const { account, key: apiKey } = yield* Caller
      const body = yield* readJson(request, ChatCompletionRequest, "ignore")
      const asked = chatRequest(body, leastContext(router.matching(body.model)))
      const includeUsage = body.stream_options?.include_usage === true
      const { stream, stream_options: _options, ...same } = body
      return yield* exchange.answer({
        submission: {
          account,
          apiKey,
          idempotencyKey,
          requestHash: fingerprint("openai chat", idempotencyKey, same),
          request: asked,
          pin: undefined,
          metadata: body.metadata ?? undefined
        },
        stream: stream === true ? (job) => chatDialect({ job, includeUsage }) : undefined,
        whole: chatCompletion
      })
    })

    return handlers
      .handleRaw("chatCompletions", ({ headers, request }) =>
        respondWith(openAiResponse)(complete(request, headers["idempotency-key"]))
      )
      .handleRaw("models", ({ request }) =>
        Effect.sync(() =>
          HttpServerResponse.jsonUnsafe(
            speaksAnthropic(request.headers)
              ? modelPage(router.models(), DateTime.formatIso(begun))
              : modelList([...router.models().keys()], started)
          )
        )
      )
  })
)
