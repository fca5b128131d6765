/** What a request asks for, in the terms of node-llama-cpp; what it has no terms for is refused by name. */
import type { ChatRequest, Stop, Tool } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"
import type { ChatModelFunctions, GbnfJsonObjectSchema, Llama, LlamaGrammar } from "node-llama-cpp"
import { forAnswer, forTool } from "./jsonSchema.ts"
import { Refusal } from "./Refusal.ts"

export const grammarOf = async (llama: Llama, request: ChatRequest): Promise<LlamaGrammar | undefined> => {
  const format = request.response_format
  if (format === undefined || format.type === "text") return undefined
  const schema = format.type === "json_schema" ? format.json_schema.schema : undefined
  if (schema === undefined) return llama.getGrammarFor("json")
  try {
    return await llama.createGrammarForJsonSchema(forAnswer(schema) as GbnfJsonObjectSchema)
  } catch (cause) {
    if (cause instanceof Refusal) throw cause
    throw new Refusal("unsupported", `The embedded engine cannot follow this json_schema: ${String(cause)}`)
  }
}

/** The tools that a chat may call, and whether it must call one of them. */
export interface Calling {
  readonly tools: ReadonlyArray<Tool>
  readonly functions: ChatModelFunctions
  readonly forced: boolean
  /** A chat that must call one tool by name calls it once. */
  readonly once: boolean
}

/** `undefined` rather than no functions: an empty record would still switch tool calls on. */
export const callingOf = ({ tool_choice = "auto", tools = [] }: ChatRequest): Calling | undefined => {
  const named = typeof tool_choice === "object" ? tool_choice.function.name : undefined
  if (tool_choice === "none") return undefined
  const callable = named === undefined ? tools : tools.filter(({ function: { name } }) => name === named)
  if (callable.length === 0) {
    if (tool_choice === "auto") return undefined
    const which = named === undefined ? "required" : named
    throw new Refusal("bad_request", `"tool_choice" is "${which}", but "tools" has ${named ? "no such tool" : "none"}.`)
  }
  return {
    tools: callable,
    functions: Object.fromEntries(
      callable.map(({ function: { description, name, parameters } }) => [
        name,
        {
          ...(description !== undefined && { description }),
          params: forTool(parameters ?? { type: "object", properties: {} })
        }
      ])
    ),
    forced: tool_choice !== "auto",
    once: named !== undefined
  }
}

type Decoding = Pick<
  CompletionRequest,
  | "temperature"
  | "top_p"
  | "top_k"
  | "min_p"
  | "frequency_penalty"
  | "presence_penalty"
  | "repetition_penalty"
  | "stop"
  | "seed"
  | "max_tokens"
>

/** How a model answers that is told nothing: the demo model always the same, others as with llama.cpp. */
const defaults = {
  demo: { temperature: 0, topK: 40, topP: 0.95, minP: 0 },
  other: { temperature: 0.8, topK: 40, topP: 0.95, minP: 0.05 }
}

/** As far back as llama.cpp looks for repetitions. */
const repetitionWindow = 64

const stopsOf = (stop: typeof Stop.Type = []) =>
  (typeof stop === "string" ? [stop] : stop).filter((text) => text !== "")

const penaltiesOf = (request: Decoding) => {
  const { frequency_penalty: frequency = 0, presence_penalty: presence = 0, repetition_penalty: penalty = 1 } = request
  for (const [name, value] of [
    ["frequency_penalty", frequency],
    ["presence_penalty", presence]
  ] as const) {
    if (value >= 0) continue
    throw new Refusal("unsupported", `The embedded engine takes no negative "${name}" (${value}).`)
  }
  // Off unless asked for: the library's own default would punish repetition.
  if (frequency === 0 && presence === 0 && penalty === 1) return false as const
  return {
    penalty,
    frequencyPenalty: frequency,
    presencePenalty: presence,
    lastTokens: frequency > 0 || presence > 0 ? request.max_tokens : repetitionWindow
  }
}

export const samplingOf = (request: Decoding, kind: keyof typeof defaults) => {
  const usual = defaults[kind]
  return {
    temperature: request.temperature ?? usual.temperature,
    topK: request.top_k ?? usual.topK,
    topP: request.top_p ?? usual.topP,
    minP: request.min_p ?? usual.minP,
    // The library's own seed is the second of the day: two chats at once would be one.
    seed: (request.seed ?? crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) >>> 0,
    repeatPenalty: penaltiesOf(request),
    customStopTriggers: stopsOf(request.stop)
  }
}
