/** Reads an answer with vectors: as many as there were texts, in their order, all of one length. */
import type { EmbeddingRequest, EmbeddingResult } from "@infernet/contract/Embedding"
import { BackendError } from "../Backend.ts"
import { countOf, recordOf, recordsOf } from "../http/json.ts"
import { roughTokens } from "../http/roughTokens.ts"
import type { Site } from "../http/Site.ts"

/** Bytes of JSON that an answer may have: two thousand texts of four thousand numbers each. */
export const answerLimit = 192 << 20

const vectorOf = (value: unknown): ReadonlyArray<number> | undefined =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "number" && Number.isFinite(item))
    ? (value as ReadonlyArray<number>)
    : undefined

/** The result, or what is wrong with the answer. */
export const readEmbeddings = (
  site: Site,
  answer: unknown,
  { dimensions, input }: EmbeddingRequest
): EmbeddingResult | BackendError => {
  const wrong = (message: string, fault: "backend_error" | "unsupported" = "backend_error") =>
    new BackendError({ fault, message: `${site.name} gave ${message}` })
  const items = recordsOf(recordOf(answer)["data"])
  if (items.length !== input.length) return wrong(`${items.length} vectors for ${input.length} texts`)
  const vectors = new Map(items.map((item, place) => [countOf(item["index"]) ?? place, vectorOf(item["embedding"])]))
  const embeddings = input.flatMap((_, place) => {
    const vector = vectors.get(place)
    return vector === undefined ? [] : [vector]
  })
  if (embeddings.length !== input.length) return wrong("something but numbers for a vector")
  const length = embeddings[0]?.length ?? 0
  if (embeddings.some((vector) => vector.length !== length)) return wrong("vectors of several lengths")
  if (dimensions !== undefined && dimensions !== length) {
    return wrong(
      `vectors of ${length} numbers where "dimensions" asks for ${dimensions}: this model has one length only`,
      "unsupported"
    )
  }
  const rough = input.reduce((sum, text) => sum + roughTokens(text), 0)
  const said = countOf(recordOf(recordOf(answer)["usage"])["prompt_tokens"])
  // A token stands for a byte at least; a few mark where each text begins and ends.
  const most = input.reduce((sum, text) => sum + Buffer.byteLength(text) + 16, 0)
  return { embeddings, prompt_tokens: said !== undefined && said > 0 && said <= most ? said : rough }
}
