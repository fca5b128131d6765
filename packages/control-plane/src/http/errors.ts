/** The two shapes in which errors go back: ours and OpenAI's. */
import { ApiErrors, OpenAiErrors } from "@infernet/contract/api/Authorization"
import { type ApiError, statusOf } from "@infernet/contract/ApiError"
import type { OpenAiError } from "@infernet/contract/OpenAi"
import { Layer } from "effect"
import { HttpServerResponse } from "effect/http"
import { headersOf, respondWith } from "./failure.ts"

const fieldOf = (error: ApiError) => (error._tag === "BadRequest" ? error.field : undefined)

/** `{ error, error_message, field? }` */
export const apiResponse = (error: ApiError): HttpServerResponse.HttpServerResponse => {
  const field = fieldOf(error)
  const body = { error: error.error, error_message: error.error_message, ...(field === undefined ? {} : { field }) }
  return HttpServerResponse.jsonUnsafe(body, { status: statusOf(error), headers: headersOf(error) })
}

const openAiTypes: Partial<Record<ApiError["_tag"], string>> = {
  Unauthorized: "authentication_error",
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

/** How the door behind a path writes an error, also where there is no such route. */
export const responseAt = (path: string) => (path.startsWith("/v1/") ? openAiResponse : apiResponse)

export const layer = Layer.merge(
  Layer.succeed(ApiErrors, respondWith(apiResponse)),
  Layer.succeed(OpenAiErrors, respondWith(openAiResponse))
)
