/** The error that an answer tells which is no success. */
import { type InfernetError, errorOf } from "./errors.ts"
import { retryAfterOf } from "./retry.ts"

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null
const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

/** The error of an answer: the control plane's own, or of something in between, which writes what it likes. */
export const refusalOf = (status: number, header: (name: string) => string | null, body: string): InfernetError => {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    // Not the control plane's: told by its status below.
  }
  const { error, error_message: message, field } = isRecord(json) ? json : {}
  const details = {
    status,
    field: textOf(field),
    requestId: header("x-request-id") ?? undefined,
    retryAfter: retryAfterOf(header("retry-after"))
  }
  return typeof error === "string"
    ? errorOf(error, textOf(message) ?? error, details)
    : errorOf(
        "unexpected_response",
        `HTTP ${status} that is not an Infernet control plane's: is the address right?`,
        details
      )
}
