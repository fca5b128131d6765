import { describe, expect, test } from "bun:test"
import { nameOf } from "@infernet/routing/names/modelName"
import { cut, quantizationOf } from "@infernet/routing/names/quantization"
import { apart, spellings } from "./spellings.ts"

const keyOf = (spelling: string) => {
  const { model, quantization } = nameOf(spelling)
  return quantization === undefined ? model : `${model} ${quantization}`
}

/** Names that nobody wrote down here, of parts that names are made of. */
const composed = ["", "qwen/", "meta-llama/", "unsloth/", "somebody/", "hf.co/bartowski/", "a/b/"].flatMap(
  (publisher) =>
    ["qwen2.5", "Qwen_Qwen3", "llama3.2", "Meta-Llama-3.1", "gemma2", "mistral", "deepseek-r1", "gpt-oss", "x"].flatMap(
      (family) =>
        ["", "-7b", ":7b", ":latest", "-30b-a3b", ":30b-a3b"].flatMap((size) =>
          ["", "-instruct", "-it", "-thinking-2507", "-hf"].flatMap((variant) =>
            ["", "-Q4_K_M", ".i1-IQ2_XXS", "-fp8-dynamic", "-GPTQ-Int4", "-GGUF", "-q8_0-00001-of-00002.gguf"].map(
              (end) => `${publisher}${family}${size}${variant}${end}`
            )
          )
        )
    )
)

describe("a model's name", () => {
  test("is one whatever it is spelled like", () => {
    expect(spellings.length).toBeGreaterThan(120)
    for (const [spelling, model, quantization] of spellings) {
      const name = nameOf(spelling)
      expect([spelling, name.model, name.quantization]).toEqual([spelling, model, quantization])
    }
  })

  test("is another for another model", () => {
    expect(apart.length).toBeGreaterThan(40)
    for (const [one, other] of apart) {
      expect(nameOf(one).model, `${one} and ${other}`).not.toBe(nameOf(other).model)
    }
  })

  test("tells what a spelling says of the quantisation from what it means by convention", () => {
    expect(nameOf("qwen2.5:7b").assumed).toBe(true)
    expect(nameOf("openai/gpt-oss-20b").assumed).toBe(true)
    expect(nameOf("qwen2.5:7b-instruct-q4_K_M").assumed).toBeUndefined()
  })

  test("names itself, alone and with its quantisation", () => {
    for (const spelling of [...spellings.map(([spelling]) => spelling), ...composed]) {
      const { model, quantization } = nameOf(spelling)
      expect(nameOf(model).model, spelling).toBe(model)
      if (quantization !== undefined)
        expect(nameOf(`${model}-${quantization}`), spelling).toMatchObject({ model, quantization })
    }
  })

  test("is the same in capitals, with underscores for hyphens, and as a file", () => {
    for (const spelling of [...spellings.map(([spelling]) => spelling), ...composed]) {
      const key = keyOf(spelling)
      const variants = [
        spelling.toUpperCase(),
        spelling.replaceAll("-", "_"),
        spelling.replaceAll("_", "-"),
        `${spelling.replace(/\.gguf$/, "")}.gguf`
      ]
      for (const variant of variants) expect(keyOf(variant), `${variant} for ${spelling}`).toBe(key)
    }
  })

  test("is found in any text, quickly", () => {
    for (const text of ["", " ", "/", ":", "@", "q4_0", "gguf", "-gguf", "openai/", ":q8_0", "a/:", "é/漢字:7b"]) {
      expect(typeof nameOf(text).model).toBe("string")
    }
    const started = performance.now()
    for (const long of ["-q4_k".repeat(51), "-gguf".repeat(51), "llama-".repeat(42), "a".repeat(256)]) nameOf(long)
    expect(performance.now() - started).toBeLessThan(100)
  })
})

describe("a quantisation", () => {
  test("is read from whatever a backend calls it", () => {
    const said = {
      Q4_K_M: "q4_k_m",
      "Q4_K - Medium": "q4_k_m",
      "Q3_K - Small": "q3_k_s",
      "Q2_K - Medium": "q2_k",
      "(guessed) Q4_K - Medium": "q4_k_m",
      Q8_0: "q8_0",
      "IQ4_XS - 4.25 bpw": "iq4_xs",
      "IQ2_XXS - 2.0625 bpw": "iq2_xxs",
      "MXFP4 MoE": "mxfp4",
      "all F32": "f32",
      F16: "f16",
      BF16: "bf16",
      unknown: undefined,
      "": undefined
    }
    for (const [text, quantization] of Object.entries(said))
      expect([text, quantizationOf(text)]).toEqual([text, quantization])
  })

  test("leaves of a name what it is not", () => {
    expect(cut("llama-3.2-1b-instruct-q4-k-m-gguf")).toEqual({ rest: "llama-3.2-1b-instruct", quantization: "q4_k_m" })
    expect(cut("gemma-3-12b-it-qat")).toEqual({ rest: "gemma-3-12b-it-qat", quantization: undefined })
    expect(cut("qwen3-4b-instruct-2507")).toEqual({ rest: "qwen3-4b-instruct-2507", quantization: undefined })
  })
})
