/** Reads an answer with vectors: as many as there were texts, in their order, all of one length. */
import type { EmbeddingRequest, EmbeddingResult } from "@infernet/contract/Embedding"
import { countOf, recordOf, recordsOf } from "../http/json.ts"
import { roughTokens } from "../http/roughTokens.ts"

/** Bytes of JSON that an answer may have: two thousand texts of four thousand numbers each. */
export const answerLimit = 192 << 20

const vectorOf = (value: unknown): ReadonlyArray<number> | undefined =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "number" && Number.isFinite(item))
    ? (value as ReadonlyArray<number>)
    : undefined

/** The result, or in words what is wrong with the answer. */
export const readEmbeddings = (answer: unknown, request: EmbeddingRequest): EmbeddingResult | string => {
  const items = recordsOf(recordOf(answer)["data"])
  const vectors = new Map(items.map((item, place) => [countOf(item["index"]) ?? place, vectorOf(item["embedding"])]))
  const embeddings = request.input.flatMap((_, place) => {
    const vector = vectors.get(place)
    return vector === undefined ? [] : [vector]
  })
  if (embeddings.length !== request.input.length) {
    return `gave ${embeddings.length} vectors for ${request.input.length} texts`
  }
  const [first] = embeddings
  const length = first?.length ?? 0
  if (embeddings.some((vector) => vector.length !== length)) return "gave vectors of several lengths"
  const { dimensions } = request
  if (dimensions !== undefined && dimensions !== length) {
    return `gave vectors of ${length} numbers where "dimensions" asks for ${dimensions}: this model has one length only`
  }
  const rough = request.input.reduce((sum, text) => sum + roughTokens(text), 0)
  const said = countOf(recordOf(recordOf(answer)["usage"])["prompt_tokens"])
  // A token stands for a byte at least; a few mark where each text begins and ends.
  const most = request.input.reduce((sum, text) => sum + Buffer.byteLength(text) + 16, 0)
  return { embeddings, prompt_tokens: said !== undefined && said > 0 && said <= most ? said : rough }
}
