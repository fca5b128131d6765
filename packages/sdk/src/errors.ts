/** What can go wrong, as classes: one for each of the API's codes, and those of a client's own. */
import { isRetryable } from "./retry.ts"

export interface ErrorDetails {
  readonly status?: number | undefined
  readonly field?: string | undefined
  readonly requestId?: string | undefined
  readonly retryAfter?: number | undefined
  readonly cause?: unknown
}

/** Every error of this client but an abort, which is thrown as the signal's reason. */
export class InfernetError extends Error {
  /** What went wrong, for programs; the sentence for people is `message`. */
  readonly code: string
  /** The answer's HTTP status; none where there was no answer or the error came in a stream. */
  readonly status: number | undefined
  /** The field of the request that is at fault. */
  readonly field: string | undefined
  /** The name under which the control plane's log knows the request. */
  readonly requestId: string | undefined
  /** Seconds after which the control plane asked to be tried again. */
  readonly retryAfter: number | undefined
  /** Whether the same request may go well another time. */
  readonly retryable: boolean
  /** The job's id, where one was made. A cut stream goes on with `jobs.stream(job)`. */
  job: string | undefined
  /** What the answer said before the error. */
  text = ""

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.name = "InfernetError"
    this.code = code
    this.status = details.status
    this.field = details.field
    this.requestId = details.requestId
    this.retryAfter = details.retryAfter
    this.retryable = isRetryable(code, details.status)
  }
}

/** 400: a field is missing or wrong; `field` names it. */
export class BadRequestError extends InfernetError {}
/** 401: no, bad, revoked or expired credentials. */
export class UnauthorizedError extends InfernetError {}
/** 402: the balance does not cover what the job may cost. */
export class InsufficientFundsError extends InfernetError {}
/** 403: somebody else's node, job or key. */
export class ForbiddenError extends InfernetError {}
/** 404: no such thing, or not yours. */
export class NotFoundError extends InfernetError {}
/** 404: the network knows no such model; the message lists the nearest names. */
export class ModelNotFoundError extends InfernetError {}
/** 409: the same idempotency key with another body. */
export class ConflictError extends InfernetError {}
/** 413: the body is over its limit. */
export class PayloadTooLargeError extends InfernetError {}
/** 429: too many requests; `retryAfter` says when the next may come. */
export class RateLimitedError extends InfernetError {}
/** 503: the model is known, but no node can take the job in time. */
export class NoCapacityError extends InfernetError {}
/** 500 or 503: the control plane's fault, or it cannot take work at this moment. */
export class InternalServerError extends InfernetError {}
/** The job's node was lost, and with it the rest of the answer. */
export class NodeDisconnectedError extends InfernetError {}
/** The job's backend failed. */
export class BackendError extends InfernetError {}
/** The job did not finish within the network's time, or within its `timeout_s`. */
export class JobTimeoutError extends InfernetError {}
/** The job was cancelled. */
export class CancelledError extends InfernetError {}

/** There was no answer: no network, no such host, or the connection broke before one came. */
export class ConnectionError extends InfernetError {
  constructor(message: string, cause?: unknown) {
    super("connection_failed", message, { cause })
  }
}

/** The stream ended before the answer did, and could not be taken up again. */
export class StreamCutError extends InfernetError {
  constructor(message: string, cause?: unknown) {
    super("stream_cut", message, { cause })
  }
}

/** A time-out of this client's own; `limit` is the option that set it. */
export class TimeoutError extends InfernetError {
  readonly limit: "timeout" | "idleTimeout"

  constructor(limit: "timeout" | "idleTimeout", millis: number) {
    const what = limit === "timeout" ? "the call did not come to its end within" : "not a byte came for"
    super("client_timeout", `${what} ${millis / 1000} s (option ${limit})`)
    this.limit = limit
  }
}

const classes: Record<string, typeof InfernetError> = {
  bad_request: BadRequestError,
  unauthorized: UnauthorizedError,
  insufficient_funds: InsufficientFundsError,
  forbidden: ForbiddenError,
  not_found: NotFoundError,
  model_not_found: ModelNotFoundError,
  conflict: ConflictError,
  payload_too_large: PayloadTooLargeError,
  rate_limited: RateLimitedError,
  no_capacity: NoCapacityError,
  internal_error: InternalServerError,
  node_disconnected: NodeDisconnectedError,
  backend_error: BackendError,
  timeout: JobTimeoutError,
  cancelled: CancelledError
}

/** The error of a code: of its class, or, for one that this version does not know, an `InfernetError`. */
export const errorOf = (code: string, message: string, details?: ErrorDetails): InfernetError =>
  new (Object.hasOwn(classes, code) ? (classes[code] ?? InfernetError) : InfernetError)(code, message, details)
