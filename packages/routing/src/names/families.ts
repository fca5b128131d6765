/**
 * What Ollama's bare tags mean, as data: `qwen2.5:7b` is the instruct model there, and the base model at Hugging Face.
 *
 * Only tags that always meant one model are here. Those that were moved from one to another (`deepseek-r1:8b` from a
 * Llama to a Qwen, `qwen3:4b` to a later release, `mistral:7b` through three) say nothing certain and stay by
 * themselves, as does everything that is not listed.
 */

export interface Family {
  /** The tag that `:latest` stands for; itself where that was moved. */
  readonly latest: string | undefined
  /** The model behind a bare tag. */
  readonly models: ReadonlyMap<string, string>
  /** The quantisation behind a bare tag; none where it was changed over time. */
  readonly quantization: string | undefined
}

interface Part {
  readonly latest?: string
  readonly quantization?: string
  /** Tags with names of their own. */
  readonly more?: Record<string, string>
}

/** A variant that the tag may name although it is the only one. */
const variant = /-(?:instruct|it|chat)(?=$|-v)/

/** `*` in `model` stands for the tag. */
const family = (name: string, tags: string, model: string, part: Part = {}): readonly [string, Family] => {
  const models = new Map<string, string>()
  for (const tag of tags.split(" ").filter((tag) => tag !== "")) {
    const meant = model.replace("*", tag)
    models.set(tag, meant)
    if (variant.test(model)) for (const kind of ["instruct", "it", "chat"]) models.set(`${tag}-${kind}`, meant)
  }
  for (const [tag, meant] of Object.entries(part.more ?? {})) models.set(tag, meant)
  return [name, { latest: part.latest, models, quantization: part.quantization }]
}

const q4km = { quantization: "q4_k_m" } as const
const q40 = { quantization: "q4_0" } as const

