/** What a client asks for by a model's name: the model, at times one quantisation of it, at times one set of weights. */
import { nameOf } from "./modelName.ts"

export interface Asked {
  /** As the client wrote it, without a digest. */
  readonly spelling: string
  readonly model: string
  /** Where the name says one; what is only usual for its spelling leaves the choice open. */
  readonly quantization: string | undefined
  /** The beginning of the SHA-256, in lower case. */
  readonly digest: string | undefined
}

/** At least twelve digits: fewer could be met by chance, or by effort. */
const byDigest = /^(.+)@sha256:([0-9a-f]{12,64})$/i

/** Reads `name` or `name@sha256:<at least 12 digits>`. */
export const askedOf = (text: string): Asked => {
  const found = byDigest.exec(text)
  const spelling = found?.[1] ?? text
  const { assumed, model, quantization } = nameOf(spelling)
  return {
    spelling,
    model,
    quantization: assumed === true ? undefined : quantization,
    digest: found?.[2]?.toLowerCase()
  }
}

/**
 * The hexadecimal digits of what a node gives as a model's digest; none unless it is a whole SHA-256.
 *
 * Ollama's is of a manifest and others' are of a file: those two never agree by accident, so that the digits alone tell
 * whether two models are one.
 */
export const digestOf = (said: string | undefined): string | undefined =>
  /^(?:sha256:)?([0-9a-f]{64})$/i.exec(said ?? "")?.[1]?.toLowerCase()
