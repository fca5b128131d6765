import { describe, expect, test } from "bun:test"
import { chatForm } from "@infernet/control-plane/door/ollama/form"
import { lineDialect } from "@infernet/control-plane/door/ollama/lineDialect"
import { messagesOf } from "@infernet/control-plane/door/ollama/messages"
import type { Entry } from "@infernet/control-plane/job/JobLog"

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }

/** A dialect with a clock that goes on by a second at each look. */
const dialect = () => {
  let seconds = 0
  return lineDialect({ model: "tiny", form: chatForm, thoughts: true, since: 0, now: () => 1_000 * seconds++ })
}

const call = (index: number, json: string, facts: object = {}): Entry => ({
  kind: "tool_call",
  text: JSON.stringify({ index, arguments: json, ...facts })
})

describe("lines", () => {
  test("tell times in nanoseconds, the prompt's up to the first word", () => {
    const { end, entry } = dialect()
    const first = JSON.parse(entry({ kind: "text", text: "a" }, 1))
    // The clock was looked at for the first word, and for its line.
    expect(first).toEqual({
      model: "tiny",
      created_at: "1970-01-01T00:00:01.000Z",
      message: { role: "assistant", content: "a" },
      done: false
    })
    const last = JSON.parse(end({ _tag: "Completed", finishReason: "length", usage }))
    expect(last).toMatchObject({ done: true, done_reason: "length", prompt_eval_duration: 0, total_duration: 2e9 })
    expect(last.eval_duration).toBe(2e9)
  })

  test("tell a call that never became whole at the end, as it is", () => {
    const { end, entry } = dialect()
    expect(entry(call(4, '{"a":', { name: "f" }), 1)).toBe("")
    const [told, last] = end({ _tag: "Completed", finishReason: "stop", usage }).trim().split("\n")
    expect(JSON.parse(told ?? "").message.tool_calls).toEqual([
      { id: "call_4", function: { index: 4, name: "f", arguments: { INVALID_JSON: '{"a":' } } }
    ])
    expect(JSON.parse(last ?? "").done).toBe(true)
  })

  test("tell log probabilities as a list of tokens", () => {
    const token = { token: "a", logprob: -0.5, bytes: [97], top_logprobs: [] }
    const line = dialect().entry({ kind: "logprobs", text: JSON.stringify({ content: [token] }) }, 1)
    expect(JSON.parse(line)).toMatchObject({ message: { content: "" }, logprobs: [token], done: false })
    expect(dialect().entry({ kind: "logprobs", text: '{"content":7}' }, 1)).toBe("")
  })

  const hostile = ['\n{"done":true}\n', "\r\n\r\n", "\r", "\u2028\u2029\u0085", "\u0000", "\ud800", '"}\n']
  for (const words of hostile) {
    test(`${JSON.stringify(words)} stays within its line`, () => {
      const { end, entry } = dialect()
      const frames = [
        entry({ kind: "text", text: words }, 1),
        entry({ kind: "reasoning", text: words }, 2),
        entry(call(0, "{}", { id: words, name: words, [words]: words }), 3),
        end({ _tag: "Failed", error: "timeout", message: words })
      ]
      for (const frame of frames) {
        // Every character that some reader takes for the end of a line.
        expect(frame.split(/[\n\r\v\f\u0085\u2028\u2029]/)).toHaveLength(2)
        expect(JSON.stringify(JSON.parse(frame))).toContain(JSON.stringify(words).slice(1, -1))
      }
    })
  }
})

const asks = (...names: ReadonlyArray<string>) => ({
  role: "assistant" as const,
  tool_calls: names.map((name) => ({ function: { name, arguments: {} } }))
})

test("a tool's answer goes to the call of its id, else of its name, else to the first that waits", () => {
  const answers = messagesOf([
    asks("a", "b", "b"),
    { role: "tool", content: "1", tool_name: "b" },
    { role: "tool", content: "2" },
    { role: "tool", content: "3", tool_name: "b" },
    asks("c"),
    { role: "tool", content: "4", tool_call_id: "given" }
  ])
  expect(answers.flatMap((message) => (message.role === "tool" ? [message.tool_call_id] : []))).toEqual([
    "call_0_1",
    "call_0_0",
    "call_0_2",
    "given"
  ])
})