export const families: ReadonlyMap<string, Family> = new Map([
  family("llama2", "7b 13b 70b", "llama-2-*-chat", { ...q40, latest: "7b" }),
  family("llama3", "8b 70b", "llama-3-*-instruct", { ...q40, latest: "8b" }),
  family("llama3.1", "8b 70b 405b", "llama-3.1-*-instruct", { latest: "8b" }),
  family("llama3.2", "1b 3b", "llama-3.2-*-instruct", { ...q4km, latest: "3b" }),
  family("llama3.2-vision", "11b 90b", "llama-3.2-*-vision-instruct", { ...q4km, latest: "11b" }),
  family("llama3.3", "70b", "llama-3.3-*-instruct", { ...q4km, latest: "70b" }),
  family("llama4", "", "", {
    ...q4km,
    latest: "scout",
    more: {
      scout: "llama-4-scout-17b-16e-instruct",
      "16x17b": "llama-4-scout-17b-16e-instruct",
      maverick: "llama-4-maverick-17b-128e-instruct",
      "128x17b": "llama-4-maverick-17b-128e-instruct"
    }
  }),
  family("codellama", "7b 13b 34b 70b", "codellama-*-instruct", { ...q40, latest: "7b" }),
  family("tinyllama", "1.1b", "tinyllama-*-chat-v1.0", { ...q40, latest: "1.1b" }),
  family("qwen2", "0.5b 1.5b 7b 72b", "qwen2-*-instruct", { ...q40, latest: "7b" }),
  family("qwen2.5", "0.5b 1.5b 3b 7b 14b 32b 72b", "qwen2.5-*-instruct", { ...q4km, latest: "7b" }),
  family("qwen2.5-coder", "0.5b 1.5b 3b 7b 14b 32b", "qwen2.5-coder-*-instruct", { ...q4km, latest: "7b" }),
  family("qwen2.5vl", "3b 7b 32b 72b", "qwen2.5-vl-*-instruct", { ...q4km, latest: "7b" }),
  family("qwen3", "0.6b 1.7b 8b 14b 32b", "qwen3-*", { ...q4km, latest: "8b" }),
  family("qwen3-coder", "", "", {
    ...q4km,
    latest: "30b",
    more: { "30b": "qwen3-coder-30b-a3b-instruct", "480b": "qwen3-coder-480b-a35b-instruct" }
  }),
  family("gemma2", "2b 9b 27b", "gemma-2-*-it", { ...q40, latest: "9b" }),
  family("gemma3", "1b 4b 12b 27b", "gemma-3-*-it", { ...q4km, latest: "4b" }),
  family("gemma3n", "e2b e4b", "gemma-3n-*-it", { ...q4km, latest: "e4b" }),
  family("phi4", "14b", "phi-4", { ...q4km, latest: "14b" }),
  family("phi4-mini", "3.8b", "phi-4-mini-instruct", { ...q4km, latest: "3.8b" }),
  family("gpt-oss", "20b 120b", "gpt-oss-*", { quantization: "mxfp4", latest: "20b" }),
  family("mistral", "", "", { latest: "7b" }),
  family("mistral-nemo", "12b", "mistral-nemo-instruct-2407", { latest: "12b" }),
  family("mistral-small3.1", "24b", "mistral-small-3.1-24b-instruct-2503", { ...q4km, latest: "24b" }),
  family("mistral-small3.2", "24b", "mistral-small-3.2-24b-instruct-2506", { ...q4km, latest: "24b" }),
  family("codestral", "22b", "codestral-22b-v0.1", { ...q40, latest: "22b" }),
  family("deepseek-r1", "1.5b 7b 14b 32b", "deepseek-r1-distill-qwen-*", {
    ...q4km,
    latest: "latest",
    more: {
      "70b": "deepseek-r1-distill-llama-70b",
      "1.5b-qwen-distill": "deepseek-r1-distill-qwen-1.5b",
      "7b-qwen-distill": "deepseek-r1-distill-qwen-7b",
      "14b-qwen-distill": "deepseek-r1-distill-qwen-14b",
      "32b-qwen-distill": "deepseek-r1-distill-qwen-32b",
      "70b-llama-distill": "deepseek-r1-distill-llama-70b",
      "8b-llama-distill": "deepseek-r1-distill-llama-8b",
      "8b-0528-qwen3": "deepseek-r1-0528-qwen3-8b"
    }
  }),
  family("deepseek-coder-v2", "16b", "deepseek-coder-v2-lite-instruct", { ...q40, latest: "16b" }),
  family("smollm2", "135m 360m 1.7b", "smollm2-*-instruct", { latest: "1.7b" }),
  family("falcon3", "1b 3b 7b 10b", "falcon3-*-instruct", { ...q4km, latest: "7b" }),
  family("granite3.3", "2b 8b", "granite-3.3-*-instruct", { ...q4km, latest: "8b" }),
  family("nomic-embed-text", "v1.5", "nomic-embed-text-*", { latest: "v1.5" }),
  family("mxbai-embed-large", "335m", "mxbai-embed-large-v1", { latest: "335m" }),
  family("all-minilm", "", "", { latest: "22m", more: { "22m": "all-minilm-l6-v2", "33m": "all-minilm-l12-v2" } }),
  family("bge-m3", "567m", "bge-m3", { latest: "567m" })
])

/** Models that their makers release quantised, without a word of it in the name. */
export const releasedAs: ReadonlyMap<string, string> = new Map([
  ["openai/gpt-oss-20b", "mxfp4"],
  ["openai/gpt-oss-120b", "mxfp4"]
])

const respelled: ReadonlyArray<readonly [RegExp, string]> = [
  [/^(?:meta-)?llama-?(2|3(?:\.[123])?|4)(?=-|$)/, "llama-$1"],
  [/^gemma-?(2|3n?)(?=-|$)/, "gemma-$1"],
  [/^phi-?(2|3(?:\.5)?|4)(?=-|$)/, "phi-$1"],
  [/^qwen-?(1\.5|2(?:\.5)?|3)(?=-|$)/, "qwen$1"],
  [/^qwen-?(2\.5|3)vl(?=-|$)/, "qwen$1-vl"]
]

/** Family and version as its makers spell them: Ollama joins what they hyphenate. */
export const respell = (name: string): string => {
  for (const [pattern, spelling] of respelled) if (pattern.test(name)) return name.replace(pattern, spelling)
  return name
}
