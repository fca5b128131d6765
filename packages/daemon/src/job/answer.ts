/** What a backend is asked for each kind of request, so that all of them end alike: with output, a reason and usage. */
import type { BackendError, Completion, Emit } from "@infernet/backend/Backend"
import type { Backends } from "@infernet/backend/Backends"
import { roughPromptTokens, roughTokens } from "@infernet/backend/http/roughTokens"
import type { EmbeddingResult } from "@infernet/contract/Embedding"
import type { JobRequest } from "@infernet/contract/JobRequest"
import * as Vectors from "@infernet/contract/Vectors"
import { Effect } from "effect"

/** All at once: they are in memory already, and the attempt keeps them until they are acknowledged. */
const tell = ({ embeddings, prompt_tokens }: EmbeddingResult, emit: Emit): Completion => {
  for (const text of Vectors.encode(embeddings)) void emit("embedding", text)
  return { finish_reason: "stop", usage: { prompt_tokens, completion_tokens: 0, total_tokens: prompt_tokens } }
}

export const answer = (
  backends: Pick<Backends["Service"], "chat" | "complete" | "embed">,
  request: JobRequest,
  emit: Emit
): Effect.Effect<Completion, BackendError> => {
  if ("messages" in request) return backends.chat(request, emit)
  if ("prompt" in request) return backends.complete(request, emit)
  return Effect.map(backends.embed(request), (result) => tell(result, emit))
}

/** Tokens that it has to read, where nobody has counted them. */
export const roughTokensOf = (request: JobRequest): number => {
  if ("messages" in request) return roughPromptTokens(request)
  if ("prompt" in request) return roughTokens(request.prompt)
  return request.input.reduce((sum, text) => sum + roughTokens(text), 0)
}
