import { describe, expect, test } from "bun:test"
import { MessagesRequest } from "@infernet/contract/Anthropic"
import { chatRequest } from "@infernet/control-plane/door/anthropic/message"
import { Schema } from "effect"

const decode = Schema.decodeUnknownSync(MessagesRequest)

const requestOf = (part: object, context?: number) =>
  chatRequest(decode({ model: "tiny", max_tokens: 100, messages: [{ role: "user", content: "hi" }], ...part }), context)

const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } }
const picture = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }

describe("a turn", () => {
  test("whose tool shows a picture has it from the user, as tools answer in words", () => {
    const result = { type: "tool_result", tool_use_id: "c", content: [{ type: "text", text: "see" }, image] }
    const { request } = requestOf({
      messages: [{ role: "user", content: [result, { type: "text", text: "what is it?" }] }]
    })
    expect<unknown>(request.messages).toEqual([
      { role: "tool", tool_call_id: "c", content: "see" },
      { role: "user", content: [picture, { type: "text", text: "what is it?" }] }
    ])
  })

  test("of words alone is one text, and one of the system's stays in its place", () => {
    const words = [
      { type: "text", text: "a" },
      { type: "text", text: "b" }
    ]
    const { request } = requestOf({
      messages: [
        { role: "user", content: words },
        { role: "assistant", content: [{ type: "redacted_thinking", data: "x" }, ...words] },
        { role: "system", content: words },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "c" }] }
      ]
    })
    expect<unknown>(request.messages).toEqual([
      { role: "user", content: "a\nb" },
      { role: "assistant", content: "ab" },
      { role: "system", content: "a\nb" },
      { role: "tool", tool_call_id: "c", content: "" }
    ])
  })
})

describe("max_tokens", () => {
  test("is cut to what the context leaves, as agents ask for more than there is", () => {
    expect(requestOf({ max_tokens: 32_000 }, 8_192).request.max_tokens).toBeLessThan(8_192)
    expect(requestOf({ max_tokens: 32_000 }, 8_192).request.max_tokens).toBeGreaterThan(8_000)
    expect(requestOf({ max_tokens: 100 }, 8_192).request.max_tokens).toBe(100)
    expect(requestOf({ max_tokens: 32_000 }).request.max_tokens).toBe(32_000)
  })

  test("leaves room for tools, which are a part of the prompt", () => {
    const tool = { name: "f", description: "word ".repeat(2_000), input_schema: {} }
    expect(requestOf({ max_tokens: 32_000, tools: [tool] }, 8_192).request.max_tokens).toBeLessThan(6_000)
  })
})

test("how tools are chosen is said in our words", () => {
  const tools = [{ name: "f", input_schema: { type: "object" } }]
  const chosen = (tool_choice: object) => requestOf({ tools, tool_choice }).request.tool_choice
  expect<unknown>(
    [{ type: "auto" }, { type: "any" }, { type: "none" }, { type: "tool", name: "f" }].map(chosen)
  ).toEqual(["auto", "required", "none", { type: "function", function: { name: "f" } }])
})
