/** What a model needs, guessed from its name: for library models, whose size nobody tells before the download. */
import { quantizationIn } from "./fileTypes.ts"

/** As "4b", "0.6B", "270m" or "8x7b" stand between separators in a name; a mixture's active share ("a3b") is not its size. */
const sized = /(?:^|[-_:/. ])(?:(\d+)x)?(\d+(?:\.\d+)?)([bm])(?=$|[-_:/. ])/gi

/** Parameters of the model, e.g. 4e9 for `qwen3:4b`; `undefined` where the name does not tell. */
export const parametersOf = (name: string): number | undefined => {
  const sizes = [...name.matchAll(sized)].map(
    ([, experts, size, unit]) => Number(experts ?? 1) * Number(size) * (unit?.toLowerCase() === "m" ? 1e6 : 1e9)
  )
  return sizes.length === 0 ? undefined : Math.max(...sizes)
}

/** Bytes a parameter: 2 for 16 bits, 1 for 8, 0.5 for 4, by the rule of thumb; in between for what is in between. */
export const bytesPerParameter = (quantization: string): number => {
  if (/^(bf16|fp?16)$/i.test(quantization)) return 2
  if (/^f(p?)32$/i.test(quantization)) return 4
  const bits = Number(/\d/.exec(quantization)?.[0] ?? 4)
  return bits >= 8 ? 1 : Math.max(2, bits) / 8
}

/** Bytes of the weights; a library's name without a quantisation means its usual one, of four bits. */
export const weightsOf = (name: string): number | undefined => {
  const parameters = parametersOf(name)
  if (parameters === undefined) return undefined
  return Math.round(parameters * bytesPerParameter(quantizationIn(name) ?? "Q4_K_M"))
}

/** Tokens of context to hold room for: what a node offers where nobody says otherwise. */
export const contextHeld = 8192

/**
 * Bytes of KV cache a token where no header tells: 128 KiB at 7 billion parameters, and with the root of the size,
 * as layers and width grow with it (70 billion really take 320 KiB; this says 400).
 */
export const cachePerToken = (parameters: number): number => Math.round(131_072 * Math.sqrt(parameters / 7e9))
