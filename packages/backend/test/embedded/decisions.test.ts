/** What is decided without a model: who stays in memory, how a model is laid out there, what a grammar can follow. */
import { expect, test } from "bun:test"
import type { Message } from "@infernet/contract/Chat"
import { historyOf } from "../../src/embedded/Conversation.ts"
import { forAnswer, forTool } from "../../src/embedded/jsonSchema.ts"
import { line } from "../../src/embedded/line.ts"
import { waiting } from "../../src/embedded/protocol.ts"
import { idle, type Resident, shape, victims } from "../../src/embedded/room.ts"

const resident = (name: string, memoryBytes: number, usedAt: number, inUse = 0): Resident => ({
  name,
  memoryBytes,
  usedAt,
  inUse
})

test("sends away those not used for longest, as many as are needed, and nobody in use", () => {
  const all = [resident("a", 40, 3), resident("b", 30, 1), resident("c", 20, 2), resident("d", 10, 0, 1)]
  expect(victims(all, 0, 100)).toEqual([])
  expect(victims(all, 25, 100)).toEqual(["b"])
  expect(victims(all, 45, 100)).toEqual(["b", "c"])
  expect(victims(all, 90, 100)).toEqual(["b", "c", "a"])
  expect(victims(all, 91, 100)).toBe(undefined)
})

test("lets go who is idle for long enough, but never the last one nor one in use", () => {
  const all = [resident("a", 1, 0), resident("b", 1, 500), resident("c", 1, 100, 1)]
  expect(idle(all, 1000, 600)).toEqual(["a"])
  expect(idle(all, 2000, 600)).toEqual(["a", "b"])
  expect(idle([resident("a", 1, 0), resident("b", 1, 100)], 10_000, 600)).toEqual(["a"])
  expect(idle([resident("a", 1, 0)], 10_000, 600)).toEqual([])
})

test("gives a model four places where there is room, then fewer, then a shorter context, then none", () => {
  const gib = 2 ** 30
  // As Llama 3 8B in four bits: 128 KiB of cache a token, so one GiB for 8192.
  const model = { bytes: 5 * gib, trained: 131_072, cacheBytesPerToken: 128 << 10 }
  const laid = (budget: number) => {
    const found = shape(model, 8192, budget * gib)
    return found === undefined ? undefined : [found.slots, found.contextLength]
  }
  expect([64, 9, 7, 6, 5.6, 5].map(laid)).toEqual([[4, 8192], [2, 8192], [1, 8192], [1, 4096], [1, 2048], undefined])
  expect(shape({ ...model, trained: 1024 }, 8192, 64 * gib)?.contextLength).toBe(1024)
  expect(shape({ ...model, trained: 1024 }, 8192, 5 * gib)).toBe(undefined)
})

test("spells schemas as the grammar compiler has them", () => {
  expect(
    forAnswer({
      type: "object",
      properties: {
        kind: { anyOf: [{ const: "a" }, { $ref: "#/definitions/Other" }] },
        tags: { type: ["array", "null"], items: { type: "string", format: "email" } },
        free: {},
        open: { type: "object" },
        one: { allOf: [{ type: "integer" }] }
      },
      definitions: { Other: { enum: ["b", 1, null] } }
    })
  ).toMatchObject({
    type: "object",
    additionalProperties: false,
    properties: {
      kind: { oneOf: [{ const: "a" }, { $ref: "#/$defs/Other" }] },
      tags: { oneOf: [{ type: "array", items: { type: "string" } }, { type: "null" }] },
      free: { oneOf: [{ type: ["string", "number", "boolean", "null"] }, { type: "object" }, { type: "array" }] },
      open: { type: "object", additionalProperties: true },
      one: { type: "integer" }
    },
    $defs: { Other: { enum: ["b", 1, null] } }
  })
})

test("refuses by name in an answer's format what it lets go in a tool's arguments", () => {
  for (const [schema, what] of [
    [{ type: "string", pattern: "^a" }, '"pattern"'],
    [{ type: "array", items: { type: "integer", minimum: 1 } }, '"minimum"'],
    [{ allOf: [{ type: "string" }, { type: "string" }] }, '"allOf" of 2'],
    [{ $ref: "#" }, '"$ref": "#"'],
    [{ enum: [{ a: 1 }] }, '"enum" of objects or arrays']
  ] as const) {
    expect(() => forAnswer(schema)).toThrow(`The embedded engine cannot follow ${what} in "response_format".`)
    expect(() => forTool(schema)).not.toThrow()
  }
  const deep = Array.from({ length: 200 }).reduce<object>((items) => ({ type: "array", items }), { type: "null" })
  for (const translate of [forAnswer, forTool]) expect(() => translate(deep)).toThrow("nested too deeply")
})

const call = (id: string, name: string) => ({
  id,
  type: "function" as const,
  function: { name, arguments: '{"a":1}' }
})

test("puts a tool's result where its call is, and what is said after it in the same answer", () => {
  const messages: ReadonlyArray<Message> = [
    { role: "developer", content: "Be brief." },
    { role: "user", content: [{ type: "text", text: "one" }] },
    { role: "assistant", content: "Let me see.", tool_calls: [call("x", "f"), call("y", "g")] },
    { role: "tool", tool_call_id: "y", content: "plain words" },
    { role: "tool", tool_call_id: "x", content: '{"b":2}' },
    { role: "assistant", content: "Done." },
    { role: "user", content: "two" }
  ]
  const called = { type: "functionCall", params: { a: 1 } }
  const history = [
    { type: "system", text: "Be brief." },
    { type: "user", text: "one" },
    {
      type: "model",
      response: [
        "Let me see.",
        { ...called, name: "f", description: "F", result: { b: 2 }, startsNewChunk: true },
        { ...called, name: "g", result: "plain words", startsNewChunk: false },
        "Done."
      ]
    },
    { type: "user", text: "two" },
    { type: "model", response: [] }
  ]
  const described = new Map([["f", "F"]])
  expect<unknown>(historyOf(messages, described)).toEqual(history)
  // A tool's result is gone on from, and so is an answer that was begun.
  expect(historyOf(messages.slice(0, 5), described).length).toBe(3)
  expect<unknown>(historyOf(messages.slice(0, 6), described)).toEqual(history.slice(0, 3))
})

test("runs what waits in its order, on the place used last, and turns away what is too much", async () => {
  const ends: Array<() => void> = []
  const ran: Array<readonly [number, string]> = []
  const { join, withdraw } = line<{ readonly id: number }, string>(["left", "right"], ({ id }, place) => {
    ran.push([id, place])
    return new Promise((resolve) => ends.push(resolve))
  })
  const taken = Array.from({ length: waiting + 3 }, (_, id) => join({ id }))
  expect(taken.indexOf(false)).toBe(waiting + 2)
  withdraw(2)
  ends[1]?.()
  await Promise.resolve().then(() => undefined)
  expect(ran).toEqual([
    [0, "left"],
    [1, "right"],
    [3, "right"]
  ])
  expect(join({ id: 1000 })).toBe(true)
})
