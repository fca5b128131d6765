/** Fields that a server may refuse without harm: the request goes out once more without them. */
import type { BackendError } from "../Backend.ts"
import type { RequestBody } from "./dialect.ts"

interface Concession {
  readonly field: string
  readonly when: RegExp
}

const concessions: ReadonlyArray<Concession> = [
  // A strict server that knows no stream_options still streams; the tokens are then counted as they come.
  { field: "stream_options", when: /stream_options|include_usage/i },
  // vLLM and SGLang refuse a max_tokens that no longer fits; without it they stop at the same place, the context's end.
  {
    field: "max_tokens",
    when: /max_(completion_)?tokens\b.*\b(too large|greater|exceed)|tokens (in|for|from) the (messages|input).*\b(in|for) the completion/is
  }
]

/** The body without the one field that the server refused, or nothing where the refusal is about something else. */
export const concede = (body: RequestBody, error: BackendError): RequestBody | undefined => {
  if (error.fault !== "bad_request" && error.fault !== "context_exceeded" && error.fault !== "unsupported")
    return undefined
  const refused = concessions.find(({ field, when }) => field in body && when.test(error.message))
  if (refused === undefined) return undefined
  return Object.fromEntries(Object.entries(body).filter(([field]) => field !== refused.field))
}
