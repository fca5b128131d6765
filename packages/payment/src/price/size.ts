/** How large a model is, in millions of weights: from its name, as most tell it, else from its file. */

/**
 * A number of weights at the beginning of a name's part: `0.5b`, `270m`, `1t`, `8x7b`, `e4b` (counted as what is used of it
 * at a time), `17b-16e` (experts). The part `a3b` of `30b-a3b` is what is active, and counts for nothing.
 */
const told = /(?:^|[-_:/])(?:(\d{1,3})x)?e?(\d{1,5})(?:\.(\d{1,3}))?([mbt])(?:-(\d{1,3})e)?(?=$|[-_:@])/g

const millions = { m: 1n, b: 1_000n, t: 1_000_000n } as const

/** Well-known models whose names tell no size, by how they begin; of two that fit, the longer comes first. */
const known: ReadonlyArray<readonly [name: string, millions: bigint]> = [
  ["phi-4-mini", 3_800n],
  ["phi-4", 14_700n],
  ["phi-3.5-mini", 3_800n],
  ["phi-3.5-moe", 42_000n],
  ["phi-3-mini", 3_800n],
  ["phi-3-medium", 14_000n],
  ["mistral-nemo", 12_200n],
  ["mistral-small", 24_000n],
  ["mistral-medium", 73_000n],
  ["mistral-large", 123_000n],
  ["codestral", 22_000n],
  ["devstral", 24_000n],
  ["magistral", 24_000n],
  ["command-r7b", 8_000n],
  ["command-r-plus", 104_000n],
  ["command-r", 35_000n],
  ["command-a", 111_000n],
  ["deepseek-v2-lite", 15_700n],
  ["deepseek-v2", 236_000n],
  ["deepseek-v3", 671_000n],
  ["deepseek-ai/deepseek-r1", 671_000n],
  ["kimi-k2", 1_000_000n]
]

const weights = (match: RegExpMatchArray): bigint => {
  const [, times = "1", whole = "0", fraction = "", unit, experts = "1"] = match
  const thousandths = BigInt(whole) * 1_000n + BigInt(fraction.padEnd(3, "0"))
  const each = (thousandths * millions[unit === "m" || unit === "t" ? unit : "b"]) / 1_000n
  return each * BigInt(times) * BigInt(experts)
}

/** From a model's name in any spelling; the largest number where it tells several. Undefined: it tells none. */
export const sizeOfName = (name: string): bigint | undefined => {
  const text = name.toLowerCase()
  const sizes = [...text.matchAll(told)].map(weights)
  if (sizes.length > 0) return sizes.reduce((most, size) => (size > most ? size : most))
  const last = text.slice(text.lastIndexOf("/") + 1)
  return known.find(([beginning]) => text.startsWith(beginning) || last.startsWith(beginning))?.[1]
}

/** Bits that a weight takes in a file, with what goes with it, in tenths: by how the quantisation's name begins. */
const tenthsOfBits: ReadonlyArray<readonly [quantization: RegExp, tenths: bigint]> = [
  [/^f(?:p)?32/, 320n],
  [/^(?:ud_)?q8|^fp8|^(?:int|w)8|^8bit|int8$/, 85n],
  [/^(?:ud_)?q6/, 66n],
  [/^(?:ud_)?q5/, 57n],
  [/^(?:ud_)?i?q4|fp4|^(?:int|w)4|^4bit|^awq|^gptq|^nf4|^bnb|^autoround/, 48n],
  [/^(?:ud_)?i?q3/, 39n],
  [/^(?:ud_)?i?q2|^tq2/, 29n],
  [/^(?:ud_)?i?q1|^tq1/, 19n]
]

/** From the file of a model; where its quantisation is not known it counts as 16 bits a weight, which errs for the client. */
export const sizeOfFile = (bytes: number, quantization: string | undefined): bigint => {
  const kind = (quantization ?? "").toLowerCase().replaceAll("-", "_")
  const tenths = tenthsOfBits.find(([pattern]) => pattern.test(kind))?.[1] ?? 160n
  return (BigInt(bytes) * 80n) / (tenths * 1_000_000n)
}
