/** Token counts as a server says them, held against what can be true: absent is not 0, and nonsense is not believed. */
import type { Usage } from "@infernet/contract/Chat"
import { countOf, isRecord, type JsonRecord, recordOf } from "../http/json.ts"

/** As they stood in the answer, unchecked. */
export interface Said {
  readonly prompt: unknown
  readonly completion: unknown
  readonly cached: unknown
  readonly reasoning: unknown
}

/** What a chunk says; `undefined` where it says nothing. */
export const usageOf = (chunk: JsonRecord): Said | undefined => {
  const usage = chunk["usage"]
  if (!isRecord(usage)) return undefined
  return {
    prompt: usage["prompt_tokens"],
    completion: usage["completion_tokens"],
    // llama.cpp tells it a second time in its own form.
    cached: recordOf(usage["prompt_tokens_details"])["cached_tokens"] ?? recordOf(chunk["timings"])["cache_n"],
    // SGLang tells it beside the details, not in them.
    reasoning: recordOf(usage["completion_tokens_details"])["reasoning_tokens"] ?? usage["reasoning_tokens"]
  }
}

/** What we know ourselves of the request and its answer. */
export interface Known {
  /** A rough count of the prompt. */
  readonly prompt: () => number
  /** The most tokens its prompt can have. */
  readonly promptLimit: () => number
  /** The most tokens that were asked for. */
  readonly maxTokens: number
  /** Pieces of output that came, about one a token. */
  readonly pieces: number
}

/** The usage to report, and in words what the server said that cannot be true. */
export const settle = (
  said: Said | undefined,
  known: Known
): { readonly usage: Usage; readonly doubt: string | undefined } => {
  const doubts: Array<string> = []
  const believed = (name: string, value: unknown, possible: (count: number) => boolean): number | undefined => {
    if (value === undefined || value === null) return undefined
    const count = countOf(value)
    if (count !== undefined && possible(count)) return count
    doubts.push(`${name} ${JSON.stringify(value)?.slice(0, 32)}`)
    return undefined
  }
  const prompt =
    believed("prompt_tokens", said?.prompt, (count) => count > 0 && count <= known.promptLimit()) ?? known.prompt()
  const completion =
    believed(
      "completion_tokens",
      said?.completion,
      (count) => count <= known.maxTokens && (count > 0 || known.pieces === 0)
    ) ?? Math.min(known.pieces, known.maxTokens)
  const cached = believed("cached_tokens", said?.cached, (count) => count <= prompt)
  const reasoning = believed("reasoning_tokens", said?.reasoning, (count) => count <= completion)
  return {
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      ...(cached !== undefined && { cached_tokens: cached }),
      ...(reasoning !== undefined && { reasoning_tokens: reasoning })
    },
    doubt: doubts.length === 0 ? undefined : doubts.join(", ")
  }
}
