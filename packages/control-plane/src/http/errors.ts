/** The shapes in which errors go back: ours, OpenAI's, Anthropic's and Ollama's. */
import { AnthropicErrors, ApiErrors, OllamaErrors, OpenAiErrors } from "@infernet/contract/api/Authorization"
import type { AnthropicError } from "@infernet/contract/AnthropicAnswer"
import { type ApiError, statusOf } from "@infernet/contract/ApiError"
import type { OpenAiError } from "@infernet/contract/OpenAi"
import { Effect, Layer } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { headersOf, respondWith, type Write } from "./failure.ts"
import { RequestId } from "./RequestId.ts"

const fieldOf = (error: ApiError) => (error._tag === "BadRequest" ? error.field : undefined)

/** `{ error, error_message, field? }` */
export const apiResponse = (error: ApiError): HttpServerResponse.HttpServerResponse => {
  const field = fieldOf(error)
  const body = { error: error.error, error_message: error.error_message, ...(field === undefined ? {} : { field }) }
  return HttpServerResponse.jsonUnsafe(body, { status: statusOf(error), headers: headersOf(error) })
}

const openAiTypes: Partial<Record<ApiError["_tag"], string>> = {
  Unauthorized: "authentication_error",
  InsufficientFunds: "insufficient_quota",
  Forbidden: "permission_error",
  RateLimited: "rate_limit_error",
  InternalError: "server_error",
  NoCapacity: "server_error",
  TimedOut: "server_error",
  Unavailable: "server_error",
  UpstreamFailed: "server_error"
}

export const openAiBody = (error: ApiError): OpenAiError => ({
  error: {
    message: error.error_message,
    type: openAiTypes[error._tag] ?? "invalid_request_error",
    param: fieldOf(error) ?? null,
    code: error.error
  }
})

export const openAiResponse = (error: ApiError) =>
  HttpServerResponse.jsonUnsafe(openAiBody(error), { status: statusOf(error), headers: headersOf(error) })

const anthropicTypes: Readonly<Record<number, string>> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  504: "timeout_error",
  529: "overloaded_error"
}

/** Anthropic has a status of its own for "no room", which its SDKs throw as a class of its own. */
const anthropicStatus = (error: ApiError): number => (error._tag === "NoCapacity" ? 529 : statusOf(error))

export const anthropicBody = (error: ApiError, requestId: string): AnthropicError => {
  const status = anthropicStatus(error)
  const type = anthropicTypes[status] ?? (status < 500 ? "invalid_request_error" : "api_error")
  return { type: "error", error: { type, message: error.error_message }, request_id: requestId }
}

export const anthropicResponse: Write = (error, requestId) =>
  HttpServerResponse.jsonUnsafe(anthropicBody(error, requestId), {
    status: anthropicStatus(error),
    headers: { ...headersOf(error), "request-id": requestId }
  })

/** `{ error }`, a sentence. */
export const ollamaResponse: Write = (error) =>
  HttpServerResponse.jsonUnsafe({ error: error.error_message }, { status: statusOf(error), headers: headersOf(error) })

type Headers = HttpServerRequest.HttpServerRequest["headers"]

/** Whether a client of Anthropic's asks: some of its paths are OpenAI's as well. */
export const speaksAnthropic = (headers: Headers): boolean => headers["anthropic-version"] !== undefined

const writeV1 = (headers: Headers): Write => (speaksAnthropic(headers) ? anthropicResponse : openAiResponse)

const isUnder = (path: string, root: string): boolean => path === root || path.startsWith(`${root}/`)

/** How the door behind a path writes an error, also where there is no such route. */
export const responseAt = (path: string, headers: Headers): Write => {
  if (isUnder(path, "/v1/messages")) return anthropicResponse
  if (isUnder(path, "/v1")) return writeV1(headers)
  // Ollama's paths have no version, and ours do.
  return isUnder(path, "/api") && !/^\/api\/v\d/.test(path) ? ollamaResponse : apiResponse
}

/** Its SDKs show the request's name as `_request_id`. */
const respondAsAnthropic = <E, R>(effect: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.flatMap(RequestId, (id) =>
    Effect.map(respondWith(anthropicResponse)(effect), (response) =>
      HttpServerResponse.setHeader(response, "request-id", id)
    )
  )

export const layer = Layer.mergeAll(
  Layer.succeed(ApiErrors, respondWith(apiResponse)),
  Layer.succeed(OpenAiErrors, (effect) =>
    Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) => respondWith(writeV1(headers))(effect))
  ),
  Layer.succeed(AnthropicErrors, respondAsAnthropic),
  Layer.succeed(OllamaErrors, respondWith(ollamaResponse))
)
