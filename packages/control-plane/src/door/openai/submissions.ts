/** The jobs that answer one request of OpenAI's, one a choice. */
import type { JobRequest } from "@infernet/contract/JobRequest"
import type { Submission } from "../../job/LiveJob.ts"
import { fingerprint } from "../fingerprint.ts"

export interface Asking extends Pick<Submission, "account" | "apiKey" | "idempotencyKey" | "maxPrice" | "metadata"> {
  /** Which of the doors, for the fingerprint. */
  readonly door: string
  /** What the client asks for, in its own words. */
  readonly body: object
}

/** The same request, streamed or not, and with whatever else is told of the stream. */
const without = (body: object): unknown => ({ ...body, stream: undefined, stream_options: undefined })

/**
 * The first job has the client's key, so that another request with it is refused. The others' are derived from it with
 * a line break, which no header can bring.
 */
export const submissionsOf = (
  { body, door, idempotencyKey, ...asking }: Asking,
  requests: ReadonlyArray<JobRequest>
): ReadonlyArray<Submission> => {
  const requestHash = fingerprint(`openai ${door}`, idempotencyKey, without(body))
  return requests.map((request, i) => ({
    ...asking,
    idempotencyKey: idempotencyKey === undefined || i === 0 ? idempotencyKey : `${idempotencyKey}\n${i}`,
    requestHash,
    request,
    pin: undefined
  }))
}
