import { expect } from "bun:test"
import { asking } from "@infernet/daemon/node/asking"
import { parseAsks } from "@infernet/payment/price/ask"
import { offer } from "@infernet/testing/fakes/ScriptedBackends"
import { it } from "@infernet/testing/harness"
import { Effect, Logger } from "effect"

it("offers go out with what is asked for them, and an ask over the list price is told once", () =>
  Effect.gen(function* () {
    const logged: Array<unknown> = []
    const listening = Logger.layer([Logger.make(({ message }) => void logged.push(message))])
    const priced = asking(parseAsks("qwen*=50%, 0.009") ?? [])
    const offers = [offer("qwen2.5:7b"), offer("llama3.1:8b")]
    const once = Effect.provide(priced(offers), listening)
    expect((yield* once).map(({ price }) => price)).toEqual([
      { input_micros_per_1k: "250", output_micros_per_1k: "1000" },
      { input_micros_per_1k: "2250", output_micros_per_1k: "9000" }
    ])
    yield* once
    expect(logged).toMatchObject([[expect.any(String), { model: "llama3.1:8b", asked: "0.009", list: "0.002" }]])
    const unasked = asking([])
    expect(yield* unasked(offers)).toBe(offers)
  }))
