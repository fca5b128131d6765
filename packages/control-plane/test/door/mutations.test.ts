import { describe, expect } from "bun:test"
import * as Chats from "@infernet/testing/fakes/Chats"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Effect } from "effect"
import { type Answer, call, jsonOf } from "../http/client.ts"

const schema = { type: "object", properties: { city: { type: "string" } } }

/** A request to each door that has every field which the door reads. */
const requests = {
  "/v1/messages": {
    model: "tiny",
    max_tokens: 9,
    system: [{ type: "text", text: "a" }],
    messages: [
      { role: "user", content: [{ type: "text", text: "a" }] },
      { role: "assistant", content: [{ type: "tool_use", id: "c", name: "f", input: { city: "x" } }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "c", content: [{ type: "text", text: "a" }] }] }
    ],
    tools: [{ name: "f", description: "d", input_schema: schema, strict: true }],
    tool_choice: { type: "tool", name: "f", disable_parallel_tool_use: true },
    stop_sequences: ["a"],
    temperature: 1,
    top_p: 1,
    top_k: 1,
    thinking: { type: "enabled", display: "summarized" },
    output_config: { format: { type: "json_schema", schema } },
    metadata: { user_id: "u" },
    mcp_servers: []
  },
  "/api/chat": {
    model: "tiny",
    stream: false,
    messages: [
      { role: "user", content: "a", images: [] },
      { role: "assistant", content: "", tool_calls: [{ function: { name: "f", arguments: { city: "x" } } }] },
      { role: "tool", content: "a", tool_name: "f", tool_call_id: "c" }
    ],
    tools: [{ type: "function", function: { name: "f", description: "d", parameters: schema } }],
    format: schema,
    think: false,
    logprobs: true,
    top_logprobs: 1,
    keep_alive: "5m",
    options: { num_predict: 9, temperature: 1, stop: ["a"], seed: 1, repeat_penalty: 1 }
  },
  "/api/generate": { model: "tiny", stream: false, prompt: "a", system: "b", images: [], raw: false, suffix: "" },
  "/api/embed": { model: "tiny", input: ["a"], dimensions: 2 },
  "/api/show": { model: "tiny", name: "" }
}

const values = [null, -1, 1e300, "\u0000", true, [], {}]

/** Where a value stands, from the root. */
type Path = ReadonlyArray<string>

const pathsOf = (value: unknown, path: Path = []): ReadonlyArray<Path> =>
  typeof value === "object" && value !== null
    ? [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))]
    : [path]

/** The same with another value in one place. */
const replaced = (whole: unknown, [key, ...rest]: Path, value: unknown): unknown => {
  if (key === undefined) return value
  if (Array.isArray(whole)) return whole.map((inner, i) => (String(i) === key ? replaced(inner, rest, value) : inner))
  return Object.fromEntries(
    Object.entries(Object(whole)).map(([name, inner]) => [name, name === key ? replaced(inner, rest, value) : inner])
  )
}

/** The sentence of a refusal, in the form of its door. */
const sentenceOf = (path: string, answer: Answer): unknown => {
  const { error } = jsonOf(answer)
  return path.startsWith("/v1") ? error.message : error
}

describe("a request with one wrong value", () => {
  for (const [path, request] of Object.entries(requests)) {
    it.live(
      `is answered or refused with a sentence, and is nobody's fault but its sender's (${path})`,
      () =>
        Effect.gen(function* () {
          const plane = yield* Network.plane()
          const { key } = yield* Network.account(plane)
          yield* Network.node(plane, {
            chat: Chats.saying("a"),
            complete: (_request, emit) =>
              Effect.sync(() => {
                void emit("text", "a")
                return { finish_reason: "stop", usage: Chats.usage }
              }),
            embed: ({ input }) => Effect.succeed({ embeddings: input.map(() => [1, 2]), prompt_tokens: 1 })
          })
          const changes = pathsOf(request).flatMap((place) => values.map((value) => ({ place, value })))
          yield* Effect.forEach(
            changes,
            ({ place, value }) =>
              Effect.gen(function* () {
                const answer = yield* call(plane, path, { key, json: replaced(request, place, value) })
                const change = `${place.join(".")} = ${JSON.stringify(value)}: ${answer.text}`
                expect([200, 400, 404], change).toContain(answer.status)
                if (answer.status !== 200) expect(sentenceOf(path, answer), change).toEqual(expect.any(String))
              }),
            { concurrency: 8, discard: true }
          )
        }),
      { timeout: 60_000 }
    )
  }
})
