import { expect, test } from "bun:test"
import type { ChatRequest } from "@infernet/contract/Chat"
import { AttemptId, JobId } from "@infernet/contract/Id"
import { limits } from "@infernet/contract/Link"
import { dispatchFrames } from "@infernet/control-plane/relay/requestParts"

const attempt = AttemptId.make(`att_${"0".repeat(20)}`)
const job = JobId.make(`job_${"0".repeat(20)}`)
const request = (content: string): ChatRequest => ({ model: "m", messages: [{ role: "user", content }], max_tokens: 1 })
const frames = (content: string) =>
  dispatchFrames(attempt, 7, job, request(content)).map((frame) => JSON.stringify(frame))

/** As a node puts a request together. */
const reassembled = (frames: ReadonlyArray<string>): unknown => {
  const [first, ...parts] = frames.map((frame) => JSON.parse(frame)[0])
  if (first.request !== undefined) return first.request
  expect(parts).toHaveLength(first.request_parts)
  expect(parts.map(({ index }) => index)).toEqual(parts.map((_, i) => i))
  return JSON.parse(parts.map(({ text }) => text).join(""))
}

test("a small request is one frame", () => {
  expect(frames("hi")).toHaveLength(1)
  expect(reassembled(frames("hi"))).toEqual(request("hi"))
})

for (const [name, text] of [
  ["letters", "a"],
  ["quotes and backslashes", '"\\'],
  ["control characters", "\u0000\u0001\n"],
  ["three-byte characters", "字"],
  ["pairs of surrogates, cut at any place", "😀x"],
  ["halves of characters", "\ud800"],
  ["line separators", "\u2028\u2029"]
] as const) {
  test(`20 MiB of ${name} travel in frames under 1 MiB and arrive as they were`, () => {
    const content = text.repeat(Math.floor((20 << 20) / Buffer.byteLength(JSON.stringify(text).slice(1, -1))))
    const all = frames(content)
    expect(all.length - 1).toBeLessThanOrEqual(256)
    expect(Math.max(...all.map((frame) => Buffer.byteLength(frame)))).toBeLessThan(limits.frameBytes)
    expect(Bun.deepEquals(reassembled(all), request(content))).toBe(true)
  })
}
