import { expect, test } from "bun:test"
import type { RecordKind } from "@infernet/contract/LinkRecord"
import type { Completion, Emit } from "../src/Backend.ts"
import type { Consumer } from "../src/http/body.ts"
import type { Site } from "../src/http/Site.ts"
import * as ChatStream from "../src/openai/ChatStream.ts"
import * as CompletionStream from "../src/openai/CompletionStream.ts"
import { flavors } from "../src/openai/flavors.ts"
import { untilStop } from "../src/openai/held.ts"
import { ask, bytes, play, recorded } from "./replay.ts"

type Make = (site: Site, emit: Emit) => Consumer<Completion>
const chat: Make = (site, emit) => ChatStream.make(site, emit, ask("Hello", { logprobs: true, top_logprobs: 2 }))
const completion: Make = (site, emit) =>
  CompletionStream.make(site, emit, { model: "tiny-demo", prompt: "It was a truth", max_tokens: 12 })

const servers = ["llama-server", "vllm", "max", "sglang"] as const
const streams = [
  ...[...servers, "llama-swap" as const].flatMap((server) => [
    [`${server}/chat-stream-usage`, chat] as const,
    [`${server}/tools-stream`, chat] as const
  ]),
  ...servers.flatMap((server) => [
    [`${server}/logprobs-stream`, chat] as const,
    [`${server}/completions-stream`, completion] as const
  ])
]

const textOf = (records: ReadonlyArray<readonly [RecordKind, string]>, kind: RecordKind) =>
  records.flatMap(([of, text]) => (of === kind ? [text] : [])).join("")

const played = (name: string, make: Make) => play([recorded(name).body], make)

for (const server of [...servers, "llama-swap"]) {
  test(`${server}: gives the answer, its end and its usage`, async () => {
    const { end, records } = await played(`${server}/chat-stream-usage`, chat)
    expect(textOf(records, "text")).toBe("The capital of France is Paris.")
    expect(end.finish_reason).toBe("stop")
    expect(end.usage).toMatchObject({ prompt_tokens: 17, completion_tokens: 12, total_tokens: 29 })
    expect(end.usage.cached_tokens).toBeNumber()
    expect(JSON.stringify({ end, records })).not.toContain("tiny-demo")
  })
}

for (const server of ["llama-server", "llama-swap", "vllm", "sglang"]) {
  test(`${server}: gives one whole tool call`, async () => {
    const { end, records } = await played(`${server}/tools-stream`, chat)
    const pieces = records.flatMap(([kind, text]) =>
      kind === "tool_call" ? [JSON.parse(text) as { id?: string; name?: string; index: number; arguments: string }] : []
    )
    expect(pieces[0]).toMatchObject({ index: 0, id: expect.any(String), name: "get_weather" })
    expect(pieces.slice(1).every(({ id, index, name }) => id === undefined && name === undefined && index === 0)).toBe(
      true
    )
    expect(JSON.parse(pieces.map((piece) => piece.arguments).join(""))).toEqual({ city: "Paris" })
    expect(end.finish_reason).toBe("tool_calls")
  })
}

interface TokenLogprob {
  readonly token: string
  readonly logprob: number
  readonly bytes: ReadonlyArray<number>
  readonly top_logprobs: ReadonlyArray<{ readonly token: string }>
}

for (const server of servers) {
  test(`${server}: tells the log probability of every token, in step with the text`, async () => {
    const { records } = await played(`${server}/logprobs-stream`, chat)
    let spelt = ""
    let text = ""
    for (const [kind, record] of records) {
      if (kind === "text") text += record
      if (kind !== "logprobs") continue
      const { content } = JSON.parse(record) as { readonly content: ReadonlyArray<TokenLogprob> }
      for (const { bytes, logprob, token, top_logprobs, ...rest } of content) {
        expect(rest).toEqual({})
        expect(logprob).toBeLessThanOrEqual(0)
        expect(top_logprobs).toHaveLength(2)
        if (!token.startsWith("<|")) spelt += new TextDecoder().decode(new Uint8Array(bytes))
      }
      expect(spelt.startsWith(text)).toBe(true)
    }
    expect(spelt).toBe("The capital of France is Paris.")
  })

  test(`${server}: goes on with a plain prompt`, async () => {
    const { end, records } = await played(`${server}/completions-stream`, completion)
    expect(textOf(records, "text")).toStartWith(" in")
    expect(end).toMatchObject({
      finish_reason: "length",
      usage: { prompt_tokens: 6, completion_tokens: 12, total_tokens: 18 }
    })
  })
}

const forced: Make = (site, emit) => ChatStream.make(site, emit, ask("Hello", { tool_choice: "required" }))

