/** What goes wrong at OpenAI's doors, in their form. */
import { BadRequest, UpstreamFailed } from "@infernet/contract/ApiError"
import { openAiBody } from "../../http/errors.ts"
import type { End } from "../../job/JobLog.ts"

/** A field that the schema alone cannot judge. */
export const wrong = (field: string, message: string): BadRequest =>
  new BadRequest({ field, error_message: `${field}: ${message}` })

/** The frame by which SDKs learn that a stream has failed: they throw an `APIError` with it. */
export const openAiFailure = ({ error: code, message }: End & { readonly _tag: "Failed" }): string => {
  const { error } = openAiBody(new UpstreamFailed({ error: "backend_error", error_message: message }))
  return `data: ${JSON.stringify({ error: { ...error, code } })}\n\n`
}
