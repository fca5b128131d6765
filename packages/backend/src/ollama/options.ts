/** How to choose the next token, in Ollama's words: the `options` of `/api/chat` and `/api/generate`. */
import type { ChatRequest } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"
import { BackendError } from "../Backend.ts"
import { appliesPenalties } from "./version.ts"

/** What of this Ollama and this model goes into every request. */
export interface Running {
  /** As Ollama names it, with its tag. */
  readonly name: string
  /** One size a model: a changed one makes Ollama load it again. `undefined` leaves it to its Modelfile. */
  readonly context: number | undefined
  readonly version: string | undefined
}

/** The value that changes nothing is fine anywhere. */
const penalties = { frequency_penalty: 0, presence_penalty: 0, repetition_penalty: 1 } as const

/** A penalty that this Ollama would leave out for some models, without saying so. */
const leftOut = (request: ChatRequest | CompletionRequest, version: string | undefined) => {
  if (appliesPenalties(version)) return undefined
  return (Object.keys(penalties) as ReadonlyArray<keyof typeof penalties>).find(
    (name) => request[name] !== undefined && request[name] !== penalties[name]
  )
}

/** Throws `unsupported` for a penalty that would be dropped. */
export const optionsOf = (request: ChatRequest | CompletionRequest, running: Running) => {
  const penalty = leftOut(request, running.version)
  if (penalty !== undefined) {
    const message = `"${penalty}": ${request[penalty]} is not supported for "${request.model}": Ollama ${running.version ?? ""} leaves penalties out for many models; update it to 0.30 or newer`
    throw new BackendError({ fault: "unsupported", message })
  }
  return {
    num_predict: request.max_tokens,
    num_ctx: running.context,
    temperature: request.temperature,
    top_p: request.top_p,
    top_k: request.top_k,
    min_p: request.min_p,
    seed: request.seed,
    repeat_penalty: request.repetition_penalty,
    frequency_penalty: request.frequency_penalty,
    presence_penalty: request.presence_penalty,
    stop: typeof request.stop === "string" ? [request.stop] : request.stop
  }
}