test("takes a call that must come, and refuses text in its place, as MAX gives without a parser", async () => {
  expect((await played("vllm/tools-stream", forced)).end.finish_reason).toBe("tool_calls")
  await expect(played("max/tools-required-stream", forced)).rejects.toMatchObject({
    fault: "unsupported",
    message:
      'llama.cpp answered with text where "tool_choice" demands a tool call: it does not enforce it for this model'
  })
})

test("refuses, before a word of it is out, an answer with the call left in its text where tools were offered", async () => {
  const records: Array<string> = []
  const offered: Make = (site) =>
    ChatStream.make(
      site,
      (_, text) => void records.push(text),
      ask("Hello", { tools: [{ type: "function", function: { name: "get_weather" } }] })
    )
  await expect(played("max/tools-stream", offered)).rejects.toMatchObject({
    fault: "unsupported",
    message: expect.stringContaining('does not take "tools"')
  })
  expect(records).toEqual([])
})

const counting = ask("Count from 3 to 9.", { stop: ["6"] })

test("keeps a stop sequence out of the text, also where the server sends it and a token more", async () => {
  for (const name of ["max", "vllm"] as const) {
    const { end, records } = await played(`${name}/chat-stream-stop-sequence`, (site, emit) =>
      ChatStream.make(site, emit, counting, flavors[name].dialect.cutsStops)
    )
    expect([name, textOf(records, "text"), end.finish_reason]).toEqual([name, "3, 4, 5, ", "stop"])
  }
})

/** What comes through of these pieces, and whether a stop ended them. */
const given = (stops: ReadonlyArray<string>, pieces: ReadonlyArray<string>) => {
  let text = ""
  const ending = untilStop(stops, (piece) => (text += piece))
  for (const piece of pieces) ending.feed(piece)
  ending.flush()
  return [text, ending.ended()]
}

test("ends text at the first stop sequence, wherever the pieces are cut", () => {
  for (const [text, kept, ended] of [
    ["one\n\ntwo", "one", true],
    ["one\ntwo\n", "one\ntwo\n", false],
    ["aEEND b", "aE", true],
    ["a STO EN", "a STO EN", false],
    ["a STOP b END", "a ", true]
  ] as const) {
    for (let cut = 0; cut <= text.length; cut++) {
      expect([cut, ...given(["\n\n", "END", "STOP"], [text.slice(0, cut), text.slice(cut)])]).toEqual([
        cut,
        kept,
        ended
      ])
    }
    expect(given(["\n\n", "END", "STOP"], [...text])).toEqual([kept, ended])
  }
})

/** Repeatable numbers between 0 and 1. */
const randomOf = (seed: number) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return seed / 2 ** 32
}

const cutAt = (whole: Uint8Array, places: ReadonlyArray<number>) => {
  const ends = [...places, whole.length].toSorted((a, b) => a - b)
  return ends.map((end, i) => whole.subarray(i === 0 ? 0 : ends[i - 1], end))
}

/** Comments between events, several `data:` lines in one, and other systems' line ends: all the same to a reader. */
const disguised = (whole: Uint8Array) =>
  bytes(
    `\u{feff}: hello\r\n\r\n${new TextDecoder()
      .decode(whole)
      .replaceAll("\n\n", "\n\n: ping\n\n")
      .replaceAll(',"choices":', ',\ndata: "choices":')
      .replaceAll("\n", "\r\n")}`
  )

for (const [name, make] of streams) {
  test(`${name}: is the same wherever the network cuts it`, async () => {
    const whole = recorded(name).body
    const expected = await play([whole], make)
    const same = async (chunks: ReadonlyArray<Uint8Array>, how: unknown) => {
      const got = await play(chunks, make)
      if (!Bun.deepEquals(got, expected)) expect({ how, ...got }).toEqual({ how, ...expected })
    }
    const other = disguised(whole)
    for (let seed = 1; seed <= 25; seed++) {
      const random = randomOf(seed)
      const places = (bytes: Uint8Array) =>
        Array.from({ length: 1 + Math.floor(random() * 40) }, () => Math.floor(random() * bytes.length))
      await same(cutAt(whole, places(whole)), { seed })
      await same(cutAt(other, places(other)), { seed, disguised: true })
    }
    await same(
      Array.from(other, (_, i) => other.subarray(i, i + 1)),
      "byte by byte"
    )
  })

  test(`${name}: is an error wherever it breaks off before its finish reason`, async () => {
    const whole = new TextDecoder().decode(recorded(name).body)
    const mark = /"finish_reason":"/.exec(whole)?.index ?? 0
    expect(mark).toBeGreaterThan(0)
    for (let length = 0; length < mark; length += 53) {
      const end = await play([bytes(whole.slice(0, length))], make).then(
        () => "finished",
        (error: { readonly fault: string }) => error.fault
      )
      if (end !== "backend_error") expect({ length, end }).toEqual({ length, end: "backend_error" })
    }
  })
}
