import { describe, expect, test } from "bun:test"
import * as Vectors from "@infernet/contract/Vectors"
import type { JobRequest } from "@infernet/contract/JobRequest"
import type { Entry, RecordKind } from "@infernet/contract/LinkRecord"
import { canonical } from "@infernet/payment/receipt/canonical"
import { requestHash, responseBytes, responseHash } from "@infernet/payment/receipt/hashes"
import { createHash } from "node:crypto"

const sha256 = (...parts: ReadonlyArray<string | Uint8Array>) =>
  `0x${createHash("sha256")
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest("hex")}`

const said = (...entries: ReadonlyArray<readonly [RecordKind, string]>): ReadonlyArray<Entry> =>
  entries.map(([kind, text]) => ({ kind, text }))

describe("canonical JSON", () => {
  test("sorts keys by UTF-16 units, as the example of RFC 8785 has it", () => {
    const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\u{1f600}": 5, "\u0080": 6, "\u00f6": 7 }
    expect(canonical(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}')
  })

  // Appendix B of RFC 8785, by the bits of the number.
  const numbers: ReadonlyArray<readonly [string, string]> = [
    ["0000000000000000", "0"],
    ["8000000000000000", "0"],
    ["0000000000000001", "5e-324"],
    ["7fefffffffffffff", "1.7976931348623157e+308"],
    ["4340000000000000", "9007199254740992"],
    ["4430000000000000", "295147905179352830000"],
    ["44b52d02c7e14af5", "9.999999999999997e+22"],
    ["44b52d02c7e14af6", "1e+23"],
    ["444b1ae4d6e2ef4e", "999999999999999700000"],
    ["444b1ae4d6e2ef50", "1e+21"],
    ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
    ["41b3de4355555555", "333333333.3333333"],
    ["becbf647612f3696", "-0.0000033333333333333333"],
    ["43143ff3c1cb0959", "1424953923781206.2"]
  ]
  for (const [bits, text] of numbers) {
    test(`writes ${text} as ECMAScript does`, () => {
      expect(canonical(Buffer.from(bits, "hex").readDoubleBE())).toBe(text)
    })
  }

  test("leaves undefined fields out and keeps null, strings and nesting", () => {
    expect(canonical({ b: [1, { d: null, c: undefined }], a: 'e"\n\u001f/\u2028' })).toBe(
      '{"a":"e\\"\\n\\u001f/\u2028","b":[1,{"d":null}]}'
    )
  })
})

describe("the hash of a request", () => {
  const request: JobRequest = {
    model: "qwen3:8b",
    messages: [{ role: "user", content: "Grüße, 地獄 🔥" }],
    max_tokens: 256,
    temperature: 0.7
  }

  test("is SHA-256 of its canonical JSON", () => {
    expect(requestHash(request)).toBe(
      sha256(
        '{"max_tokens":256,"messages":[{"content":"Grüße, 地獄 🔥","role":"user"}],"model":"qwen3:8b","temperature":0.7}'
      )
    )
  })

  test("is the same after a way as JSON, with its fields in another order", () => {
    const { max_tokens, messages, model, temperature } = JSON.parse(JSON.stringify(request))
    expect(requestHash({ temperature, max_tokens, messages, model })).toBe(requestHash(request))
  })

  test("is another for another field", () => {
    expect(requestHash({ ...request, seed: 0 })).not.toBe(requestHash(request))
  })
})

describe("the hash of an answer", () => {
  test("is SHA-256 over kind, length and bytes of what there is", () => {
    const entries = said(["reasoning", "Hm."], ["text", "Grüße"], ["text", " 🔥"])
    expect(responseHash(entries)).toBe(sha256("text 12\nGrüße 🔥", "reasoning 3\nHm."))
    expect(responseHash([])).toBe(sha256(""))
  })

  test("does not depend on where records were cut, nor on how kinds alternate", () => {
    const whole = said(["text", "one two three"], ["reasoning", "because"])
    const cut = said(["reasoning", "be"], ["text", "one "], ["text", "two th"], ["reasoning", "cause"], ["text", "ree"])
    expect(responseHash(cut)).toBe(responseHash(whole))
  })

  test("tells text from reasoning, and where one ends", () => {
    expect(responseHash(said(["text", "a"]))).not.toBe(responseHash(said(["reasoning", "a"])))
    const inside = said(["text", "areasoning 1\nb"])
    expect(responseHash(inside)).not.toBe(responseHash(said(["text", "a"], ["reasoning", "b"])))
  })

  test("takes half a character for what it becomes on a link", () => {
    expect(responseHash(said(["text", "\ud83d"], ["text", "\udd25"]))).toBe(
      responseHash(said(["text", "\ufffd\ufffd"]))
    )
  })

  test("is over finished tool calls, however their arguments came", () => {
    const calls = '[{"function":{"arguments":"{\\"a\\":1}","name":"f"},"id":"x","type":"function"}]'
    const pieces = said(
      ["tool_call", '{"index":3,"id":"x","name":"f","arguments":""}'],
      ["tool_call", '{"index":3,"arguments":"{\\"a\\""}'],
      ["tool_call", '{"arguments":":1}","index":3}']
    )
    expect(responseHash(pieces)).toBe(sha256(`tool_call ${calls.length}\n`, calls))
    expect(responseBytes(pieces).tool_call).toBe('f{"a":1}'.length)
  })

  test("is over the floats of vectors, little end first", () => {
    const floats = Buffer.from("0000803f000000c0", "hex")
    const entries = Vectors.encode([[1], [-2]]).map((text) => ({ kind: "embedding" as const, text }))
    expect(responseHash(entries)).toBe(sha256("embedding 8\n", floats))
    const [first, second] = [floats.subarray(0, 4), floats.subarray(4)].map((part) => part.toString("base64"))
    expect(responseHash(said(["embedding", first ?? ""], ["embedding", second ?? ""]))).toBe(responseHash(entries))
    expect(responseBytes(entries).embedding).toBe(8)
  })

  test("leaves log probabilities out", () => {
    const told = said(["text", "a"], ["logprobs", '{"content":[]}'])
    expect(responseHash(told)).toBe(responseHash(said(["text", "a"])))
    expect(responseBytes(told)).toEqual({ text: 1, reasoning: 0, tool_call: 0, embedding: 0 })
  })
})
