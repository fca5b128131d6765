/** llama.cpp in this process: loads one model and runs chats on it, several in one batch. */
import type { ChatRequest, FinishReason, Usage } from "@infernet/contract/Chat"
import type { AttemptFault } from "@infernet/contract/Link"
import type { RecordKind } from "@infernet/contract/LinkRecord"
import {
  type ChatModelFunctions,
  type GbnfJsonObjectSchema,
  type GbnfJsonSchema,
  getLlama,
  getModuleVersion,
  type Llama,
  LlamaChat,
  type LlamaContextSequence,
  type LlamaGrammar,
  LlamaLogLevel
} from "node-llama-cpp"
import { Prompt } from "./Prompt.ts"
import { slots } from "./protocol.ts"

/** A chat that was refused or could not go on, in the words of the contract. */
export class Refusal extends Error {
  readonly fault: AttemptFault
  constructor(fault: AttemptFault, message: string) {
    super(message)
    this.fault = fault
  }
}

const finishReasons = {
  eogToken: "stop",
  stopGenerationTrigger: "stop",
  customStopTrigger: "stop",
  maxTokens: "length",
  functionCalls: "tool_calls"
} as const satisfies Record<string, FinishReason>

type Out = (kind: RecordKind, text: string) => void

/** JSON schemas of clients are taken for what the grammar compiler understands of them; it throws at the rest. */
const compiled = async <A>(what: string, compile: () => Promise<A>): Promise<A> => {
  try {
    return await compile()
  } catch (cause) {
    throw new Refusal("unsupported", `The embedded engine cannot follow ${what}: ${String(cause)}`)
  }
}

const grammarOf = async (llama: Llama, request: ChatRequest): Promise<LlamaGrammar | undefined> => {
  const format = request.response_format
  if (format === undefined || format.type === "text") return undefined
  const schema = format.type === "json_schema" ? format.json_schema.schema : undefined
  if (schema === undefined) return llama.getGrammarFor("json")
  return compiled("this json_schema", () => llama.createGrammarForJsonSchema(schema as GbnfJsonObjectSchema))
}

/** `undefined` rather than an empty record: the latter would still switch tool calls on. */
const functionsOf = (request: ChatRequest): ChatModelFunctions | undefined => {
  const choice = request.tool_choice ?? "auto"
  if (request.tools === undefined || request.tools.length === 0 || choice === "none") return undefined
  if (choice !== "auto") {
    throw new Refusal("unsupported", 'The embedded engine takes tool_choice "auto" and "none" only.')
  }
  return Object.fromEntries(
    request.tools.map(({ function: { description, name, parameters } }) => [
      name,
      {
        ...(description !== undefined && { description }),
        params: (parameters ?? { type: "object" }) as GbnfJsonSchema
      }
    ])
  )
}

const samplingOf = (request: ChatRequest) => ({
  temperature: request.temperature ?? 0,
  ...(request.top_p !== undefined && { topP: request.top_p }),
  ...(request.seed !== undefined && { seed: request.seed >>> 0 }),
  // Off unless asked for: the library's own default would punish repetition.
  repeatPenalty:
    request.frequency_penalty === undefined && request.presence_penalty === undefined
      ? (false as const)
      : {
          penalty: 1,
          frequencyPenalty: request.frequency_penalty ?? 0,
          presencePenalty: request.presence_penalty ?? 0
        },
  customStopTriggers: typeof request.stop === "string" ? [request.stop] : (request.stop ?? [])
})

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
    const cached = Math.min(sequence.compareContextTokens(tokens).firstDifferentIndex, tokens.length)
    const before = sequence.tokenMeter.getState()
    const chat = new LlamaChat({ contextSequence: sequence, chatWrapper: prompt })
    try {
      const options = {
        ...samplingOf(request),
        // The context's end is "length" too: one token short of where the library would start to shift it.
        maxTokens: Math.min(request.max_tokens, contextLength - 1 - tokens.length),
        signal,
        onTextChunk: (text: string) => out("text", text)
      }
      const named = new Set<number>()
      const answer = await chat.generateResponse(
        [{ type: "model", response: [] }],
        functions === undefined
          ? { ...options, ...(grammar !== undefined && { grammar }) }
          : {
              ...options,
              functions,
              onFunctionCallParamsChunk: ({ callIndex, functionName, paramsChunk }) => {
                const opens = !named.has(callIndex)
                named.add(callIndex)
                const head = opens ? { id: `call_${crypto.randomUUID()}`, name: functionName } : {}
                out("tool_call", JSON.stringify({ index: callIndex, ...head, arguments: paramsChunk }))
              }
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
