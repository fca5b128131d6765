/** Reads the answer of `/api/embed`, and refuses one that is not a vector a text, all of one length. */
import type { EmbeddingRequest, EmbeddingResult } from "@infernet/contract/Embedding"
import { BackendError } from "../Backend.ts"
import { countOf, recordOf } from "../http/json.ts"
import { roughTokens } from "../http/roughTokens.ts"
import type { Site } from "../http/Site.ts"
import type { Running } from "./options.ts"

export const embedBody = (request: EmbeddingRequest, running: Running) => ({
  model: running.name,
  input: request.input,
  // Refuse a text that does not fit, rather than embed its beginning.
  truncate: false,
  dimensions: request.dimensions,
  options: { num_ctx: running.context }
})

const isVector = (value: unknown): value is ReadonlyArray<number> =>
  Array.isArray(value) && value.length > 0 && value.every((number) => typeof number === "number")

/** Where Ollama does not count: older builds. */
const counted = (request: EmbeddingRequest): number => request.input.reduce((sum, text) => sum + roughTokens(text), 0)

export const readEmbeddings = (site: Site, request: EmbeddingRequest, answer: unknown): EmbeddingResult => {
  const said = recordOf(answer)["embeddings"]
  const embeddings = Array.isArray(said) ? said.filter(isVector) : []
  const length = embeddings[0]?.length ?? 0
  if (embeddings.length !== request.input.length || embeddings.some((vector) => vector.length !== length)) {
    const message = `${site.name} did not answer with one vector a text`
    throw new BackendError({ fault: "backend_error", message })
  }
  // A model that has fewer gives all it has, and an older Ollama does not cut, both without a word.
  if (request.dimensions !== undefined && request.dimensions !== length) {
    const message = `"dimensions": ${request.dimensions} is not supported for "${request.model}": it gives ${length}`
    throw new BackendError({ fault: "unsupported", message })
  }
  return { embeddings, prompt_tokens: countOf(recordOf(answer)["prompt_eval_count"]) ?? counted(request) }
}
