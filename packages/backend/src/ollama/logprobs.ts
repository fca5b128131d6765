/** Ollama's logprobs in OpenAI's form: the text of a `logprobs` record. */
import { type JsonRecord, recordsOf } from "../http/json.ts"

const entry = (token: JsonRecord) => ({
  token: typeof token["token"] === "string" ? token["token"] : "",
  logprob: typeof token["logprob"] === "number" ? token["logprob"] : null,
  bytes: Array.isArray(token["bytes"]) ? token["bytes"] : null
})

/** One chunk's tokens as JSON, `{"content": [{token, logprob, bytes, top_logprobs}]}`; `undefined` where it has none. */
export const logprobsOf = (object: JsonRecord): string | undefined => {
  const tokens = recordsOf(object["logprobs"])
  if (tokens.length === 0) return undefined
  const content = tokens.map((token) => ({
    ...entry(token),
    top_logprobs: recordsOf(token["top_logprobs"]).map(entry)
  }))
  return JSON.stringify({ content })
}
