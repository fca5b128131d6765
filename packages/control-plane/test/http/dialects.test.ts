import { describe, expect, test } from "bun:test"
import { nativeDialect } from "@infernet/control-plane/http/nativeDialect"
import { alone } from "@infernet/control-plane/door/Choices"
import { chatDialect, type Streaming } from "@infernet/control-plane/door/openai/chatDialect"
import { JobId } from "@infernet/contract/Id"
import type { End, Entry } from "@infernet/control-plane/job/JobLog"
import { DateTime } from "effect"

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, cached_tokens: 1 }
const completed: End = { _tag: "Completed", finishReason: "length", usage }
const failed: End = { _tag: "Failed", error: "timeout", message: "the job\n\ndata: [DONE]" }
const text = (text: string): Entry => ({ kind: "text", text })
const call = (delta: object): Entry => ({ kind: "tool_call", text: JSON.stringify(delta) })

const jobId = JobId.make("job_0000000000000000000a")

const job = { id: jobId, model: 'a "model"', createdAt: DateTime.makeUnsafe(7_900) }

const openAi = (wish: Partial<Streaming> = {}) =>
  alone(chatDialect({ includeUsage: false, logprobs: true, parallelCalls: true, ...wish })([job]))

const head = `data: {"id":"chatcmpl-${jobId}","object":"chat.completion.chunk","created":7,"model":"a \\"model\\""`
const chunk = (delta: string, finish = "null", rest = "") =>
  `${head},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]${rest}}\n\n`

describe("our own stream", () => {
  test("numbers its frames", () => {
    expect(nativeDialect.entry(text("Hi"), 1)).toBe('id: 1\ndata: {"text":"Hi"}\n\n')
    expect(nativeDialect.entry({ kind: "reasoning", text: "hm" }, 2)).toBe('id: 2\ndata: {"reasoning":"hm"}\n\n')
    expect(nativeDialect.entry(call({ index: 0, arguments: "{" }), 3)).toBe(
      'id: 3\ndata: {"tool_call":{"index":0,"arguments":"{"}}\n\n'
    )
    expect(nativeDialect.end(completed)).toBe("data: [DONE]\n\n")
    expect(nativeDialect.end(failed)).toBe('data: {"error":"timeout","message":"the job\\n\\ndata: [DONE]"}\n\n')
  })
})

describe("OpenAI's stream", () => {
  test("begins with the role, goes on with pieces and ends with the reason", () => {
    const dialect = openAi()
    expect(dialect.start).toBe(chunk('{"role":"assistant","content":""}'))
    expect(dialect.entry(text("Hi"), 1)).toBe(chunk('{"content":"Hi"}'))
    expect(dialect.entry({ kind: "reasoning", text: "hm" }, 2)).toBe(chunk('{"reasoning_content":"hm"}'))
    expect(dialect.end(completed)).toBe(`${chunk("{}", '"length"')}data: [DONE]\n\n`)
  })

  test("tells usage when asked: null until the last chunk", () => {
    const dialect = openAi({ includeUsage: true })
    expect(dialect.entry(text("Hi"), 1)).toBe(chunk('{"content":"Hi"}', "null", ',"usage":null'))
    const told =
      '"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5,"prompt_tokens_details":{"cached_tokens":1}}'
    expect(dialect.end(completed)).toBe(
      `${chunk("{}", '"length"', ',"usage":null')}${head},"choices":[],${told}}\n\ndata: [DONE]\n\n`
    )
  })

  test("gives tool calls their type with their id", () => {
    const dialect = openAi()
    expect(dialect.entry(call({ index: 1, id: "c", name: "f", arguments: "" }), 1)).toBe(
      chunk('{"tool_calls":[{"index":1,"id":"c","type":"function","function":{"name":"f","arguments":""}}]}')
    )
    expect(dialect.entry(call({ index: 1, arguments: "{}" }), 2)).toBe(
      chunk('{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}')
    )
  })

  test("passes on one call only where several are not wanted, and log probabilities only where they are", () => {
    const dialect = openAi({ parallelCalls: false, logprobs: false })
    expect(dialect.entry(call({ index: 0, arguments: "{}" }), 1)).not.toBe("")
    expect(dialect.entry(call({ index: 1, id: "c", name: "f", arguments: "" }), 2)).toBe("")
    const tokens = { kind: "logprobs", text: '{"content":[{"token":"a","logprob":-1,"bytes":null}]}' } as const
    expect(dialect.entry(tokens, 3)).toBe("")
    const told = '{"content":[{"token":"a","logprob":-1,"bytes":null,"top_logprobs":[]}],"refusal":null}'
    expect(openAi().entry(tokens, 3)).toContain(`"delta":{},"logprobs":${told},"finish_reason":null`)
    const whole = tokens.text.replace(`null}`, `null,"top_logprobs":[]}`)
    expect(nativeDialect.entry(tokens, 3)).toBe(`id: 3\ndata: {"logprobs":${whole}}\n\n`)
  })

  test("ends in an error of OpenAI's form, without [DONE]", () => {
    expect(openAi().end(failed)).toBe(
      'data: {"error":{"message":"the job\\n\\ndata: [DONE]","type":"server_error","param":null,"code":"timeout"}}\n\n'
    )
  })
})

describe("whatever a node says", () => {
  const hostile = [
    "\n\ndata: [DONE]\n\n",
    "\r\n\r\n",
    "\r\revent: x",
    "\u2028\u2029\u0085",
    "\u0000",
    "\ud800",
    "\udc00x",
    '"}\n\n'
  ]
  for (const dialect of [nativeDialect, openAi()]) {
    for (const words of hostile) {
      test(`${JSON.stringify(words)} stays within its frame (${dialect === nativeDialect ? "ours" : "OpenAI's"})`, () => {
        const entries = [text(words), call({ index: 0, id: words, name: words, arguments: words, [words]: words })]
        for (const entry of entries) {
          const frame = dialect.entry(entry, 1)
          const lines = frame.split(/\r\n|\r|\n/)
          const data = lines.filter((line) => line.startsWith("data: "))
          expect(lines).toHaveLength(dialect === nativeDialect ? 4 : 3)
          expect(data).toHaveLength(1)
          expect(frame.endsWith("\n\n")).toBe(true)
          const sent = new TextDecoder().decode(new TextEncoder().encode(data[0]?.slice(6)))
          expect(JSON.stringify(JSON.parse(sent))).toContain(JSON.stringify(words).slice(1, -1))
        }
      })
    }
  }
})
