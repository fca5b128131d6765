/** Log probabilities as they stand in a chunk, in OpenAI's form whatever the server adds to it. */
import { type JsonRecord, recordOf, recordsOf } from "../http/json.ts"

const token = (item: JsonRecord) => ({
  token: typeof item["token"] === "string" ? item["token"] : "",
  logprob: typeof item["logprob"] === "number" ? item["logprob"] : null,
  bytes: Array.isArray(item["bytes"]) ? item["bytes"] : null
})

/**
 * The text of a `logprobs` record: `{"content": [{token, logprob, bytes, top_logprobs}]}` for the tokens of one chunk,
 * with at most `top` alternatives each; `undefined` where the chunk has none.
 */
export const logprobsOf = (choice: JsonRecord, top: number): string | undefined => {
  const items = recordsOf(recordOf(choice["logprobs"])["content"])
  if (items.length === 0) return undefined
  const content = items.map((item) => ({
    ...token(item),
    top_logprobs: recordsOf(item["top_logprobs"]).slice(0, top).map(token)
  }))
  return JSON.stringify({ content })
}
