import { describe, expect, test } from "bun:test"
import { promptCeiling, textCeiling } from "@infernet/payment/price/ceiling"

/** Tokens counted by OpenAI's tokenizers, the most among `gpt2`, `cl100k_base` and `o200k_base`. */
const counted: ReadonlyArray<readonly [what: string, text: string, tokens: number]> = [
  ["English", "The quick brown fox jumps over the lazy dog.", 10],
  ["capitals", "THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG", 16],
  ["German", "Donaudampfschifffahrtsgesellschaftskapitän", 19],
  ["code", 'export const f = (a: number): string => `${a}`\n  if (x !== 0) { return "no" }', 31],
  ["hexadecimal", "9f86d081884c7d659a2feaa0c55ad015", 20],
  ["base64", "dGhpcyBpcyBhIHRlc3Qgb2YgYmFzZTY0IGVuY29kaW5nIGFuZCBpdHMgdG9rZW5z", 48],
  ["Russian", "Съешь же ещё этих мягких французских булок, да выпей чаю", 73],
  ["Arabic", "الذكاء الاصطناعي يغير العالم", 26],
  ["Hindi", "कृत्रिम बुद्धिमत्ता दुनिया को बदल रही है", 66],
  ["Chinese", "人工智能正在改变世界。", 22],
  ["Japanese", "人工知能は世界を変えています", 22],
  ["Thai", "สวัสดีครับ", 20],
  ["emoji", "👩‍👩‍👧‍👦", 18],
  // Llama's and Qwen's tokenizers take digits one by one.
  ["digits", "3141592653589793", 16]
]

describe("the most tokens of a text", () => {
  test.each(counted)("of %s hold what tokenizers count", (_, text, tokens) =>
    expect(textCeiling(text)).toBeGreaterThanOrEqual(tokens)
  )

  test("are never more than its bytes, and never fewer than a quarter of them", () => {
    const texts = [...counted.map(([, text]) => text), "", "\ud800 alone", "a", "ab\n", "é".repeat(33)]
    for (const text of texts) {
      const bytes = Buffer.byteLength(text)
      expect(textCeiling(text)).toBeLessThanOrEqual(bytes)
      expect(textCeiling(text)).toBeGreaterThanOrEqual(bytes / 4)
    }
  })

  test("grow with everything that a template shows a model", () => {
    const message = { role: "user" as const, content: "hi" }
    const base = { model: "m", messages: [message], max_tokens: 1 }
    const least = promptCeiling(base)
    const tool = { type: "function" as const, function: { name: "f", description: "does" } }
    const image = { type: "image_url" as const, image_url: { url: `data:image/png;base64,${"A".repeat(1_000_000)}` } }
    expect(promptCeiling({ ...base, messages: [message, message] })).toBeGreaterThan(least)
    expect(promptCeiling({ ...base, tools: [tool] })).toBeGreaterThan(least + 250)
    // Its bytes are no tokens.
    const seen = promptCeiling({ ...base, messages: [{ role: "user", content: [image] }] })
    expect(seen).toBeGreaterThan(4_000)
    expect(seen).toBeLessThan(5_000)
    expect(promptCeiling({ model: "m", input: ["a", "b"] })).toBeGreaterThan(
      promptCeiling({ model: "m", input: ["a"] })
    )
  })
})
