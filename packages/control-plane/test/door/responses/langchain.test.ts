import { expect } from "bun:test"
import type { ChatRequest } from "@infernet/contract/Chat"
import * as Chats from "@infernet/testing/fakes/Chats"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { AIMessageChunk, HumanMessage, ToolMessage } from "@langchain/core/messages"
import { ChatOpenAI } from "@langchain/openai"
import { Effect } from "effect"

const weather = {
  type: "function" as const,
  function: { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } }
}

it.live(
  "LangChain's model runs a loop over tools at /v1/responses, streamed",
  () =>
    Effect.gen(function* () {
      const asked: Array<ChatRequest> = []
      const plane = yield* Network.plane()
      const { key } = yield* Network.account(plane)
      yield* Network.node(plane, {
        chat: (request, emit) =>
          Effect.sync(() => {
            asked.push(request)
            void emit("reasoning", "hm")
            if (request.messages.some(({ role }) => role === "tool")) {
              void emit("text", "Sun in ")
              void emit("text", "Paris.")
              return { finish_reason: "stop", usage: Chats.usage }
            }
            void emit("tool_call", JSON.stringify({ index: 0, id: "call_1", name: "weather", arguments: '{"city":' }))
            void emit("tool_call", JSON.stringify({ index: 0, arguments: '"Paris"}' }))
            return { finish_reason: "tool_calls", usage: Chats.usage }
          })
      })
      const model = new ChatOpenAI({
        model: "tiny",
        apiKey: key,
        useResponsesApi: true,
        maxRetries: 0,
        zdrEnabled: true,
        reasoning: { summary: "auto" },
        configuration: { baseURL: `${plane.url}/v1` }
      }).bindTools([weather])
      const ask = (messages: ReadonlyArray<HumanMessage | AIMessageChunk | ToolMessage>) =>
        Effect.promise(async () => {
          let whole = new AIMessageChunk("")
          for await (const chunk of await model.stream([...messages])) whole = whole.concat(chunk)
          return whole
        })
      const question = new HumanMessage("Weather?")
      const called = yield* ask([question])
      expect(called.tool_calls).toMatchObject([{ name: "weather", args: { city: "Paris" }, id: "call_1" }])
      const answer = yield* ask([question, called, new ToolMessage({ content: "sun", tool_call_id: "call_1" })])
      expect(answer.text).toBe("Sun in Paris.")
      expect(answer.usage_metadata).toMatchObject({ input_tokens: 3, output_tokens: 2 })
      expect(asked[1]?.messages).toMatchObject([
        { role: "user" },
        { role: "assistant", tool_calls: [{ id: "call_1", function: { name: "weather" } }] },
        { role: "tool", tool_call_id: "call_1", content: "sun" }
      ])
    }),
  { timeout: 20_000 }
)
