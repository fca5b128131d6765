import { describe, expect, test } from "bun:test"
import type { Capability } from "@infernet/contract/Node"
import { amountOf } from "@infernet/payment/price/amount"
import { quoteOf } from "@infernet/payment/price/hold"
import { listPriceOfModel } from "@infernet/payment/price/model"
import { sizeOfFile, sizeOfName } from "@infernet/payment/price/size"

const sizes: ReadonlyArray<readonly [name: string, millions: bigint | undefined]> = [
  ["qwen2.5-0.5b-instruct", 500n],
  ["gemma-3-270m-it", 270n],
  ["smollm2:135m", 135n],
  ["llama-3.2-3b-instruct", 3_000n],
  ["gemma-3n-e4b-it", 4_000n],
  ["qwen2.5:7b-instruct-q4_K_M", 7_000n],
  ["qwen2.5-7b-instruct-1m", 7_000n],
  ["exaone-3.5-2.4b-instruct", 2_400n],
  ["solar-10.7b-instruct-v1.0", 10_700n],
  ["phi-4", 14_700n],
  ["phi-4-mini-instruct", 3_800n],
  ["gpt-oss-20b", 20_000n],
  ["qwen3:30b-a3b", 30_000n],
  ["qwen3-235b-a22b-instruct-2507", 235_000n],
  ["mixtral-8x7b-instruct-v0.1", 56_000n],
  ["llama-4-scout-17b-16e-instruct", 272_000n],
  ["somebody/Model-70B-GGUF", 70_000n],
  ["kimi-k2:1t", 1_000_000n],
  ["deepseek-ai/deepseek-r1", 671_000n],
  ["deepseek-r1-distill-qwen-7b", 7_000n],
  ["mistral-nemo-instruct-2407", 12_200n],
  ["nomic-embed-text-v1.5", undefined],
  ["model-4bit", undefined],
  ["tiny-demo", undefined]
]

const gib = 1_073_741_824
const chat: ReadonlyArray<Capability> = ["chat"]
const output = (name: string, ...offers: ReadonlyArray<{ bytes?: number; quantization?: string }>) =>
  listPriceOfModel(
    name,
    offers.map((offer) => ({ capabilities: chat, ...offer }))
  ).output_micros_per_1k

describe("the size of a model", () => {
  test.each(sizes)("%s is %p millions of weights by its name", (name, millions) =>
    expect(sizeOfName(name)).toBe(millions)
  )

  test("is read from its file by the bits of its quantisation, within a tenth", () => {
    const files = [
      [4_683_073_184, "q4_k_m", 7_616n],
      [8_098_524_832, "q8_0", 7_616n],
      [15_231_233_024, "f16", 7_616n],
      [2_019_377_696, "q4_k_m", 3_213n]
    ] as const
    for (const [bytes, quantization, real] of files) {
      const size = sizeOfFile(bytes, quantization)
      expect(size * 10n > real * 9n && size * 10n < real * 11n, `${quantization}: ${size} of ${real}`).toBe(true)
    }
  })
})

describe("the list price", () => {
  test("changes at the edges of the classes, and input costs a quarter", () => {
    expect(
      ["m-2.9b", "m-3b", "m-9.9b", "m-10b", "m-15.9b", "m-16b", "m-39.9b", "m-40b"].map((name) => output(name))
    ).toEqual([1_000n, 2_000n, 2_000n, 5_000n, 5_000n, 12_000n, 12_000n, 25_000n])
    expect(listPriceOfModel("m-7b", []).input_micros_per_1k).toBe(500n)
  })

  test("of a name without a size goes by its file, and one node that exaggerates changes nothing", () => {
    const honest = { bytes: 8 * gib, quantization: "q8_0" }
    expect(output("x", honest)).toBe(2_000n)
    expect(output("x", honest, honest, { bytes: 9_000 * gib })).toBe(2_000n)
    expect(output("x", honest, honest, { bytes: 1 })).toBe(2_000n)
    // Of two that differ the one that is better for the client.
    expect(output("x", honest, { bytes: 9_000 * gib })).toBe(2_000n)
    expect(output("x")).toBe(1_000n)
  })

  test("of a model that only makes embeddings is for what it reads", () => {
    const told = [{ capabilities: ["embedding"] as const }]
    expect(listPriceOfModel("bge-m3-567m", told)).toEqual({ input_micros_per_1k: 250n, output_micros_per_1k: 0n })
  })
})

describe("a quote", () => {
  const list = { input_micros_per_1k: 500n, output_micros_per_1k: 2_000n }
  const request = {
    model: "m",
    messages: [{ role: "user" as const, content: "Why is the sky blue? ".repeat(40) }],
    max_tokens: 100
  }

  test("covers a prompt as an honest node counts it, with a template, and all that may be said", () => {
    const { ceiling, price } = quoteOf(request, list, undefined)
    expect(price).toEqual(list)
    // 240 tokens and a template's 20 with a usual tokenizer; held is at most two and a half times that, and a preamble.
    expect(ceiling).toBeGreaterThanOrEqual(amountOf(list, 260n, 100n))
    expect(ceiling).toBeLessThanOrEqual(amountOf(list, 650n + 272n, 100n))
  })

  test("is at the client's cap where that is lower, for output only", () => {
    const { ceiling, price } = quoteOf(request, list, 900n)
    expect(price).toEqual({ input_micros_per_1k: 500n, output_micros_per_1k: 900n })
    expect(quoteOf(request, list, undefined).ceiling - ceiling).toBe(110n)
    expect(quoteOf(request, list, 9_000n).price).toEqual(list)
  })
})
