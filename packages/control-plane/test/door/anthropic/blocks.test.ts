import { describe, expect, test } from "bun:test"
import { JobId } from "@infernet/contract/Id"
import { messageDialect } from "@infernet/control-plane/door/anthropic/messageDialect"
import { message } from "@infernet/control-plane/door/anthropic/message"
import type { Entry } from "@infernet/control-plane/job/JobLog"
import { JobLog } from "@infernet/control-plane/job/JobLog"
import { resultOf } from "@infernet/control-plane/job/result"
import { DateTime } from "effect"

const job = { id: JobId.make("job_0000000000000000000a"), model: 'a "model"', createdAt: DateTime.makeUnsafe(0) }
const telling = { thoughts: true, oneCall: false }
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }
const completed = { _tag: "Completed", finishReason: "stop", usage } as const
const failed = { _tag: "Failed", error: "no_capacity", message: "full\n\nevent: message_stop" } as const

const dialect = () => messageDialect({ job, telling, estimate: 7, requestId: "req_1" })
const text = (text: string): Entry => ({ kind: "text", text })
const call = (index: number, json: string, facts: object = {}): Entry => ({
  kind: "tool_call",
  text: JSON.stringify({ index, arguments: json, ...facts })
})

interface Event {
  readonly type: string
  readonly index?: number
  readonly content_block?: { readonly type: string; readonly id?: string; readonly name?: string }
  readonly delta?: { readonly text?: string; readonly thinking?: string; readonly partial_json?: string }
}

const eventsOf = (frames: string): ReadonlyArray<Event> =>
  frames
    .split(/\r\n|\r|\n/)
    .filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice(6)))

/** Blocks as they were told, each begun, gone on with and ended before the next. */
const told = (entries: ReadonlyArray<Entry>) => {
  const { end, entry } = dialect()
  const events = eventsOf(entries.map((one, i) => entry(one, i + 1)).join("") + end(completed))
  const blocks: Array<{ type: string | undefined; text: string; open: boolean }> = []
  for (const { content_block: begun, delta, index, type } of events) {
    const last = blocks.at(-1)
    if (type === "content_block_start") {
      expect(last?.open ?? false).toBe(false)
      blocks.push({ type: begun?.name ?? begun?.type, text: "", open: true })
    } else if (type.startsWith("content_block")) {
      expect([last?.open, index]).toEqual([true, blocks.length - 1])
      if (last !== undefined && type === "content_block_stop") last.open = false
      else if (last !== undefined) last.text += delta?.text ?? delta?.thinking ?? delta?.partial_json ?? ""
    }
  }
  return blocks.map(({ text, type }) => [type, text])
}

describe("content blocks", () => {
  test("follow one another, whatever the pieces of calls are mixed with", () => {
    const mixed = [
      text("a"),
      call(0, "", { id: "x", name: "first" }),
      call(1, "", { id: "y", name: "second" }),
      call(0, '{"n":"}\\""'),
      call(1, '{"n":'),
      text("b"),
      call(0, "}"),
      call(1, "2}")
    ]
    expect(told(mixed)).toEqual([
      ["text", "a"],
      ["first", '{"n":"}\\""}'],
      ["second", '{"n":2}'],
      ["text", "b"]
    ])
  })

  test("are no more than there is to tell", () => {
    expect(told([text(""), { kind: "logprobs", text: "{}" }])).toEqual([])
    expect(told([call(3, "", { name: "now" })])).toEqual([["now", ""]])
  })

  test("hold the same as the whole answer, names that a backend did not give included", () => {
    const entries = [text("a"), call(0, "[1", { name: "f" }), call(2, "{}", { name: "g" })]
    const log = new JobLog()
    for (const { kind, text } of entries) log.append(kind, text)
    const { content } = message(telling)(job, resultOf(log, completed))
    const { end, entry } = dialect()
    const begun = eventsOf(entries.map((one, i) => entry(one, i + 1)).join("") + end(completed)).flatMap(
      ({ content_block: block }) => (block?.id === undefined ? [] : [block.id])
    )
    const calls = content.filter(({ type }) => type === "tool_use")
    expect(calls).toMatchObject([{ input: { INVALID_JSON: "[1" } }, { input: {} }])
    expect(calls.map((block) => ("id" in block ? block.id : ""))).toEqual(begun)
    expect(new Set(begun).size).toBe(2)
  })

  test("begin with an estimate of the prompt and end with the truth", () => {
    const { end, start } = dialect()
    expect(eventsOf(start)[0]).toMatchObject({ message: { model: 'a "model"', usage: { input_tokens: 7 } } })
    expect(eventsOf(end(completed))[0]).toMatchObject({ usage: { input_tokens: 3, output_tokens: 2 } })
  })
})

const block = ["content_block_start", "content_block_delta", "content_block_stop"]

describe("whatever a node says", () => {
  const hostile = [
    "\n\nevent: message_stop\n\n",
    "\r\n\r\n",
    "\r\revent: x",
    "\u2028\u2029\u0085",
    "\u0000",
    "\ud800",
    '"}\n'
  ]
  for (const words of hostile) {
    test(`${JSON.stringify(words)} stays within its frame`, () => {
      const { end, entry } = dialect()
      const frames =
        entry(text(words), 1) +
        entry({ kind: "reasoning", text: words }, 2) +
        entry(call(0, words, { id: words, name: words, [words]: words }), 3) +
        end({ ...failed, message: words })
      const lines = frames.split(/\r\n|\r|\n/)
      expect(lines.filter((line) => !/^(event: \w+|data: \{[^]*\}|)$/.test(line))).toEqual([])
      expect(eventsOf(frames).map(({ type }) => type)).toEqual([
        ...block,
        ...block,
        "content_block_start",
        "content_block_delta",
        "error"
      ])
    })
  }

  test("an error is named as Anthropic names it", () => {
    expect(eventsOf(dialect().end(failed))).toEqual([
      expect.objectContaining({ type: "error", error: { type: "overloaded_error", message: failed.message } })
    ])
  })
})
