/** How a model's weights were shrunk, in one spelling: cut from the end of a name, or read from what a backend says. */

/**
 * One word of a quantisation at the end of a name that is lower-case and has dashes only. Several may follow each
 * other, as in `gptq-int4`; unsloth's `ud-q4-k-xl` is another quantisation than `q4-k-xl`.
 */
const word = new RegExp(
  `(?:^|[-.@])(${[
    // GGUF
    "(?:ud-)?i?q[1-8]-k(?:-(?:xs|s|m|l|xl|xxl))?",
    "(?:ud-)?iq[1-4]-(?:xxs|xs|s|m|nl)",
    "q[1-8]-[01](?:-[48]-[48])?",
    "tq[12]-0",
    "q[2-8]",
    // Floating point
    "b?f16",
    "fp16",
    "fp?32",
    "(?:mx|nv)?fp[48](?:-(?:dynamic|static|block|kv|e4m3|e5m2|moe))?",
    // Everything else
    "(?:int|w)[248](?:a(?:4|8|16))?",
    "[2-8]bit(?:-dwq)?",
    "[2-8](?:\\.\\d{1,2})?bpw",
    "gptq|awq|autoround|hqq|(?:unsloth-)?bnb|nf4|exl[23]|aqlm|eetq|marlin"
  ].join("|")})$`
)

/** What stands beside a quantisation and says how the weights are packed, not what they are. */
const packaging = /[-.@](?:gguf|hf|mlx|safetensors|i1|imat|imatrix|quantized)$/

/** Two spellings of one thing. llama.cpp calls the plain `q2_k` "Q2_K - Medium". */
const synonyms: Partial<Record<string, string>> = {
  fp16: "f16",
  fp32: "f32",
  q2_k_m: "q2_k",
  mxfp4_moe: "mxfp4",
  awq_int4: "awq",
  awq_4bit: "awq",
  gptq_4bit: "gptq_int4",
  gptq_8bit: "gptq_int8"
}

const canonical = (words: ReadonlyArray<string>): string | undefined => {
  if (words.length === 0) return undefined
  const joined = words.join("_").replaceAll("-", "_")
  return synonyms[joined] ?? joined
}

/** A name without its quantisation; `rest` is empty where the name is nothing but one. */
export interface Cut {
  readonly rest: string
  readonly quantization: string | undefined
}

/** Cuts quantisation and packaging off a name that is lower-case and has dashes only. */
export const cut = (name: string): Cut => {
  const words: Array<string> = []
  let rest = name
  for (;;) {
    const found = word.exec(rest) ?? packaging.exec(rest)
    if (found === null) return { rest, quantization: canonical(words) }
    if (found[1] !== undefined) words.unshift(found[1])
    rest = rest.slice(0, found.index)
  }
}

/**
 * The quantisation that a backend tells of a model, in any of their spellings (`Q4_K_M`, `Q4_K - Medium`,
 * `IQ4_XS - 4.25 bpw`, `all F32`); none where it is not one, as in `unknown`.
 */
export const quantizationOf = (said: string): string | undefined => {
  const words = said
    .toLowerCase()
    .replace(/^\(guessed\) |^all |^mostly /g, "")
    .replace(/ - [\d.]+ bpw.*$/, "")
    .replace(/ - (small|medium|large)$/, (_, size: string) => `-${size[0]}`)
    .replaceAll(/[_ ]/g, "-")
  const { quantization, rest } = cut(words)
  return rest === "" ? quantization : undefined
}
