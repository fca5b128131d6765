import { describe, expect } from "bun:test"
import { NotFound } from "@infernet/contract/ApiError"
import { ChatRequest } from "@infernet/contract/Chat"
import { CreateResponse, FunctionTool } from "@infernet/contract/Responses"
import type { InputItem } from "@infernet/contract/ResponsesInput"
import type { GivenItem } from "@infernet/control-plane/door/openai/responses/messages"
import { resolve } from "@infernet/control-plane/door/openai/responses/references"
import { chatRequest, factsOf } from "@infernet/control-plane/door/openai/responses/request"
import { decodeJson } from "@infernet/control-plane/http/body"
import { it } from "@infernet/testing/harness"
import { Arbitrary, Effect, Result, Schema } from "effect"

const decode = (json: object) =>
  decodeJson(new TextEncoder().encode(JSON.stringify({ model: "m", input: "hi", ...json })), CreateResponse, "ignore")

const translate = Effect.fnUntraced(function* (json: object) {
  const body = yield* decode(json)
  const input = yield* resolve(body.input, (id) => Effect.fail(new NotFound({ error_message: id })))
  return yield* Effect.fromResult(chatRequest(body, input, 4_096))
})

/** The field that is refused, and why. */
const refusal = (json: object) =>
  Effect.map(Effect.flip(translate(json)), (e) => ["field" in e ? e.field : undefined, e.error_message] as const)

const isGiven = (item: InputItem): item is GivenItem => item.type !== "item_reference"

const item = (item: object) => refusal({ input: [item] })
const content = (part: object) => item(message([part]))

const png = "data:image/png;base64,iVBORw0KGgo="
const message = (content: unknown, role = "user") => ({ type: "message", role, content })

const call = (id: string) => ({ id, type: "function" as const, function: { name: "look", arguments: "{}" } })

describe("input", () => {
  it("is a message, or items that are messages, calls and what they gave", () =>
    Effect.gen(function* () {
      expect((yield* translate({})).messages).toEqual([{ role: "user", content: "hi" }])
      const { messages } = yield* translate({
        instructions: "Be brief.",
        input: [
          { role: "developer", content: [{ type: "input_text", text: "In French." }] },
          message([
            { type: "input_text", text: "What is this?" },
            { type: "input_image", image_url: png, detail: "original" }
          ]),
          { type: "reasoning", id: "rs_1", summary: [], content: [{ type: "reasoning_text", text: "hm" }] },
          {
            id: "msg_1",
            status: "completed",
            ...message([{ type: "output_text", text: "Let me see.", annotations: [], logprobs: [] }], "assistant")
          },
          { type: "function_call", id: "fc_1", call_id: "a", name: "look", arguments: "{}", status: "completed" },
          { type: "function_call", call_id: "b", name: "look", arguments: "{}" },
          { type: "function_call_output", call_id: "a", output: "a cat" },
          { type: "function_call_output", call_id: "b", output: [{ type: "input_text", text: "a dog" }] },
          { type: "function_call", call_id: "c", name: "look", arguments: "{}" },
          message("Well?", "system")
        ]
      })
      expect(messages).toEqual([
        { role: "system", content: "Be brief.\n\nIn French." },
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: { url: png, detail: "high" } }
          ]
        },
        { role: "assistant", content: "Let me see.", tool_calls: [call("a"), call("b")] },
        { role: "tool", tool_call_id: "a", content: "a cat" },
        { role: "tool", tool_call_id: "b", content: "a dog" },
        { role: "assistant", content: null, tool_calls: [call("c")] },
        { role: "system", content: "Well?" }
      ])
    }))

  it("is refused by name where it holds what cannot be read here", () =>
    Effect.gen(function* () {
      expect(yield* item({ type: "web_search_call", id: "ws_1" })).toEqual([
        "input[0].type",
        expect.stringContaining("none of OpenAI's own tools")
      ])
      for (const id of ["msg_1", `msg_${"0".repeat(20)}_0`]) {
        expect(yield* item({ type: "item_reference", id })).toEqual([
          "input[0].id",
          expect.stringContaining("send the item itself")
        ])
      }
      expect(yield* item({ role: "robot", content: "hi" })).toEqual([
        "input[0].role",
        "input[0].role: expected system, developer, user or assistant"
      ])
      expect(yield* content({ type: "input_image", file_id: "file-1" })).toEqual([
        "input[0].content[0].file_id",
        expect.stringContaining("data: URL")
      ])
      expect(yield* content({ type: "input_image", image_url: "https://example.com/x.png" })).toEqual([
        "input[0].content[0].image_url",
        expect.stringContaining("addresses are not fetched")
      ])
      expect(yield* content({ type: "input_file", file_data: "x" })).toEqual([
        "input[0].content[0].type",
        expect.stringContaining("read no files")
      ])
      expect(yield* item({ type: "function_call", call_id: "a", name: "f" })).toEqual([
        "input[0].arguments",
        expect.any(String)
      ])
      expect(yield* item({ type: "reasoning", id: "rs_1", summary: [] })).toEqual(["input", expect.any(String)])
    }))
})

