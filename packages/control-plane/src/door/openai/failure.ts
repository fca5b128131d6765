/** What goes wrong at OpenAI's doors, in their form. */
import { BadRequest } from "@infernet/contract/ApiError"
import { openAiBody } from "../../http/errors.ts"
import { failureOf } from "../../http/wait.ts"
import type { End } from "../../job/JobLog.ts"

/** A field that the schema alone cannot judge. */
export const wrong = (field: string, message: string): BadRequest =>
  new BadRequest({ field, error_message: `${field}: ${message}` })

/** The frame by which SDKs learn that a stream has failed: they throw an `APIError` with it. */
export const openAiFailure = (end: End & { readonly _tag: "Failed" }): string => {
  const { error } = openAiBody(failureOf(end))
  return `data: ${JSON.stringify({ error: { ...error, code: end.error } })}\n\n`
}
