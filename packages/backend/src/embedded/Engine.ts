/** llama.cpp in this process: loads one model and runs chats on it, several in one batch. */
import type { ChatRequest, FinishReason, Usage } from "@infernet/contract/Chat"
import type { RecordKind } from "@infernet/contract/LinkRecord"
import {
  getLlama,
  getModuleVersion,
  LlamaChat,
  type LlamaChatResponseFunctionCallParamsChunk,
  type LlamaContextSequence,
  LlamaLogLevel
} from "node-llama-cpp"
import { Prompt } from "./Prompt.ts"
import { slots } from "./protocol.ts"
import { functionsOf, grammarOf, Refusal, samplingOf } from "./requestOptions.ts"
import * as Turnstile from "./Turnstile.ts"

const finishReasons = {
  eogToken: "stop",
  stopGenerationTrigger: "stop",
  customStopTrigger: "stop",
  maxTokens: "length",
  functionCalls: "tool_calls"
} as const satisfies Record<string, FinishReason>

type Out = (kind: RecordKind, text: string) => void

/** Pieces of tool calls as the contract has them; the line breaks that small models put after the last brace are dropped. */
const toolCallPieces = (out: Out) => {
  const blanks = new Map<number, string>()
  return ({ callIndex, functionName, paramsChunk }: LlamaChatResponseFunctionCallParamsChunk) => {
    const held = blanks.get(callIndex)
    const text = (held ?? "") + paramsChunk
    const kept = text.trimEnd()
    blanks.set(callIndex, text.slice(kept.length))
    const head = held === undefined ? { id: `call_${crypto.randomUUID()}`, name: functionName } : {}
    if (kept !== "" || held === undefined) {
      out("tool_call", JSON.stringify({ index: callIndex, ...head, arguments: kept }))
    }
  }
}

export interface Engine {
  /** Of node-llama-cpp. */
  readonly version: string
  readonly contextLength: number
  readonly bytes: number
  /** Sequences for `chat`: one chat at a time each. */
  readonly sequences: ReadonlyArray<LlamaContextSequence>
  readonly chat: (
    sequence: LlamaContextSequence,
    request: ChatRequest,
    out: Out,
    signal: AbortSignal
  ) => Promise<{ readonly finish_reason: FinishReason; readonly usage: Usage }>
}

export const load = async (modelPath: string): Promise<Engine> => {
  const llama = await getLlama({
    gpu: false,
    build: "never",
    skipDownload: true,
    // More threads only spin on ggml's barrier: with two, a busy machine falls from 600 tokens a second to 2.
    maxThreads: 1,
    logLevel: LlamaLogLevel.error
  })
  const model = await llama.loadModel({ modelPath })
  const contextLength = model.trainContextSize
  const context = await model.createContext({ sequences: slots, contextSize: contextLength, threads: 1 })
  const sequences = Array.from({ length: slots }, () => context.getSequence())
  const turnstile = Turnstile.make()
  sequences.forEach(turnstile.guard)

  const chat: Engine["chat"] = async (sequence, request, out, signal) => {
    const functions = functionsOf(request)
    const grammar = await grammarOf(llama, request)
    if (functions !== undefined && grammar !== undefined) {
      throw new Refusal("unsupported", "The embedded engine takes tools or a response_format, not both.")
    }
    const prompt = new Prompt(request, functions === undefined ? [] : (request.tools ?? []))
    const tokens = prompt.text.tokenize(model.tokenizer)
    // An over-long prompt would be shifted in silence, and the answer would be nonsense.
    if (tokens.length >= contextLength - 1) {
      throw new Refusal(
        "context_exceeded",
        `The prompt has ${tokens.length} tokens; the context holds ${contextLength}.`
      )
    }
    const cached = await turnstile.rewind(sequence, tokens)
    const before = sequence.tokenMeter.getState()
    const chat = new LlamaChat({ contextSequence: sequence, chatWrapper: prompt })
    try {
      const options = {
        ...samplingOf(request),
        // The context's end is "length" too: one token short of where the library would start to shift it.
        maxTokens: Math.min(request.max_tokens, contextLength - 1 - tokens.length),
        signal,
        onTextChunk: (text: string) => {
          if (text !== "") out("text", text)
        }
      }
      const toolCalls = toolCallPieces(out)
      const answer = await chat.generateResponse(
        [{ type: "model", response: [] }],
        functions === undefined
          ? { ...options, ...(grammar !== undefined && { grammar }) }
          : {
              ...options,
              functions,
              onFunctionCallParamsChunk: toolCalls
            }
      )
      const { stopReason } = answer.metadata
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
    } finally {
      chat.dispose({ disposeSequence: false })
    }
  }

  return { version: await getModuleVersion(), contextLength, bytes: model.size, sequences, chat }
}
