import { describe, expect } from "bun:test"
import { APIUserAbortError } from "@anthropic-ai/sdk"
import * as Chats from "@infernet/testing/fakes/Chats"
import { it } from "@infernet/testing/harness"
import { Deferred, Effect } from "effect"
import { call, jsonOf } from "../../http/client.ts"
import { answering, hello, weather, world } from "./client.ts"

const live = (name: string, body: Parameters<typeof it.live>[1]) => it.live(name, body, { timeout: 20_000 })

const usage = { prompt_tokens: 30, completion_tokens: 20, total_tokens: 50, cached_tokens: 10, reasoning_tokens: 5 }

const thinkingAndCalling = answering(
  [
    ["reasoning", "Where "],
    ["reasoning", "is it?"],
    ["text", "Let me "],
    ["text", "look."],
    ["tool_call", { index: 0, id: "call_a", name: "weather", arguments: "" }],
    ["tool_call", { index: 0, arguments: '{"city":"Pa' }],
    ["tool_call", { index: 0, arguments: 'ris"}' }],
    ["tool_call", { index: 1, id: "call_b", name: "weather", arguments: '{"city":"Rome"}' }]
  ],
  "tool_calls",
  usage
)

/** The events of one block. */
const block = (deltas: number) => [
  "content_block_start",
  ...Array.from({ length: deltas }, () => "content_block_delta"),
  "content_block_stop"
]

const result = (id: string, rest: object) => ({ type: "tool_result" as const, tool_use_id: id, ...rest })

describe("the SDK's messages.create", () => {
  live("gets a whole answer: thoughts, words, calls, the reason and true usage", () =>
    Effect.gen(function* () {
      const { client } = yield* world(thinkingAndCalling)
      const message = yield* Effect.promise(() => client.messages.create({ ...hello, tools: [weather] }))
      expect(message).toMatchObject({ type: "message", role: "assistant", model: "tiny", stop_reason: "tool_use" })
      expect(message.content).toEqual([
        { type: "thinking", thinking: "Where is it?", signature: "" },
        { type: "text", text: "Let me look.", citations: null },
        { type: "tool_use", id: "call_a", name: "weather", input: { city: "Paris" }, caller: { type: "direct" } },
        { type: "tool_use", id: "call_b", name: "weather", input: { city: "Rome" }, caller: { type: "direct" } }
      ])
      expect(message.usage).toMatchObject({
        input_tokens: 20,
        cache_read_input_tokens: 10,
        output_tokens: 20,
        output_tokens_details: { thinking_tokens: 5 }
      })
      expect(message._request_id).toMatch(/^req_/)
    })
  )

  live("gets the same from messages.stream, event by event", () =>
    Effect.gen(function* () {
      const { client } = yield* world(thinkingAndCalling)
      const asked = { ...hello, tools: [weather] }
      const whole = yield* Effect.promise(() => client.messages.create(asked))
      const stream = client.messages.stream(asked)
      const types: Array<string> = []
      const blocks: Array<string> = []
      stream.on("streamEvent", (event) => void types.push(event.type))
      stream.on("contentBlock", (block) => void blocks.push(block.type))
      const streamed = yield* Effect.promise(() => stream.finalMessage())
      const { _request_id: _whole, ...same } = whole
      expect(streamed).toMatchObject({ ...same, id: expect.stringMatching(/^msg_/) })
      expect<unknown>(streamed.content).toEqual(whole.content)
      expect(blocks).toEqual(["thinking", "text", "tool_use", "tool_use"])
      expect(types).toEqual([
        "message_start",
        ...block(2),
        ...block(2),
        ...block(2),
        ...block(1),
        "message_delta",
        "message_stop"
      ])
    })
  )

  live("goes round with tools: what they said is shown to the model, with the call that asked for it", () =>
    Effect.gen(function* () {
      const { asked, client } = yield* world((request, emit) =>
        request.messages.length === 1
          ? thinkingAndCalling(request, emit)
          : answering([["text", "Sunny in both."]])(request, emit)
      )
      const first = yield* Effect.promise(() => client.messages.create({ ...hello, tools: [weather] }))
      const second = yield* Effect.promise(() =>
        client.messages.create({
          ...hello,
          tools: [weather],
          messages: [
            ...hello.messages,
            { role: "assistant", content: first.content },
            {
              role: "user",
              content: [
                result("call_a", { content: "18 degrees" }),
                result("call_b", { is_error: true, content: [{ type: "text", text: "no such city" }] }),
                { type: "text", text: "Well?" }
              ]
            }
          ]
        })
      )
      expect(second.content).toEqual([{ type: "text", text: "Sunny in both.", citations: null }])
      expect(asked[1]?.messages).toEqual([
        { role: "user", content: "hi" },
        {
          role: "assistant",
          content: "Let me look.",
          tool_calls: [
            { id: "call_a", type: "function", function: { name: "weather", arguments: '{"city":"Paris"}' } },
            { id: "call_b", type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } }
          ]
        },
        { role: "tool", tool_call_id: "call_a", content: "18 degrees" },
        { role: "tool", tool_call_id: "call_b", content: "Error: no such city" },
        { role: "user", content: "Well?" }
      ])
    })
  )

  live("asks for what was asked, as an agent does", () =>
    Effect.gen(function* () {
      const { asked, client } = yield* world(Chats.saying("{}"))
      const cached = { cache_control: { type: "ephemeral" as const } }
      const agent = {
        ...hello,
        max_tokens: 16_000,
        system: [
          { type: "text" as const, text: "You are an agent." },
          { type: "text" as const, text: "Be brief.", ...cached }
        ],
        messages: [{ role: "user" as const, content: [{ type: "text" as const, text: "hi", ...cached }] }],
        tools: [{ ...weather, ...cached, strict: true }],
        tool_choice: { type: "tool" as const, name: "weather" },
        stop_sequences: ["END"],
        temperature: 0.2,
        top_p: 0.9,
        top_k: 5,
        thinking: { type: "enabled" as const, budget_tokens: 2_000 },
        service_tier: "auto" as const,
        metadata: { user_id: "u1" },
        output_config: {
          effort: "high" as const,
          format: { type: "json_schema" as const, schema: { type: "object" } }
        },
        context_management: { edits: [] }
      }
      // An agent asks by the SDK's door for what is new, which is the same with a query behind it.
      const betas = ["new-2027-01-01"]
      yield* Effect.promise(() => client.beta.messages.stream({ ...agent, betas }).finalMessage())
      expect(asked[0]).toEqual({
        model: "tiny",
        messages: [
          { role: "system", content: "You are an agent.\nBe brief." },
          { role: "user", content: "hi" }
        ],
        max_tokens: 16_000,
        temperature: 0.2,
        top_p: 0.9,
        top_k: 5,
        stop: ["END"],
        tools: [
          {
            type: "function",
            function: {
              name: "weather",
              description: "Tells the weather",
              strict: true,
              parameters: weather.input_schema
            }
          }
        ],
        tool_choice: { type: "function", function: { name: "weather" } },
        response_format: {
          type: "json_schema",
          json_schema: { name: "answer", schema: { type: "object" }, strict: true }
        }
      })
    })
  )
})

