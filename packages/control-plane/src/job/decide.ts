/** What follows from the way an attempt ended: the job ends with it, or another node tries. */
import type { JobErrorCode } from "@infernet/contract/Job"
import type { AttemptFault, Done } from "@infernet/contract/Link"
import type { Outcome } from "../relay/RelayAttempt.ts"

/** Why a job was stopped from this side. */
export type Stop = "cancelled" | "timeout"

/** The end of a job. */
export type Final =
  | { readonly _tag: "Complete"; readonly done: Done }
  | {
      readonly _tag: "Fail"
      readonly status: "failed" | "cancelled"
      readonly error: JobErrorCode
      readonly message: string
    }

export interface Retry {
  readonly _tag: "Retry"
  /** The node itself is at fault, so that another one should try; else it may come back. */
  readonly avoid: boolean
  /** It has no room: no fault, no attempt that counts, and reason enough to wait for a place. */
  readonly full: boolean
  /** The end if no node does. */
  readonly otherwise: Final
}

export type Decision = Final | Retry

/** Nodes that may try a job before its first token. */
export const attemptLimit = 3

/** Faults that any node would repeat: they are about the request. */
const callersFault: ReadonlySet<AttemptFault> = new Set(["bad_request", "context_exceeded", "unsupported"])

const codes: Partial<Record<AttemptFault, JobErrorCode>> = {
  timeout: "timeout",
  node_stopping: "node_disconnected",
  overloaded: "no_capacity"
}

const fail = (error: JobErrorCode, message: string) => ({ _tag: "Fail", status: "failed", error, message }) as const

export const stopped = (stop: Stop): Final =>
  stop === "timeout"
    ? fail("timeout", "the job did not finish in time")
    : { _tag: "Fail", status: "cancelled", error: "cancelled", message: "the job was cancelled" }

export const noNodeCame = fail("no_capacity", "no node that serves the model came back in time: submit the job again")
export const notStored = fail("internal_error", "the outcome could not be stored: read the job again in a while")
export const endedElsewhere = fail("internal_error", "the job was ended by another process: read it again")

/** The node has no room for the attempt, which is no fault of its own. */
export const isFull = (outcome: Outcome): boolean => outcome._tag === "Failed" && outcome.error === "overloaded"

/** `attempts` counts this one and not those that found no room; `hasContent` says whether the client may have seen output of the job. */
export const decide = (
  outcome: Outcome,
  state: { readonly attempts: number; readonly hasContent: boolean; readonly stop: Stop | undefined }
): Decision => {
  if (outcome._tag === "Done") return { _tag: "Complete", done: outcome.done }
  if (state.stop !== undefined) return stopped(state.stop)
  if (outcome._tag === "Failed" && callersFault.has(outcome.error)) return fail("bad_request", outcome.message)
  const final =
    outcome._tag === "Failed"
      ? fail(codes[outcome.error] ?? "backend_error", outcome.message)
      : fail("node_disconnected", "the node went away while it was answering")
  if (state.hasContent) return final
  if (isFull(outcome)) return { _tag: "Retry", avoid: false, full: true, otherwise: final }
  if (state.attempts >= attemptLimit) return final
  return outcome._tag === "Failed"
    ? { _tag: "Retry", avoid: true, full: false, otherwise: final }
    : { _tag: "Retry", avoid: false, full: false, otherwise: noNodeCame }
}
