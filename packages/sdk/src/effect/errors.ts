/** What a client itself can tell of what went wrong; what the control plane tells are the contract's own errors. */
import type { ApiError } from "@infernet/contract/ApiError"
import type { JobId } from "@infernet/contract/Id"
import type { JobErrorCode } from "@infernet/contract/Job"
import { Data } from "effect"

/** No answer came: there was no connection, it broke, or it stayed silent for longer than `idleTimeout`. */
export class Unreachable extends Data.TaggedError("Unreachable")<{
  readonly reason: "connection" | "silence"
  readonly message: string
  readonly cause?: unknown
}> {}

/** An answer that is not an Infernet control plane's, or not of a form that this version knows. */
export class UnexpectedResponse extends Data.TaggedError("UnexpectedResponse")<{
  readonly status: number
  readonly message: string
  readonly cause?: unknown
}> {}

/** The job ended without its answer; `text` is what it had said until then. */
export class JobFailed extends Data.TaggedError("JobFailed")<{
  /** Unknown only where something in between has taken it away. */
  readonly job: JobId | undefined
  readonly error: JobErrorCode
  readonly message: string
  readonly text: string
}> {}

/** A stream ended before the answer did and could not be taken up again: `jobs.stream(job)` may go on with it later. */
export class StreamCut extends Data.TaggedError("StreamCut")<{
  readonly job: JobId
  readonly message: string
  readonly text: string
  readonly cause: Failure
}> {}

/** How a single request can fail. */
export type Failure = ApiError | Unreachable | UnexpectedResponse

/** How an answer can fail that has a job behind it. */
export type ChatFailure = Failure | JobFailed | StreamCut
