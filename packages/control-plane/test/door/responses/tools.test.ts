import { describe, expect } from "bun:test"
import * as Chats from "@infernet/testing/fakes/Chats"
import * as Network from "@infernet/testing/Network"
import { Effect } from "effect"
import type { ResponseInput } from "openai/resources/responses/responses"
import { failure, live, model, tools, weather, world } from "./world.ts"

const called = (city: string) => ({
  id: `call_${city}`,
  type: "function",
  function: { name: "weather", arguments: `{"city":"${city}"}` }
})

describe("OpenAI's SDK at /v1/responses", () => {
  for (const referred of [false, true]) {
    const name = referred ? "is referred to" : "goes back as it came"
    live(`loops over tools: what an answer held ${name}, with what the calls gave`, () =>
      Effect.gen(function* () {
        const { asked, client, plane } = yield* world(weather)
        const first = yield* Effect.promise(() => client.responses.create({ model, input: "hi", tools }))
        const input: ResponseInput = [{ role: "user", content: "hi" }]
        for (const item of first.output) {
          if (item.type !== "message" && item.type !== "reasoning" && item.type !== "function_call") continue
          input.push(referred ? { type: "item_reference", id: item.id ?? "" } : item)
        }
        for (const item of first.output) {
          if (item.type !== "function_call") continue
          const { city } = JSON.parse(item.arguments)
          input.push({ type: "function_call_output", call_id: item.call_id, output: `${city}: sun` })
        }
        const second = yield* Effect.promise(() => client.responses.create({ model, input, tools }))
        expect(second.output_text).toBe("Paris: sun, Rome: sun")
        expect<unknown>(asked[1]?.messages).toEqual([
          { role: "user", content: "hi" },
          { role: "assistant", content: "Let me see.", tool_calls: [called("Paris"), called("Rome")] },
          { role: "tool", tool_call_id: "call_Paris", content: "Paris: sun" },
          { role: "tool", tool_call_id: "call_Rome", content: "Rome: sun" }
        ])
        if (!referred) return
        const stranger = yield* Network.account(plane)
        const theirs = client.withOptions({ apiKey: stranger.key })
        const refused = yield* failure(() => theirs.responses.create({ model, input, tools }))
        expect(refused).toMatchObject({ status: 400, param: "input[1].id" })
      })
    )
  }

  live("parses an answer of a given form, and the arguments of strict tools", () =>
    Effect.gen(function* () {
      const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
      const format = { type: "json_schema" as const, name: "place", schema, strict: true }
      const inForm = yield* world(Chats.saying('{"city":', '"Paris"}'))
      const body = { model, input: "Where?", text: { format } }
      const parsed = yield* Effect.promise(() => inForm.client.responses.parse(body))
      expect<unknown>(parsed.output_parsed).toEqual({ city: "Paris" })
      const streamed = yield* Effect.promise(() => inForm.client.responses.stream(body).finalResponse())
      expect<unknown>(streamed.output_parsed).toEqual({ city: "Paris" })
      expect(inForm.asked[0]?.response_format).toEqual({
        type: "json_schema",
        json_schema: { name: "place", schema, strict: true }
      })
      const calling = yield* world(weather)
      const calls = yield* Effect.promise(() => calling.client.responses.parse({ model, input: "hi", tools }))
      expect(calls.output[2]).toMatchObject({ parsed_arguments: { city: "Paris" } })
    })
  )
})
