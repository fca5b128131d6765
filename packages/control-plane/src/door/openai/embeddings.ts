/** OpenAI's embeddings from and to ours. */
import type { BadRequest } from "@infernet/contract/ApiError"
import type { EmbeddingRequest } from "@infernet/contract/Embedding"
import type { JobResult } from "@infernet/contract/Job"
import type { Embeddings, EmbeddingsRequest } from "@infernet/contract/OpenAiEmbedding"
import * as Vectors from "@infernet/contract/Vectors"
import type { Entry } from "../../job/JobLog.ts"
import { vectorsIn } from "../../job/vectors.ts"
import type { JobFacts } from "../Exchange.ts"
import { wrong } from "./failure.ts"

/** As many texts as a node takes at once. */
const mostTexts = 2_048

/** The request for a node, or what is wrong with the client's. */
export const embeddingRequest = ({ dimensions, input, model }: EmbeddingsRequest): EmbeddingRequest | BadRequest => {
  const texts = typeof input === "string" ? [input] : input
  if (texts.length === 0) return wrong("input", "expected a text, or a list of at least one")
  if (texts.length > mostTexts)
    return wrong("input", `expected at most ${mostTexts} texts at once, got ${texts.length}`)
  const empty = texts.indexOf("")
  if (empty !== -1) return wrong(texts === input ? `input[${empty}]` : "input", "expected a text that is not empty")
  return { model, input: texts, ...(typeof dimensions === "number" ? { dimensions } : {}) }
}

export const embeddings =
  ({ encoding_format }: EmbeddingsRequest, texts: number) =>
  (job: JobFacts, { usage }: JobResult, log: Iterable<Entry>): Embeddings => {
    const vectors = vectorsIn(log, texts)
    // They were looked at when they came.
    if (typeof vectors === "string") throw new Error(`job ${job.id} has ${vectors}`)
    return {
      object: "list",
      data: vectors.map((vector, index) => ({
        object: "embedding",
        index,
        embedding: encoding_format === "base64" ? Vectors.base64(vector) : Array.from(vector)
      })),
      model: job.model,
      usage: { prompt_tokens: usage.prompt_tokens, total_tokens: usage.total_tokens }
    }
  }
