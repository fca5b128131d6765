/** Embeddings of one model: one text at a time, each vector of length one. */
import type { EmbeddingRequest } from "@infernet/contract/Embedding"
import type { LlamaEmbeddingContext, LlamaModel } from "node-llama-cpp"
import { Refusal, tooLong } from "./Refusal.ts"

/** A text goes through in one batch, whose buffers grow with the context: a chat model's is kept this short. */
const chatModelContext = 2048

export interface Embedder {
  /** Gives how many tokens the texts had in all. */
  readonly embed: (
    request: EmbeddingRequest,
    out: (vector: ReadonlyArray<number>) => void,
    signal: AbortSignal
  ) => Promise<number>
}

const normalised = (vector: ReadonlyArray<number>): ReadonlyArray<number> => {
  const length = Math.hypot(...vector)
  return length === 0 ? vector : vector.map((value) => value / length)
}

export const make = (
  model: LlamaModel,
  options: { readonly contextLength: number; readonly threads: number | undefined; readonly only: boolean }
): Embedder => {
  const contextSize = options.only ? options.contextLength : Math.min(options.contextLength, chatModelContext)
  let made: Promise<LlamaEmbeddingContext> | undefined

  /** Made when first needed: most chat models are never asked. */
  const context = async () => {
    made ??= model.createEmbeddingContext({
      contextSize,
      batchSize: contextSize,
      ...(options.threads !== undefined && { threads: options.threads })
    })
    try {
      return await made
    } catch (cause) {
      made = undefined
      throw cause
    }
  }

  return {
    embed: async ({ dimensions, input }, out, signal) => {
      if (dimensions !== undefined && dimensions > model.embeddingVectorSize) {
        throw new Refusal("bad_request", `"dimensions" is ${dimensions}; the model's are ${model.embeddingVectorSize}.`)
      }
      const embedding = await context()
      const lengths = input.map((text) => embedding.calculateInputLength(text))
      const longest = Math.max(...lengths)
      if (longest >= contextSize) throw tooLong(longest, contextSize)
      for (const text of input) {
        if (signal.aborted) throw signal.reason
        const { vector } = await embedding.getEmbeddingFor(text)
        out(normalised(dimensions === undefined ? vector : vector.slice(0, dimensions)))
      }
      return lengths.reduce((sum, length) => sum + length, 0)
    }
  }
}
