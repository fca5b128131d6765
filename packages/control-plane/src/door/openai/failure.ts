/** The frame by which OpenAI's SDKs learn that a stream has failed: they throw an `APIError` with it. */
import { UpstreamFailed } from "@infernet/contract/ApiError"
import { openAiBody } from "../../http/errors.ts"
import type { End } from "../../job/JobLog.ts"

export const openAiFailure = ({ error: code, message }: End & { readonly _tag: "Failed" }): string => {
  const { error } = openAiBody(new UpstreamFailed({ error: "backend_error", error_message: message }))
  return `data: ${JSON.stringify({ error: { ...error, code } })}\n\n`
}
