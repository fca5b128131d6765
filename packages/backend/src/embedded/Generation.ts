/** What chats and plain completions share: fitting into the context, finding the prefix again, counting tokens. */
import type { FinishReason, Usage } from "@infernet/contract/Chat"
import type { LlamaContextSequence, Token } from "node-llama-cpp"
import { tooLong } from "./Refusal.ts"
import type { Turnstile } from "./Turnstile.ts"

export interface End {
  readonly finish_reason: FinishReason
  readonly usage: Usage
}

const finishReasons = {
  eogToken: "stop",
  stopGenerationTrigger: "stop",
  customStopTrigger: "stop",
  maxTokens: "length",
  functionCalls: "tool_calls"
} as const satisfies Record<string, FinishReason>

interface Options {
  readonly sequence: LlamaContextSequence
  readonly turnstile: Turnstile
  readonly contextLength: number
  /** The whole prompt. */
  readonly tokens: ReadonlyArray<Token>
  readonly wanted: number
  readonly signal: AbortSignal
}

/** Gives `run` the number of tokens that the answer may have. */
export const generation = async (
  { contextLength, sequence, signal, tokens, turnstile, wanted }: Options,
  run: (maxTokens: number) => Promise<keyof typeof finishReasons | "abort">
): Promise<End> => {
  // An over-long prompt would be shifted in silence, and the answer would be nonsense.
  if (tokens.length >= contextLength - 1) throw tooLong(tokens.length, contextLength)
  const cached = await turnstile.rewind(sequence, tokens)
  const before = sequence.tokenMeter.getState()
  // The context's end is "length" too: one token short of where the library would start to shift it.
  const stopReason = await run(Math.min(wanted, contextLength - 1 - tokens.length))
  if (stopReason === "abort") throw signal.reason
  const completion = sequence.tokenMeter.diff(before).usedOutputTokens
  return {
    finish_reason: finishReasons[stopReason],
    usage: {
      prompt_tokens: tokens.length,
      completion_tokens: completion,
      total_tokens: tokens.length + completion,
      cached_tokens: cached
    }
  }
}
