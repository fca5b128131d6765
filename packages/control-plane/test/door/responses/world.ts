/** A network whose backend a test plays, and OpenAI's own SDK as its client. */
import type { ChatRequest } from "@infernet/contract/Chat"
import * as Chats from "@infernet/testing/fakes/Chats"
import type { Script } from "@infernet/testing/fakes/ScriptedBackends"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Effect } from "effect"
import OpenAI, { APIError } from "openai"

export const live = (name: string, body: Parameters<typeof it.live>[1]) => it.live(name, body, { timeout: 20_000 })

/** `asked` is what the node was given. */
export const world = Effect.fnUntraced(function* (chat: Script["chat"]) {
  const asked: Array<ChatRequest> = []
  const plane = yield* Network.plane()
  const { key } = yield* Network.account(plane)
  yield* Network.node(plane, {
    chat: (request, emit) => {
      asked.push(request)
      return chat(request, emit)
    }
  })
  const client = new OpenAI({ baseURL: `${plane.url}/v1`, apiKey: key, maxRetries: 0 })
  return { asked, client, key, plane }
})

export const model = "tiny"
export const tools = [
  {
    type: "function" as const,
    name: "weather",
    parameters: { type: "object", properties: { city: { type: "string" } } },
    strict: true
  }
]

/** Calls the weather of two cities, and tells it once it is known. */
export const weather: Script["chat"] = ({ messages }, emit) =>
  Effect.sync(() => {
    const known = messages.flatMap((message) => (message.role === "tool" ? [message.content] : []))
    if (known.length > 0) {
      void emit("text", known.join(", "))
      return { finish_reason: "stop", usage: Chats.usage }
    }
    void emit("reasoning", "I need ")
    void emit("reasoning", "the weather.")
    void emit("text", "Let me see.")
    for (const [index, city] of ["Paris", "Rome"].entries()) {
      void emit("tool_call", JSON.stringify({ index, id: `call_${city}`, name: "weather", arguments: "" }))
      void emit("tool_call", JSON.stringify({ index, arguments: '{"city":' }))
      void emit("tool_call", JSON.stringify({ index, arguments: `"${city}"}` }))
    }
    return { finish_reason: "tool_calls", usage: Chats.usage }
  })

/** What a call of the SDK fails with. */
export const failure = (attempt: () => PromiseLike<unknown>) =>
  Effect.promise(async () => {
    try {
      await attempt()
    } catch (error) {
      if (error instanceof APIError) return error
      throw error
    }
    throw new Error("it did not fail")
  })
