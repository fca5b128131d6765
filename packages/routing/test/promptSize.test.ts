import { expect, test } from "bun:test"
import { promptTokens } from "@infernet/routing/promptSize"

test("a prompt's size follows its bytes, whatever the form of its content", () => {
  const text = "word ".repeat(80)
  expect(promptTokens([{ role: "user", content: text }])).toBe(104)
  expect(promptTokens([{ role: "user", content: [{ type: "text", text }] }])).toBe(104)
  expect(promptTokens([{ role: "user", content: "字".repeat(100) }])).toBe(79)
  expect(promptTokens([{ role: "assistant", content: null, tool_calls: [] }])).toBe(4)
})

const image = (bytes: number) => ({
  type: "image_url" as const,
  image_url: { url: `data:image/png;base64,${"A".repeat(bytes)}` }
})

const sizeWith = (bytes: number) => promptTokens([{ role: "user", content: [image(bytes)] }])

test("an image counts the same, however many bytes it has", () => {
  expect(sizeWith(10)).toBe(sizeWith(1_000_000))
  expect(sizeWith(10)).toBeGreaterThan(400)
})

test("tools count, and so does what the model called them with: an agent's prompt is mostly that", () => {
  const call = { id: "a", type: "function" as const, function: { name: "edit", arguments: "x".repeat(400) } }
  expect(promptTokens([{ role: "assistant", content: null, tool_calls: [call] }])).toBe(105)
  const tool = { type: "function" as const, function: { name: "edit", description: "word ".repeat(80) } }
  expect(promptTokens([], [tool])).toBeGreaterThan(100)
  expect(promptTokens([], [tool, tool])).toBe(2 * promptTokens([], [tool]))
})
