/** Libraries that speak OpenAI's protocol in their own way. */
import { expect } from "bun:test"
import { createOpenAICompatible } from "@ai-sdk/openai-compatible"
import { HumanMessage } from "@langchain/core/messages"
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai"
import type { ChatRequest } from "@infernet/contract/Chat"
import * as Chats from "@infernet/testing/fakes/Chats"
import type { Script } from "@infernet/testing/fakes/ScriptedBackends"
import { embed, generateText, jsonSchema, streamText, tool } from "ai"
import { Effect } from "effect"
import { ask, live, model, world } from "./world.ts"

const call = { index: 0, id: "call_1", name: "weather", arguments: '{"city":"Paris"}' }
const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] } as const

/** Calls the weather once where there are tools and nobody has answered yet, and says what came of it else. */
const said = ({ messages, response_format }: ChatRequest): ReadonlyArray<string> => {
  if (response_format !== undefined) return ['{"city":', '"Rome"}']
  const last = messages.at(-1)
  return ["It is ", last?.role === "tool" ? String(last.content) : "fine"]
}

const script = (seen: Array<ChatRequest>): Script => ({
  chat: (request, emit) =>
    Effect.sync(() => {
      seen.push(request)
      const calls = request.tools !== undefined && request.messages.at(-1)?.role !== "tool"
      if (calls) void emit("tool_call", JSON.stringify(call))
      else for (const word of said(request)) void emit("text", word)
      return { finish_reason: calls ? "tool_calls" : "stop", usage: Chats.usage }
    }),
  embed: ({ input }) => Effect.succeed({ embeddings: input.map(() => [0.5, 0.25]), prompt_tokens: 2 })
})

live("Vercel's ai answers, streams, calls tools and embeds", () =>
  Effect.gen(function* () {
    const seen: Array<ChatRequest> = []
    const { key, plane } = yield* world(script(seen))
    const provider = createOpenAICompatible({
      name: "infernet",
      baseURL: `${plane.url}/v1`,
      apiKey: key,
      includeUsage: true,
      supportsStructuredOutputs: true
    })
    const tools = {
      weather: tool({
        inputSchema: jsonSchema<{ city: string }>(schema),
        execute: ({ city }) => Promise.resolve(`sunny in ${city}`)
      })
    }
    const once = yield* ask(() => generateText({ model: provider(model), prompt: "hi", maxRetries: 0 }))
    expect(once).toMatchObject({ text: "It is fine", finishReason: "stop", usage: { inputTokens: 3, outputTokens: 2 } })
    const called = yield* ask(() => generateText({ model: provider(model), prompt: "hi", tools, maxRetries: 0 }))
    expect(called.toolResults).toMatchObject([{ toolName: "weather", output: "sunny in Paris" }])
    const stream = streamText({ model: provider(model), prompt: "hi", maxRetries: 0 })
    expect(yield* ask(() => stream.text)).toBe("It is fine")
    expect(yield* ask(() => stream.usage)).toMatchObject({ inputTokens: 3, outputTokens: 2 })
    const { embedding } = yield* ask(() => embed({ model: provider.embeddingModel(model), value: "a" }))
    expect(embedding).toEqual([0.5, 0.25])
  })
)

live("LangChain's ChatOpenAI answers, streams, calls tools and holds to a schema; its embeddings embed", () =>
  Effect.gen(function* () {
    const seen: Array<ChatRequest> = []
    const { key, plane } = yield* world(script(seen))
    const configuration = { baseURL: `${plane.url}/v1` }
    const options = { model, apiKey: key, configuration, maxRetries: 0 }
    const chat = new ChatOpenAI({ ...options, useResponsesApi: false })
    const whole = yield* ask(() => chat.invoke([new HumanMessage("hi")]))
    expect(whole.text).toBe("It is fine")
    expect(whole.usage_metadata).toMatchObject({ input_tokens: 3, output_tokens: 2, total_tokens: 5 })
    const words = yield* ask(async () => {
      const said: Array<string> = []
      for await (const { text } of await chat.stream("hi")) said.push(text)
      return said.filter((text) => text !== "")
    })
    expect(words).toEqual(["It is ", "fine"])
    const weather = { type: "function" as const, function: { name: "weather", parameters: schema } }
    const called = yield* ask(() => chat.bindTools([weather]).invoke("hi"))
    expect(called.tool_calls).toMatchObject([{ name: "weather", args: { city: "Paris" }, id: "call_1" }])
    const formed = chat.withConfig({ response_format: { type: "json_schema", json_schema: { name: "place", schema } } })
    expect((yield* ask(() => formed.invoke("hi"))).text).toBe('{"city":"Rome"}')
    expect(seen.at(-1)?.response_format).toMatchObject({ type: "json_schema", json_schema: { name: "place", schema } })
    const embeddings = new OpenAIEmbeddings(options)
    expect(yield* ask(() => embeddings.embedDocuments(["a", "b"]))).toEqual([
      [0.5, 0.25],
      [0.5, 0.25]
    ])
  })
)