live("a stream that is left stops the backend", () =>
  Effect.gen(function* () {
    const chats = yield* Chats.make
    const { client } = yield* world(chats.chat)
    const stream = client.messages.stream(hello)
    const done = stream.done().catch((error: unknown) => error)
    const heard = Promise.withResolvers<void>()
    stream.on("text", () => heard.resolve())
    const running = yield* chats.next
    running.say("Once ")
    yield* Effect.promise(() => heard.promise)
    stream.abort()
    yield* Deferred.await(running.interrupted)
    expect(yield* Effect.promise(() => done)).toBeInstanceOf(APIUserAbortError)
  })
)

live("a key makes one message of the same request, however it is wanted", () =>
  Effect.gen(function* () {
    const { asked, client } = yield* world(thinkingAndCalling)
    const headers = { "idempotency-key": "k" }
    const whole = yield* Effect.promise(() => client.messages.create(hello, { headers }))
    const streamed = yield* Effect.promise(() => client.messages.stream(hello, { headers }).finalMessage())
    expect(streamed).toMatchObject({ id: whole.id, content: whole.content, usage: whole.usage })
    expect(asked).toHaveLength(1)
  })
)

live("the key may come as x-api-key, and thoughts be left out", () =>
  Effect.gen(function* () {
    const { key, plane } = yield* world(thinkingAndCalling)
    const json = {
      ...hello,
      thinking: { type: "disabled" },
      tool_choice: { type: "auto", disable_parallel_tool_use: true }
    }
    const headers = { "x-api-key": key, "anthropic-version": "2023-06-01" }
    const answer = yield* call(plane, "/v1/messages", { headers, json })
    expect(jsonOf(answer).content.map(({ type }: { type: string }) => type)).toEqual(["text", "tool_use"])
    const streamed = yield* call(plane, "/v1/messages", { headers, json: { ...json, stream: true } })
    expect(streamed.text.match(/"content_block":\{"type":"\w+"/g)).toEqual([
      '"content_block":{"type":"text"',
      '"content_block":{"type":"tool_use"'
    ])
  })
)

live("counts a prompt's tokens, and lists models to whom asks as Anthropic's clients do", () =>
  Effect.gen(function* () {
    const { client, key, plane } = yield* world(Chats.saying("a"))
    const { max_tokens: _, ...prompt } = hello
    const short = yield* Effect.promise(() => client.messages.countTokens(prompt))
    const long = yield* Effect.promise(() => client.messages.countTokens({ ...prompt, tools: [weather] }))
    expect(short.input_tokens).toBeGreaterThan(0)
    expect(long.input_tokens).toBeGreaterThan(short.input_tokens + 20)
    const models = yield* Effect.promise(() => Array.fromAsync(client.models.list()))
    expect(models).toEqual([expect.objectContaining({ type: "model", id: "tiny", display_name: "tiny" })])
    expect(jsonOf(yield* call(plane, "/v1/models", { key })).object).toBe("list")
  })
)
