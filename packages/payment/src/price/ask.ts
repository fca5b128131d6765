/**
 * What an operator asks for: `80%` of the list price, or `0.0015` dollars for 1,000 output tokens, for all models or for
 * some: `qwen2.5-7b*=0.001, llama*=60%, 90%`. Pure.
 *
 * Of several that fit a model the first one counts, and one without a name counts for the rest. Input costs a quarter of
 * output, as in the list; of a model that writes nothing the dollars are for 1,000 tokens that it reads. Only what is
 * below the list price counts.
 */
import { ofUsdc } from "@infernet/contract/Micros"
import type { Price } from "@infernet/contract/Price"

export interface Ask {
  /** A model's name, in which `*` stands for anything; in lower case. */
  readonly model: string
  /** Of the list price. */
  readonly percent?: bigint
  /** For 1,000 output tokens. */
  readonly micros?: bigint
}

const valueOf = (text: string): Omit<Ask, "model"> | undefined => {
  const percent = /^(\d{1,4})\s*%$/.exec(text)?.[1]
  if (percent !== undefined) return { percent: BigInt(percent) }
  const micros = ofUsdc(text.replace(/^\$/, ""))
  return micros === undefined || micros > 1_000_000_000n ? undefined : { micros }
}

const askOf = (text: string): Ask | undefined => {
  const at = text.lastIndexOf("=")
  const value = valueOf(text.slice(at + 1).trim())
  const model = at === -1 ? "*" : text.slice(0, at).trim().toLowerCase()
  return value === undefined || model === "" ? undefined : { model, ...value }
}

/** Undefined where some of it cannot be read. */
export const parseAsks = (text: string): ReadonlyArray<Ask> | undefined => {
  const parts = text.split(",").flatMap((part) => part.trim() || [])
  const asks = parts.flatMap((part) => askOf(part) ?? [])
  if (parts.length === 0 || asks.length < parts.length) return undefined
  // What is for all comes last, wherever it stands.
  return [...asks.filter(({ model }) => model !== "*"), ...asks.filter(({ model }) => model === "*")]
}

const fits = (pattern: string, model: string): boolean => {
  const escaped = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"))
  return new RegExp(`^${escaped.join(".*")}$`).test(model.toLowerCase())
}

const priceOf = ({ micros, percent = 100n }: Ask, list: Price): Price => {
  if (micros === undefined) {
    return {
      input_micros_per_1k: (list.input_micros_per_1k * percent) / 100n,
      output_micros_per_1k: (list.output_micros_per_1k * percent) / 100n
    }
  }
  return list.output_micros_per_1k === 0n
    ? { input_micros_per_1k: micros, output_micros_per_1k: 0n }
    : { input_micros_per_1k: micros / 4n, output_micros_per_1k: micros }
}

/** What is asked for a model with this list price, which may be more than that; undefined: nothing in particular. */
export const askFor = (asks: ReadonlyArray<Ask>, model: string, list: Price): Price | undefined => {
  const ask = asks.find((ask) => fits(ask.model, model))
  return ask && priceOf(ask, list)
}
