/** Ollama's own client, pointed at a network of one node that the test plays. */
import type { ChatRequest } from "@infernet/contract/Chat"
import type { Script } from "@infernet/testing/fakes/ScriptedBackends"
import * as Network from "@infernet/testing/Network"
import { Effect } from "effect"
import { Ollama } from "ollama"

export const world = Effect.fnUntraced(function* (chat: Script["chat"], more: Partial<Script> = {}) {
  const plane = yield* Network.plane()
  const { key } = yield* Network.account(plane)
  const asked: Array<ChatRequest> = []
  yield* Network.node(plane, {
    ...more,
    chat: (request, emit) => {
      asked.push(request)
      return chat(request, emit)
    }
  })
  const client = new Ollama({ host: plane.url, headers: { authorization: `Bearer ${key}` } })
  return { asked, client, key, plane }
})

export const weather = {
  type: "function",
  function: {
    name: "weather",
    description: "Tells the weather",
    parameters: { type: "object", properties: { city: { type: "string" } } }
  }
}

export const hello = { model: "tiny", messages: [{ role: "user", content: "hi" }] }
