/** The fields of a request that not every backend takes: refused by name, never silently dropped. */
import type { ChatRequest, decoding, sampling } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"

/** A field of `ChatRequest` or `CompletionRequest`, or `image` for image parts in its messages. */
export type Parameter = keyof typeof sampling | keyof typeof decoding | "image"

/** What a backend does not take, and in a few words why: "tools" → "Ollama's … cannot be forced to call one". */
export type Lacks = ReadonlyMap<Parameter, string>

export const hasImage = (request: ChatRequest): boolean =>
  request.messages.some(({ content }) => Array.isArray(content) && content.some((part) => part.type === "image_url"))

/** The first field of the request that the backend lacks; `undefined` when it takes them all. */
export const lacking = (lacks: Lacks, request: ChatRequest | CompletionRequest): Parameter | undefined => {
  for (const parameter of lacks.keys()) {
    const present = parameter === "image" ? "messages" in request && hasImage(request) : parameter in request
    if (present) return parameter
  }
  return undefined
}
