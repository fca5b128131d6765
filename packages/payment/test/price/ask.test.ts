import { describe, expect, test } from "bun:test"
import { askFor, parseAsks } from "@infernet/payment/price/ask"

const list = { input_micros_per_1k: 500n, output_micros_per_1k: 2_000n }
const asked = (text: string, model = "qwen2.5:7b") => askFor(parseAsks(text) ?? [], model, list)

describe("what an operator asks", () => {
  test("is a part of the list price, or dollars for 1,000 output tokens", () => {
    expect(asked("80%")).toEqual({ input_micros_per_1k: 400n, output_micros_per_1k: 1_600n })
    expect(asked("0.0015")).toEqual({ input_micros_per_1k: 375n, output_micros_per_1k: 1_500n })
    expect(asked("$0.001")).toEqual({ input_micros_per_1k: 250n, output_micros_per_1k: 1_000n })
    expect(asked("0")).toEqual({ input_micros_per_1k: 0n, output_micros_per_1k: 0n })
  })

  test("may be another for some models: the first that fits, and the one without a name for the rest", () => {
    const text = "90%, qwen*=50%, qwen2.5:7b=10%"
    expect(asked(text)?.output_micros_per_1k).toBe(1_000n)
    expect(asked(text, "Llama3.1:8b")?.output_micros_per_1k).toBe(1_800n)
    expect(asked("qwen2.5.7b=1%")).toBeUndefined()
    expect(asked("llama*=1%")).toBeUndefined()
  })

  test("of a model that only reads is for what it reads", () =>
    expect(
      askFor(parseAsks("0.0001") ?? [], "bge-m3", { input_micros_per_1k: 250n, output_micros_per_1k: 0n })
    ).toEqual({
      input_micros_per_1k: 100n,
      output_micros_per_1k: 0n
    }))

  test("that cannot be read whole is none", () => {
    for (const text of ["", "cheap", "-1", "1e-3", "50 %%", "0.0000001", "=5%", "a=5%, b", "9999", "99999%"]) {
      expect(parseAsks(text), text).toBeUndefined()
    }
  })
})
