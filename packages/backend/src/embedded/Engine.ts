/** llama.cpp in this process: loads one model and runs requests on it, several in one batch. */
import type { ChatRequest } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"
import {
  getLlama,
  getModuleVersion,
  LlamaChat,
  LlamaCompletion,
  type LlamaContextSequence,
  LlamaLogLevel
} from "node-llama-cpp"
import * as ThinkTags from "../http/ThinkTags.ts"
import * as Embedder from "./Embedder.ts"
import { type End, generation } from "./Generation.ts"
import * as Prompter from "./Prompter.ts"
import type { Blueprint, Loaded } from "./protocol.ts"
import { Refusal } from "./Refusal.ts"
import { callingOf, grammarOf, samplingOf } from "./requestOptions.ts"
import { type Out, toolCallPieces } from "./toolCallPieces.ts"
import * as Turnstile from "./Turnstile.ts"

type Run<Request> = (sequence: LlamaContextSequence, request: Request, out: Out, signal: AbortSignal) => Promise<End>

export interface Engine {
  readonly loaded: Loaded
  /** For `chat` and `complete`: one request at a time each. An embedding model has none. */
  readonly sequences: ReadonlyArray<LlamaContextSequence>
  readonly chat: Run<ChatRequest>
  readonly complete: Run<CompletionRequest>
  readonly embed: Embedder.Embedder["embed"]
}

/** Rejects when the file cannot be used or memory is short. */
export const load = async ({ contextLength: wanted, kind, path, slots, threads }: Blueprint): Promise<Engine> => {
  const llama = await getLlama({
    gpu: kind === "demo" ? false : "auto",
    build: "never",
    skipDownload: true,
    logLevel: LlamaLogLevel.error,
    ...(threads !== undefined && { maxThreads: threads })
  })
  const model = await llama.loadModel({ modelPath: path, gpuLayers: { fitContext: { contextSize: wanted } } })
  const context = await (kind === "embedding"
    ? undefined
    : model.createContext({
        sequences: slots,
        contextSize: { min: Math.min(512, wanted), max: wanted },
        ...(threads !== undefined && { threads })
      }))
  // The library rounds contexts up.
  const contextLength = Math.min(wanted, context?.contextSize ?? wanted)
  const sequences = context === undefined ? [] : Array.from({ length: slots }, () => context.getSequence())
  const turnstile = Turnstile.make()
  sequences.forEach(turnstile.guard)
  const prompt = context === undefined ? undefined : Prompter.make(model, kind)
  const style = kind === "demo" ? "demo" : "other"

  const chat: Engine["chat"] = async (sequence, request, out, signal) => {
    const calling = callingOf(request)
    const grammar = await grammarOf(llama, request)
    const sampling = samplingOf(request, style)
    if (calling !== undefined && grammar !== undefined) {
      throw new Refusal("unsupported", 'The embedded engine takes "tools" or a "response_format", not both.')
    }
    if (prompt === undefined) throw new Refusal("unsupported", `"${request.model}" makes embeddings and cannot chat.`)
    const { history, tokens, wrapper } = prompt(request, calling)
    const thoughts = ThinkTags.make(out)
    const toolCalls = toolCallPieces(out)
    const chat = new LlamaChat({ contextSequence: sequence, chatWrapper: wrapper })
    const options = { sequence, turnstile, contextLength, tokens, wanted: request.max_tokens, signal }
    try {
      return await generation(options, async (maxTokens) => {
        const { metadata } = await chat.generateResponse([...history], {
          ...sampling,
          maxTokens,
          signal,
          // Our own limit is the request's.
          budgets: { thoughtTokens: Infinity, commentTokens: Infinity },
          onResponseChunk: ({ text, type }) => {
            if (type === undefined) return thoughts.feed(text)
            thoughts.flush()
            if (text !== "") out("reasoning", text)
          },
          ...(calling === undefined
            ? grammar !== undefined && { grammar }
            : {
                functions: calling.functions,
                ...(calling.once && { maxParallelFunctionCalls: 1 }),
                onFunctionCallParamsChunk: (chunk) => {
                  thoughts.flush()
                  toolCalls(chunk)
                }
              })
        })
        thoughts.flush()
        return metadata.stopReason
      })
    } finally {
      chat.dispose({ disposeSequence: false })
    }
  }

  const complete: Engine["complete"] = async (sequence, request, out, signal) => {
    const sampling = samplingOf(request, style)
    const { bos, shouldPrependBosToken } = model.tokens
    const first = shouldPrependBosToken && bos !== null ? [bos] : []
    const whole = model.tokenize(request.prompt, true, first.length > 0 ? "trimLeadingSpace" : undefined)
    // The library begins with the same token by itself.
    const rest = whole[0] !== undefined && whole[0] === first[0] ? whole.slice(1) : whole
    const tokens = [...first, ...rest]
    if (tokens.length === 0) throw new Refusal("bad_request", '"prompt" is empty, and this model needs a beginning.')
    const completion = new LlamaCompletion({ contextSequence: sequence })
    const options = { sequence, turnstile, contextLength, tokens, wanted: request.max_tokens, signal }
    try {
      return await generation(options, async (maxTokens) => {
        const { metadata } = await completion.generateCompletionWithMeta(rest, {
          ...sampling,
          maxTokens,
          signal,
          contextShiftSize: 1,
          onTextChunk: (text) => {
            if (text !== "") out("text", text)
          }
        })
        return metadata.stopReason
      })
    } finally {
      completion.dispose({ disposeSequence: false })
    }
  }

  const memory = [model.memoryUsage, ...(context === undefined ? [] : [context.memoryUsage])]
  return {
    loaded: {
      version: await getModuleVersion(),
      contextLength,
      bytes: model.size,
      memoryBytes: memory.reduce((sum, { ram, vram }) => sum + ram + vram, 0)
    },
    sequences,
    chat,
    complete,
    embed: Embedder.make(model, { contextLength, threads, only: kind === "embedding" }).embed
  }
}
