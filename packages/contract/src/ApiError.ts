/** What can go wrong at the public and the node API: a code for programs, a sentence for people, a status for HTTP. */
import { Schema } from "effect"

const fields = <const Code extends string>(code: Code) => ({
  error: Schema.tag(code),
  error_message: Schema.String
})

/** Something in the request is missing or wrong; `field` names it, `error_message` says what was expected. */
export class BadRequest extends Schema.Error<BadRequest>("@infernet/contract/BadRequest")(
  { ...fields("bad_request"), field: Schema.optionalKey(Schema.String) },
  { httpApiStatus: 400, description: "A field is missing or wrong" }
) {
  readonly _tag = "BadRequest"
}

export class Unauthorized extends Schema.Error<Unauthorized>("@infernet/contract/Unauthorized")(
  fields("unauthorized"),
  { httpApiStatus: 401, description: "No, bad, revoked or expired credentials" }
) {
  readonly _tag = "Unauthorized"
}

/** What the account has does not cover what the job may cost at most; the message says both, and what can be done. */
export class InsufficientFunds extends Schema.Error<InsufficientFunds>("@infernet/contract/InsufficientFunds")(
  fields("insufficient_funds"),
  { httpApiStatus: 402, description: "The balance does not cover what is asked for; the message says what is missing" }
) {
  readonly _tag = "InsufficientFunds"
}

export class Forbidden extends Schema.Error<Forbidden>("@infernet/contract/Forbidden")(fields("forbidden"), {
  httpApiStatus: 403,
  description: "Somebody else's node, job or key"
}) {
  readonly _tag = "Forbidden"
}

export class NotFound extends Schema.Error<NotFound>("@infernet/contract/NotFound")(fields("not_found"), {
  httpApiStatus: 404,
  description: "No such thing, or not yours"
}) {
  readonly _tag = "NotFound"
}

export class ModelNotFound extends Schema.Error<ModelNotFound>("@infernet/contract/ModelNotFound")(
  fields("model_not_found"),
  { httpApiStatus: 404, description: "The network knows no such model; the message lists the nearest names" }
) {
  readonly _tag = "ModelNotFound"
}

export class Conflict extends Schema.Error<Conflict>("@infernet/contract/Conflict")(fields("conflict"), {
  httpApiStatus: 409,
  description: "The same idempotency key with another body, or stale expected state"
}) {
  readonly _tag = "Conflict"
}

export class PayloadTooLarge extends Schema.Error<PayloadTooLarge>("@infernet/contract/PayloadTooLarge")(
  fields("payload_too_large"),
  { httpApiStatus: 413, description: "The body is over its limit" }
) {
  readonly _tag = "PayloadTooLarge"
}

/** Too many requests; `retry_after` is when the next one may come, in seconds. */
export class RateLimited extends Schema.Error<RateLimited>("@infernet/contract/RateLimited")(
  { ...fields("rate_limited"), retry_after: Schema.Int },
  { httpApiStatus: 429, description: "Too many requests; retry after Retry-After seconds" }
) {
  readonly _tag = "RateLimited"
}

/** The model is known, but no node can take the job in time. */
export class NoCapacity extends Schema.Error<NoCapacity>("@infernet/contract/NoCapacity")(fields("no_capacity"), {
  httpApiStatus: 503,
  description: "The model is known, but no node can take the job in time; retry after Retry-After seconds"
}) {
  readonly _tag = "NoCapacity"
}

/** Our fault, or the database is away: retryable, with a request id that is in the log. */
export class InternalError extends Schema.Error<InternalError>("@infernet/contract/InternalError")(
  fields("internal_error"),
  { httpApiStatus: 500, description: "Our fault; the message carries the request id that is in the log" }
) {
  readonly _tag = "InternalError"
}

/** The service cannot take work at this moment (the database is away, a buffer is full). */
export class Unavailable extends Schema.Error<Unavailable>("@infernet/contract/Unavailable")(fields("internal_error"), {
  httpApiStatus: 503,
  description: "The service cannot take work at this moment; retry after Retry-After seconds"
}) {
  readonly _tag = "Unavailable"
}

/** The node or its backend failed the job before it said anything. */
export class UpstreamFailed extends Schema.Error<UpstreamFailed>("@infernet/contract/UpstreamFailed")(
  { error: Schema.Literals(["backend_error", "node_disconnected"]), error_message: Schema.String },
  { httpApiStatus: 502, description: "The node or its backend failed the job before any output; retry" }
) {
  readonly _tag = "UpstreamFailed"
}

/** The job did not finish in time, and nothing of it was shown. */
export class TimedOut extends Schema.Error<TimedOut>("@infernet/contract/TimedOut")(fields("timeout"), {
  httpApiStatus: 504,
  description: "The job did not finish in time; retry"
}) {
  readonly _tag = "TimedOut"
}

export type ApiError =
  | BadRequest
  | Unauthorized
  | InsufficientFunds
  | Forbidden
  | NotFound
  | ModelNotFound
  | Conflict
  | PayloadTooLarge
  | RateLimited
  | NoCapacity
  | InternalError
  | Unavailable
  | UpstreamFailed
  | TimedOut

/** The HTTP status of an error, for answers that are written without the derived encoder. */
export const statusOf = (error: ApiError): number => statuses[error._tag]

const statuses: Record<ApiError["_tag"], number> = {
  BadRequest: 400,
  Unauthorized: 401,
  InsufficientFunds: 402,
  Forbidden: 403,
  NotFound: 404,
  ModelNotFound: 404,
  Conflict: 409,
  PayloadTooLarge: 413,
  RateLimited: 429,
  NoCapacity: 503,
  InternalError: 500,
  Unavailable: 503,
  UpstreamFailed: 502,
  TimedOut: 504
}

export const isApiError = (error: unknown): error is ApiError =>
  error instanceof Error && "_tag" in error && typeof error._tag === "string" && error._tag in statuses
