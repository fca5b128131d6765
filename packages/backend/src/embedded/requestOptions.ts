/** What a chat asks for, in the terms of node-llama-cpp; what it has no terms for is refused by name. */
import type { ChatRequest } from "@infernet/contract/Chat"
import type { AttemptFault } from "@infernet/contract/Link"
import type { ChatModelFunctions, GbnfJsonObjectSchema, GbnfJsonSchema, Llama, LlamaGrammar } from "node-llama-cpp"

/** A chat that was refused or could not go on, in the words of the contract. */
export class Refusal extends Error {
  readonly fault: AttemptFault
  constructor(fault: AttemptFault, message: string) {
    super(message)
    this.fault = fault
  }
}

/** JSON schemas of clients are taken for what the grammar compiler understands of them; it throws at the rest. */
const compiled = async <A>(what: string, compile: () => Promise<A>): Promise<A> => {
  try {
    return await compile()
  } catch (cause) {
    throw new Refusal("unsupported", `The embedded engine cannot follow ${what}: ${String(cause)}`)
  }
}

export const grammarOf = async (llama: Llama, request: ChatRequest): Promise<LlamaGrammar | undefined> => {
  const format = request.response_format
  if (format === undefined || format.type === "text") return undefined
  const schema = format.type === "json_schema" ? format.json_schema.schema : undefined
  if (schema === undefined) return llama.getGrammarFor("json")
  return compiled("this json_schema", () => llama.createGrammarForJsonSchema(schema as GbnfJsonObjectSchema))
}

/** `undefined` rather than an empty record: the latter would still switch tool calls on. */
export const functionsOf = (request: ChatRequest): ChatModelFunctions | undefined => {
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

export const samplingOf = (request: ChatRequest) => ({
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
