import { describe, expect, test } from "bun:test"
import { limits } from "@infernet/contract/Link"
import { headerBytes, kinds } from "@infernet/contract/LinkRecord"
import { JobLog } from "@infernet/control-plane/job/JobLog"
import { resultOf } from "@infernet/control-plane/job/result"

const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }
const completed = { _tag: "Completed", finishReason: "stop", usage } as const

describe("a job's log", () => {
  test("numbers entries from one and wakes all who wait with one promise", async () => {
    const log = new JobLog()
    log.showToReaders()
    const [a, b] = [log.changed(), log.changed()]
    expect(a).toBe(b)
    log.append("text", "x")
    await a
    expect([log.readable, log.at(1)?.text, log.at(0), log.at(2)]).toEqual([1, "x", undefined, undefined])
    expect(log.changed()).not.toBe(a)
  })

  test("hides everything until its job is stored, then shows it at once", async () => {
    const log = new JobLog()
    log.append("text", "x")
    expect([log.readable, log.length]).toEqual([0, 1])
    const change = log.changed()
    log.showToReaders()
    await change
    expect(log.readable).toBe(1)
  })

  test("takes one end, and nothing after it", () => {
    const log = new JobLog()
    log.showToReaders()
    log.finish(completed)
    log.finish({ _tag: "Failed", error: "timeout", message: "" })
    log.append("text", "late")
    expect([log.end, log.length]).toEqual([completed, 0])
  })

  test("counts the memory of short tokens, not only their letters", () => {
    const log = new JobLog()
    for (let i = 0; i < 200; i++) log.append("text", "a")
    expect(log.bytes).toBeGreaterThan(200 * 50)
  })

  test("holds an answer of any pieces in no more memory than the wire took for it", () => {
    for (const text of ["a", "word ", "文", "🦊", "x".repeat(50_000), `é${"x".repeat(90_000)}`]) {
      const log = new JobLog()
      const size = headerBytes + Buffer.byteLength(text)
      const count = Math.floor(limits.outputBytesPerAttempt / size)
      for (let i = 0; i < count; i++) log.append("text", text)
      expect(log.bytes / (count * size)).toBeLessThan(1.1)
    }
  })

  test("gives every entry back as it was, while it is new, later, and after the end", () => {
    const texts = ["", "a", "\ufeff", "Grüße", "文字", "🦊", "\n\r\0", "x".repeat(3_000), "é".repeat(100_000)]
    const entries = Array.from({ length: 2_000 }, (_, i) => {
      const [kind, text] = [kinds[i % kinds.length], texts[(i * i) % (i % 100 === 0 ? texts.length : texts.length - 1)]]
      return { kind: kind ?? "text", text: text ?? "" }
    })
    const log = new JobLog()
    log.showToReaders()
    for (const [i, { kind, text }] of entries.entries()) {
      log.append(kind, text)
      expect(log.at(i + 1)).toEqual({ kind, text })
    }
    for (const end of [undefined, completed]) {
      if (end !== undefined) log.finish(end)
      expect([log.length, log.readable, log.at(0), log.at(entries.length + 1)]).toEqual([
        2_000,
        2_000,
        undefined,
        undefined
      ])
      expect(entries.map((_, i) => log.at(i + 1))).toEqual(entries)
      expect([...log]).toEqual(entries)
    }
  })
})

describe("an answer", () => {
  test("is its text, its reasoning and its tool calls, each joined", () => {
    const log = new JobLog()
    const call = (delta: object) => log.append("tool_call", JSON.stringify(delta))
    log.append("reasoning", "hm")
    log.append("text", "It is ")
    call({ index: 1, id: "b", name: "second", arguments: "" })
    call({ index: 0, id: "a", name: "first", arguments: '{"x"' })
    log.append("logprobs", "[]")
    log.append("text", "sunny")
    call({ index: 0, arguments: ":1}" })
    call({ index: 1, arguments: "{}" })
    log.append("tool_call", "no JSON")
    expect(resultOf(log, completed)).toEqual({
      content: "It is sunny",
      reasoning: "hm",
      tool_calls: [
        { id: "a", type: "function", function: { name: "first", arguments: '{"x":1}' } },
        { id: "b", type: "function", function: { name: "second", arguments: "{}" } }
      ],
      finish_reason: "stop",
      usage
    })
  })

  test("leaves out what there was not", () => {
    const log = new JobLog()
    log.append("text", "hi")
    expect(resultOf(log, completed)).toEqual({ content: "hi", finish_reason: "stop", usage })
  })
})
