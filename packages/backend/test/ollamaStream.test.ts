import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import type { Completion, Emit } from "../src/Backend.ts"
import type { Consumer } from "../src/http/body.ts"
import type { Site } from "../src/http/Site.ts"
import * as Chat from "../src/ollama/ChatStream.ts"
import * as Generate from "../src/ollama/GenerateStream.ts"
import * as Pull from "../src/ollama/pull/PullStream.ts"
import { ask, bytes, play } from "./replay.ts"

type Make = (site: Site, emit: Emit) => Consumer<Completion>
/** A prompt of seven tokens, as we count. */
const prompt = "x".repeat(28)
const chat: Make = (site, emit) => Chat.make(site, emit, ask(prompt))
const generate: Make = (site, emit) => Generate.make(site, emit, { model: "tiny-demo", prompt, max_tokens: 64 })
/** A pull's progress in the place of an answer's text. */
const pull: Make = (site, emit) => {
  const { end, ...stream } = Pull.make(
    site,
    "tiny",
    () => 0,
    (progress) => void emit("text", JSON.stringify(progress))
  )
  const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
  return { ...stream, end: () => (end(), { finish_reason: "stop", usage }) }
}

/** Taken from Ollama 0.34.4, but for `thinking`. */
const recording = (name: string) =>
  new Uint8Array(readFileSync(Bun.fileURLToPath(new URL(`./recordings/ollama/${name}.ndjson`, import.meta.url))))

const recordings: ReadonlyArray<readonly [name: string, make: Make, said: string, end: Completion]> = [
  [
    "chat-stream",
    chat,
    "text:The capital of France is Paris.",
    {
      finish_reason: "stop",
      usage: { prompt_tokens: 17, completion_tokens: 12, total_tokens: 29, cached_tokens: 16 }
    }
  ],
  [
    "chat-length",
    chat,
    "text:The capital of F",
    { finish_reason: "length", usage: { prompt_tokens: 17, completion_tokens: 4, total_tokens: 21, cached_tokens: 16 } }
  ],
  [
    "tools-stream",
    chat,
    'tool_call:{"index":0,"id":"nY3cNIkvyemzxlfk4WLQolA9NaBCfrm9","name":"get_weather","arguments":"{\\"city\\":\\"Paris\\"}"}',
    {
      finish_reason: "tool_calls",
      usage: { prompt_tokens: 124, completion_tokens: 32, total_tokens: 156, cached_tokens: 123 }
    }
  ],
  [
    "format-schema",
    chat,
    'text:{"age": 31, "name": "bee"}',
    { finish_reason: "stop", usage: { prompt_tokens: 20, completion_tokens: 19, total_tokens: 39, cached_tokens: 19 } }
  ],
  [
    "thinking",
    chat,
    'reasoning:Zoë 🦊 asks twice. text:Looking. tool_call:{"index":0,"id":"call_20261122100000300_0","name":"look","arguments":"{\\"at\\":1}"} tool_call:{"index":1,"id":"call_20261122100000300_1","name":"look","arguments":"{}"}',
    { finish_reason: "tool_calls", usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 } }
  ],
  [
    "generate-raw",
    generate,
    'text: in a city", "parameters": {"type": "object',
    { finish_reason: "length", usage: { prompt_tokens: 6, completion_tokens: 12, total_tokens: 18, cached_tokens: 0 } }
  ]
]

/** Records in a line, neighbours of one kind joined. */
const joined = (records: ReadonlyArray<readonly [kind: string, text: string]>) =>
  records
    .map(([kind, text], i) => (kind === records[i - 1]?.[0] && kind !== "tool_call" ? text : ` ${kind}:${text}`))
    .join("")
    .trim()

for (const [name, make, said, end] of recordings) {
  test(`reads ${name}`, async () => {
    const played = await play([recording(name)], make)
    expect<unknown>([joined(played.records), played.end]).toEqual([said, { ...end, doubt: undefined }])
  })
}

test("gives each token's logprobs in OpenAI's form, after its text", async () => {
  const { records } = await play([recording("logprobs")], chat)
  expect(records.slice(0, 2).map(([kind]) => kind)).toEqual(["text", "logprobs"])
  expect(JSON.parse(records[1]?.[1] ?? "")).toEqual({
    content: [
      {
        token: "The",
        logprob: expect.any(Number),
        bytes: [84, 104, 101],
        top_logprobs: [
          { token: "The", logprob: expect.any(Number), bytes: [84, 104, 101] },
          { token: expect.any(String), logprob: expect.any(Number), bytes: expect.any(Array) }
        ]
      }
    ]
  })
})

