/** Anthropic's own SDK, pointed at a network of one node that the test plays. */
import Anthropic from "@anthropic-ai/sdk"
import type { ChatRequest } from "@infernet/contract/Chat"
import type { Script } from "@infernet/testing/fakes/ScriptedBackends"
import * as Chats from "@infernet/testing/fakes/Chats"
import * as Network from "@infernet/testing/Network"
import { Effect } from "effect"

type Answer = ReadonlyArray<readonly [kind: "text" | "reasoning" | "tool_call", text: string | object]>

/** Says these pieces, one after the other. */
export const answering =
  (pieces: Answer, finish: "stop" | "length" | "tool_calls" = "stop", usage = Chats.usage): Script["chat"] =>
  (_request, emit) =>
    Effect.sync(() => {
      for (const [kind, piece] of pieces) void emit(kind, typeof piece === "string" ? piece : JSON.stringify(piece))
      return { finish_reason: finish, usage }
    })

export const weather = {
  name: "weather",
  description: "Tells the weather",
  input_schema: { type: "object" as const, properties: { city: { type: "string" } } }
}

/** A network, and an SDK with a key for it that does not try again unless told to. */
export const world = Effect.fnUntraced(function* (chat: Script["chat"]) {
  const plane = yield* Network.plane()
  const { key } = yield* Network.account(plane)
  const asked: Array<ChatRequest> = []
  yield* Network.node(plane, {
    chat: (request, emit) => {
      asked.push(request)
      return chat(request, emit)
    }
  })
  const client = new Anthropic({ baseURL: plane.url, apiKey: key, maxRetries: 0 })
  return { asked, client, key, plane }
})

/** What was thrown; fails the test where nothing was. */
export const thrown = (attempt: () => PromiseLike<unknown>) =>
  Effect.promise(async (): Promise<unknown> => {
    try {
      await attempt()
    } catch (error) {
      return error
    }
    throw new Error("nothing was thrown")
  })

export const hello = { model: "tiny", max_tokens: 100, messages: [{ role: "user" as const, content: "hi" }] }
