/** The network that the page's snippets ask: models that always say what the page says they do. */
import type { ChatRequest, Usage } from "@infernet/contract/Chat"
import { AccountId } from "@infernet/contract/Id"
import { usualOfAccount } from "@infernet/contract/Limits"
import { Ledger } from "@infernet/control-plane/ledger/Ledger"
import { paymentsOff } from "@infernet/control-plane/Payments"
import { noLimits } from "@infernet/control-plane/Settings"
import { Context, Effect, SubscriptionRef } from "effect"
import type { Script } from "../../src/fakes/ScriptedBackends.ts"
import * as Network from "../../src/Network.ts"

const usage: Usage = { prompt_tokens: 14, completion_tokens: 7, total_tokens: 21 }

const says: Readonly<Record<string, ReadonlyArray<string>>> = {
  "What is the capital of France?": ["The capital of France is ", "Paris."],
  "Name a city in Italy.": ['{"city":', '"Rome"}'],
  "Is 91 a prime?": ["No: ", "91 is 7 times 13."],
  "Yes or no?": ["Yes"],
  "What colour is this?": ["Red."]
}

const thoughts: Readonly<Record<string, string>> = { "Is 91 a prime?": "7 times 13 is 91." }

const yes = { token: "Yes", logprob: -0.11, bytes: null }
const logprobs = {
  content: [{ ...yes, top_logprobs: [yes, { token: "No", logprob: -2.3, bytes: null }] }]
}

const weather = { index: 0, id: "call_1", name: "weather", arguments: '{"city":"Paris"}' }

type Content = ChatRequest["messages"][number]["content"]

const textOf = (content: Content): string => {
  if (typeof content === "string") return content
  return (content ?? []).map((part) => (part.type === "text" ? part.text : "")).join("")
}

/** What the model says at this point, piece by piece; nothing where it calls a tool, or was given nothing to say. */
const wordsOf = ({ messages, tools }: ChatRequest): ReadonlyArray<string> | undefined => {
  const last = messages.at(-1)
  if (last?.role === "tool") return [`It is ${textOf(last.content)}.`]
  return tools === undefined ? says[textOf(last?.content)] : undefined
}

const chat: Script["chat"] = (request, emit) =>
  Effect.gen(function* () {
    const words = wordsOf(request)
    if (words === undefined && request.tools === undefined) return yield* Effect.never
    const thought = thoughts[textOf(request.messages.at(-1)?.content)]
    if (thought !== undefined) void emit("reasoning", thought)
    for (const word of words ?? []) void emit("text", word)
    if (words === undefined) void emit("tool_call", JSON.stringify(weather))
    if (request.logprobs === true) void emit("logprobs", JSON.stringify(logprobs))
    return { finish_reason: words === undefined ? "tool_calls" : "stop", usage }
  })

/** Its address, and a client's key for it. */
export const network = Effect.gen(function* () {
  // Keys without limits, as the page is read faster here than by anybody; accounts as they are usually.
  const payments = { ...paymentsOff, mode: "ledger" as const }
  const plane = yield* Network.plane({ limits: { ...noLimits, account: usualOfAccount }, payments })
  const { id, key } = yield* Network.account(plane)
  const ledger = Context.get(plane.services, Ledger)
  yield* ledger.deposit({ account: AccountId.make(id), amount: 25_000_000n, reference: "invoice-17" })
  const models = yield* SubscriptionRef.make<ReadonlyArray<string>>(["qwen3:4b", "gemma3:4b", "nomic-embed-text"])
  yield* Network.node(plane, {
    models,
    capabilities: ["vision", "reasoning"],
    chat,
    complete: (_request, emit) =>
      Effect.sync(() => {
        void emit("text", " a time, there was a fox.")
        return { finish_reason: "stop", usage }
      }),
    embed: ({ input }) =>
      Effect.succeed({ embeddings: input.map(() => Array.from({ length: 768 }, () => 0.5)), prompt_tokens: 4 })
  })
  return { key, url: plane.url }
})