test("believes no counts that cannot be true, and says which", async () => {
  const last = { message: { content: "Hi" }, done: true, prompt_eval_count: 9, eval_count: 65, cached_tokens: 10 }
  const { end } = await play([bytes(`${JSON.stringify(last)}\n`)], chat)
  expect<unknown>(end).toEqual({
    finish_reason: "stop",
    usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
    doubt: "completion_tokens 65, cached_tokens 10"
  })
})

/** A small generator, so that a failure names the seed that repeats it. */
const random = (seed: number) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return seed / 2 ** 32
}

const cutAnywhere = (whole: Uint8Array, seed: number): ReadonlyArray<Uint8Array> => {
  const next = random(seed)
  const chunks: Array<Uint8Array> = []
  for (let at = 0; at < whole.length;) {
    const length = 1 + Math.floor(next() ** 3 * 400)
    chunks.push(whole.subarray(at, at + length))
    at += length
  }
  return chunks
}

const all: ReadonlyArray<readonly [name: string, make: Make]> = [
  ...recordings.map(([name, make]) => [name, make] as const),
  ["logprobs", chat],
  ["tools-result", chat],
  ["pull", pull]
]

for (const [name, make] of all) {
  test(`gives the same of ${name} wherever the network cuts it`, async () => {
    const whole = recording(name)
    const expected = await play([whole], make)
    const single = Array.from(whole, (_, i) => whole.subarray(i, i + 1))
    expect(await play(single, make)).toEqual(expected)
    for (let seed = 1; seed <= 100; seed++) {
      const played = await play(cutAnywhere(whole, seed), make)
      if (!Bun.deepEquals(played, expected)) expect({ seed, ...played }).toEqual({ seed, ...expected })
    }
    const crlf = bytes(new TextDecoder().decode(whole).replaceAll("\n", "\r\n"))
    expect(await play(cutAnywhere(crlf, 1), make)).toEqual(expected)
  })

  test(`takes no beginning of ${name} for the whole`, async () => {
    const text = new TextDecoder().decode(recording(name)).trimEnd()
    const next = random(text.length)
    for (let i = 0; i < 100; i++) {
      const length = Math.floor(next() * (text.lastIndexOf("\n") + 1))
      const end = await play([bytes(text.slice(0, length))], make).then(
        () => "finished",
        () => "refused"
      )
      expect([length, end]).toEqual([length, "refused"])
    }
  })
}

const failing = (chunk: string | Uint8Array, make: Make = chat) =>
  play([typeof chunk === "string" ? bytes(chunk) : chunk], make).then(
    () => "finished",
    (error: { readonly fault?: string; readonly reason?: string; readonly message: string }) =>
      `${error.fault ?? error.reason}: ${error.message}`
  )

const broken: ReadonlyArray<readonly [name: string, chunk: string | Uint8Array, said: string, make?: Make]> = [
  ["a page", "<html>\n<body>no</body></html>\n", "backend_error: llama.cpp sent a line that is not a JSON object"],
  [
    "a line over the limit in one piece",
    `{"message":{"content":"${"x".repeat(1 << 20)}"},"done":false}\n`,
    "backend_error: llama.cpp sent a line of more than 1048576 characters"
  ],
  [
    "bytes that are no UTF-8",
    new Uint8Array([...bytes('{"message":{"content":"'), 0xc3, 0x28, ...bytes('"}}\n')]),
    "backend_error: llama.cpp sent text that is not UTF-8"
  ],
  [
    "an error after its first words",
    '{"message":{"content":"Hi"},"done":false}\n{"error":"an error was encountered while running the model: CUDA error"}\n',
    "backend_error: llama.cpp failed in the middle of its answer: an error was encountered while running the model: CUDA error"
  ],
  [
    "a tool call that names no tool",
    '{"message":{"tool_calls":[{"function":{"arguments":{}}}]},"done":false}\n',
    "backend_error: llama.cpp sent a tool call without a name"
  ],
  [
    "nothing (a pull)",
    "",
    'unreachable: Ollama could not fetch "tiny" (its answer was empty, EOF): check this machine\'s network and try again, it goes on where it stopped',
    pull
  ],
  [
    "no route to the library (a pull)",
    recording("pull-unreachable"),
    'unreachable: Ollama could not fetch "tiny" (dial tcp: lookup registry.ollama.ai: no such host): check this machine\'s network and try again, it goes on where it stopped',
    pull
  ]
]

for (const [name, chunk, said, make] of broken) {
  test(`refuses an answer with ${name}`, async () => expect(await failing(chunk, make)).toBe(said))
}

const line = (content: string, done = false) => `${JSON.stringify({ message: { content }, done })}\n`

test("takes the thoughts out of a text that has them inside", async () => {
  const { records } = await play([bytes(line("<thi") + line("nk>hm</think>\n\nHi") + line("", true))], chat)
  expect(records).toEqual([
    ["reasoning", "hm"],
    ["text", "Hi"]
  ])
})