/** Requests, of which many have tools: of texts that may be the type of one, hardly any is. */
const Asked = Schema.Struct({
  ...CreateResponse.fields,
  tools: Schema.Array(Schema.Struct({ ...FunctionTool.fields, type: Schema.Literal("function") }))
})

/** Whether its chat is one, or it was refused by name. */
const isChat = Effect.fnUntraced(function* (body: typeof Asked.Type) {
  const input = typeof body.input === "string" ? body.input : body.input.filter(isGiven)
  const chat = chatRequest(body, input, 4_096)
  if (Result.isFailure(chat)) return chat.failure.field !== undefined
  yield* Schema.decodeUnknownEffect(ChatRequest)(chat.success, { onExcessProperty: "error" })
  return true
})

describe("everything else", () => {
  it("is put in a chat's words", () =>
    Effect.gen(function* () {
      const schema = { type: "object", properties: {} }
      const functionTool = { type: "function", name: "f", description: null, parameters: schema, strict: true }
      expect(
        yield* translate({
          tools: [functionTool, { type: "function", name: "g", parameters: null }],
          tool_choice: { type: "function", name: "g" },
          text: { format: { type: "json_schema", name: "answer", schema, strict: true }, verbosity: "low" },
          max_output_tokens: 99,
          temperature: 0.5,
          top_p: null,
          top_logprobs: 3,
          include: ["message.output_text.logprobs", "reasoning.encrypted_content"],
          reasoning: { effort: "high", summary: "auto" },
          user: "u",
          store: true,
          truncation: "auto"
        })
      ).toEqual({
        model: "m",
        messages: [{ role: "user", content: "hi" }],
        max_tokens: 99,
        temperature: 0.5,
        logprobs: true,
        top_logprobs: 3,
        response_format: { type: "json_schema", json_schema: { name: "answer", schema, strict: true } },
        tools: [
          { type: "function", function: { name: "f", parameters: schema, strict: true } },
          { type: "function", function: { name: "g" } }
        ],
        tool_choice: { type: "function", function: { name: "g" } }
      })
      const facts = factsOf(yield* decode({ tools: [functionTool] }))
      expect(facts).toMatchObject({ tools: [functionTool], tool_choice: "auto", text: { format: { type: "text" } } })
    }))

  it("offers only the tools that are allowed", () =>
    Effect.gen(function* () {
      const tools = ["f", "g"].map((name) => ({ type: "function", name }))
      const allowed = (...names: ReadonlyArray<string>) => ({
        tools,
        tool_choice: {
          type: "allowed_tools",
          mode: "required",
          tools: names.map((name) => ({ type: "function", name }))
        }
      })
      expect(yield* translate(allowed("g", "h"))).toMatchObject({
        tools: [{ function: { name: "g" } }],
        tool_choice: "required"
      })
      expect(yield* refusal(allowed("h"))).toEqual(["tool_choice.tools", expect.any(String)])
    }))

  it("is refused by name where nothing here could follow it", () =>
    Effect.gen(function* () {
      const cases: ReadonlyArray<readonly [json: object, field: string, says: string]> = [
        [{ previous_response_id: "resp_1" }, "previous_response_id", "send all of its items in input"],
        [{ conversation: { id: "conv_1" } }, "conversation", "send all of its items in input"],
        [{ background: true }, "background", "/api/v1/jobs"],
        [{ prompt: { id: "pmpt_1" } }, "prompt", "send the text itself"],
        [{ moderation: { model: "x" } }, "moderation", "nothing is moderated"],
        [{ context_management: [{ type: "compaction" }] }, "context_management", "no context is compacted"],
        [{ tools: [{ type: "function", name: "f" }, { type: "web_search" }] }, "tools[1].type", "web_search"],
        [{ tool_choice: { type: "file_search" } }, "tool_choice", "a function's name"],
        [{ include: ["everything"] }, "include[0]", "message.output_text.logprobs"],
        [{ temperature: 3 }, "temperature", "temperature"],
        [{ max_output_tokens: 0 }, "max_output_tokens", "max_output_tokens"],
        [{ input: [] }, "input", "input"],
        [{ metadata: { k: 1 } }, "metadata.k", "metadata.k"]
      ]
      for (const [json, field, says] of cases) {
        expect(yield* refusal(json), field).toEqual([field, expect.stringContaining(says)])
      }
      // Null asks for nothing.
      yield* translate({ previous_response_id: null, conversation: null, background: null, prompt: null, tools: null })
    }))

  it("makes a chat that nodes take of every request that is taken", () =>
    Effect.gen(function* () {
      const result = yield* Arbitrary.checkEffect(Arbitrary.schema(Asked), isChat, { runs: 200, seed: "translation" })
      expect(Arbitrary.formatCheckFailure(result)).toBeUndefined()
    }))
})
