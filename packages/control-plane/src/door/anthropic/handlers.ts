/** Handlers of Anthropic's doors. */
import { CountTokensRequest, MessagesRequest } from "@infernet/contract/Anthropic"
import { Api } from "@infernet/contract/api/Api"
import { Caller } from "@infernet/contract/api/Authorization"
import { promptTokens } from "@infernet/routing/promptSize"
import { Router } from "@infernet/routing/Router"
import { Effect } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { readJson } from "../../http/body.ts"
import { anthropicResponse } from "../../http/errors.ts"
import { respondWith } from "../../http/failure.ts"
import { RequestId } from "../../http/RequestId.ts"
import { Exchange } from "../Exchange.ts"
import { fingerprint } from "../fingerprint.ts"
import { type AskingHeaders, maxPriceOf } from "../maxPrice.ts"
import { leastToldContext } from "../room.ts"
import { chatRequest, message, tellingOf } from "./message.ts"
import { messageDialect } from "./messageDialect.ts"
import { promptOf } from "./prompt.ts"

export const layer = HttpApiBuilder.group(
  Api,
  "anthropic",
  Effect.fn(function* (handlers) {
    const exchange = yield* Exchange
    const router = yield* Router

    const answer = Effect.fnUntraced(function* (
      httpRequest: HttpServerRequest.HttpServerRequest,
      headers: AskingHeaders
    ) {
      const { account, key: apiKey } = yield* Caller
      const requestId = yield* RequestId
      const idempotencyKey = headers["idempotency-key"]
      const body = yield* readJson(httpRequest, MessagesRequest, "ignore")
      const { estimate, request } = chatRequest(body, leastToldContext(router.matching(body.model)))
      const telling = tellingOf(body)
      const { stream, ...same } = body
      const user = body.metadata?.user_id
      return yield* exchange.answer({
        submission: {
          account,
          apiKey,
          idempotencyKey,
          requestHash: fingerprint("anthropic messages", idempotencyKey, same),
          request,
          pin: undefined,
          maxPrice: maxPriceOf(headers),
          metadata: user == null ? undefined : { user_id: user }
        },
        stream: stream === true ? (job) => messageDialect({ job, telling, estimate, requestId }) : undefined,
        whole: message(telling)
      })
    })

    const count = Effect.fnUntraced(function* (httpRequest: HttpServerRequest.HttpServerRequest) {
      const { messages, tools } = promptOf(yield* readJson(httpRequest, CountTokensRequest, "ignore"))
      return HttpServerResponse.jsonUnsafe({ input_tokens: promptTokens(messages, tools) })
    })

    return handlers
      .handleRaw("messages", ({ headers, request }) => respondWith(anthropicResponse)(answer(request, headers)))
      .handleRaw("countTokens", ({ request }) => respondWith(anthropicResponse)(count(request)))
  })
)
