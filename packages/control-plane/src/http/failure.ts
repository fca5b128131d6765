/** Whatever went wrong in a handler, as one of the documented errors. */
import { type ApiError, BadRequest, InternalError, isApiError, PayloadTooLarge } from "@infernet/contract/ApiError"
import { Cause, Effect, Option, SchemaIssue } from "effect"
import { HttpServerError, type HttpServerResponse } from "effect/http"
import { HttpApiError } from "effect/http-api"
import type { Schema } from "effect"
import { RequestId } from "./RequestId.ts"

const formatIssues = SchemaIssue.makeFormatterStandardSchemaV1()

const pathOf = (path: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }>): string =>
  path
    .map((segment) => (typeof segment === "object" ? segment.key : segment))
    .reduce<string>(
      (text, key) =>
        typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`,
      ""
    )

type Issue = ReturnType<typeof formatIssues>["issues"][number]

/**
 * How much an issue tells. Where several forms were possible each gives its own: the one that came furthest into the
 * input is of the form that was meant, and a wrong `role` or `type` only says that its form was not.
 */
const rank = ({ path = [] }: Issue): number => {
  const last = path.at(-1)
  return 2 * path.length - (last === "role" || last === "type" ? 1 : 0)
}

/** What is wrong with the input, by name. */
export const badRequest = (error: Schema.SchemaError): BadRequest => {
  const [issue] = formatIssues(error.issue).issues.toSorted((a, b) => rank(b) - rank(a))
  // A client names fields as it likes, also in megabytes.
  const field = pathOf(issue?.path ?? []).slice(0, 200)
  const message = issue?.message ?? "the request is not of the documented form"
  return field === ""
    ? new BadRequest({ error_message: message })
    : new BadRequest({ error_message: `${field}: ${message}`, field })
}

const known = (error: unknown): ApiError | undefined => {
  if (isApiError(error)) return error
  if (HttpApiError.HttpApiSchemaError.is(error)) {
    return error.kind === "Body" || error.kind === "ResponseHeaders" ? undefined : badRequest(error.cause)
  }
  if (HttpApiError.HttpApiPayloadTooLarge.is(error))
    return new PayloadTooLarge({ error_message: "the body is too large" })
  if (error instanceof HttpServerError.HttpServerError && error.reason._tag === "RequestParseError") {
    return new BadRequest({ error_message: "the request could not be read" })
  }
  return undefined
}

/** The documented error behind a cause; what is not one is logged, and named by its request id only. */
export const apiErrorOf = Effect.fnUntraced(function* (cause: Cause.Cause<unknown>) {
  const failure = Option.getOrUndefined(Cause.findErrorOption(cause))
  const defect = cause.reasons.find((reason) => reason._tag === "Die")
  const error = known(failure) ?? known(defect?.defect)
  if (error !== undefined) return error
  const id = yield* RequestId
  yield* Effect.logError("request failed", cause)
  return new InternalError({ error_message: `something went wrong here; quote ${id} when you report it` })
})

const retryAfterSeconds = 2

/** Headers that belong to an error: when to try again, or, for the SDKs of others, that it would be no use. */
export const headersOf = (error: ApiError): Record<string, string> => {
  switch (error._tag) {
    case "RateLimited":
      return { "retry-after": String(error.retry_after) }
    // They would send again what was cancelled.
    case "Conflict":
      return { "x-should-retry": "false" }
    case "NoCapacity":
    case "Unavailable":
      return { "retry-after": String(retryAfterSeconds) }
    default:
      return {}
  }
}

/** How a door writes an error; the request's name is for whoever reports it. */
export type Write = (error: ApiError, requestId: string) => HttpServerResponse.HttpServerResponse

/** Turns every failure of an effect into a response; interruptions stay what they are. */
export const respondWith =
  (write: Write) =>
  <E, R>(effect: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
    Effect.catchCause(effect, (cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Effect.failCause(cause as Cause.Cause<never>)
        : Effect.flatMap(apiErrorOf(cause), (error) => Effect.map(RequestId, (id) => write(error, id)))
    )
