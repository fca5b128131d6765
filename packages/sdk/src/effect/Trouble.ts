/** Why one try failed, with all that decides on the next one; only `error` is ever shown to a caller. */
import * as ApiErrors from "@infernet/contract/ApiError"
import { JobErrorCode } from "@infernet/contract/Job"
import { Data, Effect, Option, Schema } from "effect"
import { HttpClientError, type HttpClientResponse } from "effect/http"
import { isRetryable, retryAfterOf } from "../retry.ts"
import { type Failure, Unreachable, UnexpectedResponse } from "./errors.ts"

/** The last frame of a job that failed. */
export interface FailedFrame {
  readonly _tag: "FailedFrame"
  readonly error: JobErrorCode
  readonly message: string
}

export class Trouble extends Data.TaggedError("Trouble")<{
  readonly error: Failure | FailedFrame
  readonly code: string
  readonly isRetryable: boolean
  readonly retryAfter: number | undefined
}> {}

const troubleOf = (error: Failure | FailedFrame, code: string, status = 0, retryAfter?: number): Trouble =>
  new Trouble({ error, code, isRetryable: isRetryable(code, status), retryAfter })

const decoders: ReadonlyArray<(body: unknown) => Option.Option<ApiErrors.ApiError>> = [
  ApiErrors.BadRequest,
  ApiErrors.Unauthorized,
  ApiErrors.InsufficientFunds,
  ApiErrors.Forbidden,
  ApiErrors.NotFound,
  ApiErrors.ModelNotFound,
  ApiErrors.Conflict,
  ApiErrors.PayloadTooLarge,
  ApiErrors.RateLimited,
  ApiErrors.NoCapacity,
  ApiErrors.InternalError,
  ApiErrors.Unavailable,
  ApiErrors.UpstreamFailed,
  ApiErrors.TimedOut
].map((schema) => Schema.decodeUnknownOption(schema as Schema.Codec<ApiErrors.ApiError, unknown>))

/** Code and status together tell which it is; when to come back stands in a header only. */
const apiErrorOf = (status: number, body: unknown, retryAfter: number): ApiErrors.ApiError | undefined => {
  const whole = typeof body === "object" ? { retry_after: retryAfter, ...body } : body
  for (const decode of decoders) {
    const error = Option.getOrUndefined(decode(whole))
    if (error !== undefined && ApiErrors.statusOf(error) === status) return error
  }
  return undefined
}

export const unexpected = (status: number, message: string, cause?: unknown): Trouble =>
  troubleOf(new UnexpectedResponse({ status, message, cause }), "unexpected_response", status)

export const lost = (cause: unknown): Trouble => {
  const message = `no answer: ${cause instanceof Error ? cause.message : String(cause)}`
  return troubleOf(new Unreachable({ reason: "connection", message, cause }), "connection_failed")
}

export const silent = (message: string): Trouble =>
  troubleOf(new Unreachable({ reason: "silence", message }), "connection_failed")

/** What a stream's last frame tells; a code that this version does not know is an unexpected response. */
export const failedFrame = (code: string, message: string): Trouble =>
  Schema.is(JobErrorCode)(code)
    ? troubleOf({ _tag: "FailedFrame", error: code, message }, code)
    : unexpected(200, `the job failed with ${code}: ${message}`)

/** A frame where no stream was asked for. */
export const unexpectedFrame = ({ error, message }: FailedFrame): UnexpectedResponse =>
  new UnexpectedResponse({ status: 200, message: `the job failed with ${error}: ${message}` })

/** What an answer that is no success tells. */
export const refusal = Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse) {
  const { headers, status } = response
  const body = yield* Effect.option(response.json)
  const retryAfter = retryAfterOf(headers["retry-after"])
  const error = apiErrorOf(status, Option.getOrUndefined(body), retryAfter ?? 0)
  return error === undefined
    ? unexpected(status, `HTTP ${status} that is not an Infernet control plane's: is the address right?`)
    : troubleOf(error, error.error, status, retryAfter)
})

/** Whatever a derived client fails with. */
export type ClientError = Trouble | Failure | HttpClientError.HttpClientError | Schema.SchemaError

/** What cannot be sent as the contract has it is the caller's bad request. */
export const ofClient =
  (wasSent: boolean) =>
  (error: ClientError): Trouble => {
    if (error instanceof Trouble) return error
    if (Schema.isSchemaError(error)) {
      return wasSent
        ? unexpected(200, `the answer is not of a form that this version knows: ${error.message}`, error)
        : badRequest(error.message)
    }
    if (!(error instanceof HttpClientError.HttpClientError)) return unexpected(200, error.message, error)
    return error.reason._tag === "InvalidUrlError" ? badRequest(`baseUrl: ${error.message}`) : lost(error)
  }

const badRequest = (message: string): Trouble =>
  troubleOf(new ApiErrors.BadRequest({ error_message: message }), "bad_request")
