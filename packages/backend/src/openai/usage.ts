/** Token counts from a chunk, where it has them: absent is not 0. */
import type { Usage } from "@infernet/contract/Chat"
import { countOf, isRecord, type JsonRecord, recordOf } from "../http/json.ts"

export const usageOf = (chunk: JsonRecord): Usage | undefined => {
  const usage = chunk["usage"]
  const timings = recordOf(chunk["timings"])
  if (!isRecord(usage)) return undefined
  const prompt = countOf(usage["prompt_tokens"])
  if (prompt === undefined) return undefined
  const completion = countOf(usage["completion_tokens"]) ?? 0
  const cached = countOf(recordOf(usage["prompt_tokens_details"])["cached_tokens"]) ?? countOf(timings["cache_n"])
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(cached !== undefined && { cached_tokens: cached })
  }
}
