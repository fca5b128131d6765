import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import type { Completion, Emit } from "../src/Backend.ts"
import type { Consumer } from "../src/http/body.ts"
import type { Site } from "../src/http/Site.ts"
import * as Ollama from "../src/ollama/ChatStream.ts"
import * as OpenAi from "../src/openai/ChatStream.ts"
import { ask, bytes, play } from "./replay.ts"

type Make = (site: Site, emit: Emit) => Consumer<Completion>
const sse: Make = (site, emit) => OpenAi.make(site, emit, ask("seven tokens, give or take…"))
const ndjson: Make = (site, emit) => Ollama.make(site, emit, ask(""))

const recording = (name: string) =>
  new Uint8Array(readFileSync(Bun.fileURLToPath(new URL(`./recordings/${name}`, import.meta.url))))
const data = (...events: ReadonlyArray<unknown>) =>
  events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join("")
const delta = (delta: unknown, finish: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason: finish }]
})

const recordings: ReadonlyArray<readonly [name: string, make: Make, expected: Awaited<ReturnType<typeof play>>]> = [
  [
    "llama-server-text.sse",
    sse,
    {
      records: [
        ["text", "Hi"],
        ["text", " Zoë 🦊, 你好"]
      ],
      end: {
        finish_reason: "length",
        usage: { prompt_tokens: 17, completion_tokens: 12, total_tokens: 29, cached_tokens: 3 }
      }
    }
  ],
  [
    "llama-server-tool.sse",
    sse,
    {
      records: [
        ["tool_call", '{"index":0,"id":"dfw3","name":"get_weather","arguments":"{"}'],
        ["tool_call", '{"index":0,"arguments":"\\""}'],
        ["tool_call", '{"index":0,"arguments":"city\\": \\"Paris\\"}"}']
      ],
      end: { finish_reason: "tool_calls", usage: { prompt_tokens: 124, completion_tokens: 27, total_tokens: 151 } }
    }
  ],
  [
    "ollama-v1.sse",
    sse,
    {
      records: [
        ["text", "Hi"],
        ["tool_call", '{"index":0,"id":"call_a","name":"get_weather","arguments":"{\\"city\\":\\"Paris\\"}"}'],
        ["tool_call", '{"index":1,"id":"call_b","name":"get_weather","arguments":"{\\"city\\":\\"Oslo\\"}"}']
      ],
      end: { finish_reason: "tool_calls", usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 } }
    }
  ],
  [
    "vllm-reasoning.sse",
    sse,
    {
      records: [
        ["reasoning", "two and two"],
        ["reasoning", " make four"],
        ["text", "4"]
      ],
      end: { finish_reason: "stop", usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 } }
    }
  ],
  [
    "ollama-text.ndjson",
    ndjson,
    {
      records: [
        ["reasoning", "hm"],
        ["text", "Hi Zoë 🦊"]
      ],
      end: { finish_reason: "length", usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 } }
    }
  ],
  [
    "ollama-tool.ndjson",
    ndjson,
    {
      records: [["tool_call", '{"index":0,"id":"ACwz","name":"get_weather","arguments":"{\\"city\\":\\"Paris\\"}"}']],
      end: { finish_reason: "tool_calls", usage: { prompt_tokens: 124, completion_tokens: 27, total_tokens: 151 } }
    }
  ]
]

for (const [name, make, expected] of recordings) {
  const whole = recording(name)

  test(`${name}: gives the same records wherever the network cuts it`, async () => {
    expect(await play([whole], make)).toEqual(expected)
    for (let cut = 1; cut < whole.length; cut++) {
      const played = await play([whole.subarray(0, cut), whole.subarray(cut)], make)
      if (!Bun.deepEquals(played, expected)) expect({ cut, ...played }).toEqual({ cut, ...expected })
    }
  })

  test(`${name}: gives the same records byte by byte, and with the line ends of other systems`, async () => {
    const single = Array.from(whole, (_, i) => whole.subarray(i, i + 1))
    expect(await play(single, make)).toEqual(expected)
    const crlf = bytes(new TextDecoder().decode(whole).replaceAll("\n", "\r\n"))
    expect(await play([crlf], make)).toEqual(expected)
    const middle = crlf.indexOf(13) + 1
    expect(await play([crlf.subarray(0, middle), crlf.subarray(middle)], make)).toEqual(expected)
  })

  test(`${name}: is an error wherever it breaks off before its end mark`, async () => {
    const text = new TextDecoder().decode(whole)
    const mark = make === sse ? text.indexOf('"finish_reason":"') : text.lastIndexOf("\n", text.length - 2)
    for (let length = 0; length < mark; length += 7) {
      const end = await play([bytes(text.slice(0, length))], make).then(
        () => "finished",
        (error: { readonly fault: string }) => error.fault
      )
      if (end !== "backend_error") expect({ length, end }).toEqual({ length, end: "backend_error" })
    }
  })
}

const failing = (chunk: string | Uint8Array, make: Make = sse) =>
  play([typeof chunk === "string" ? bytes(chunk) : chunk], make).then(
    () => "finished",
    (error: { readonly fault: string; readonly message: string }) => `${error.fault}: ${error.message}`
  )

const broken: ReadonlyArray<readonly [name: string, chunk: string | Uint8Array, said: string, make?: Make]> = [
  ["nothing at all", "", "backend_error: llama.cpp sent an empty answer"],
  ["nothing at all (Ollama)", "", "backend_error: llama.cpp sent an empty answer", ndjson],
  ["something but JSON", "data: <html>\n\n", "backend_error: llama.cpp sent an event that is not a JSON object"],
  [
    "text that is not UTF-8",
    new Uint8Array([...bytes('data: {"choices":[{"delta":{"content":"'), 0xff, 0xfe]),
    "backend_error: llama.cpp sent text that is not UTF-8"
  ],
  [
    "text that ends inside a character",
    bytes('data: {"choices":[{"delta":{"content":"🦊').subarray(0, -1),
    "backend_error: llama.cpp sent text that is not UTF-8"
  ],
  [
    "a line without end",
    `data: ${"x".repeat(2 << 20)}`,
    "backend_error: llama.cpp sent a line of more than 1048576 characters"
  ],
  [
    "a line without end (Ollama)",
    "x".repeat(2 << 20),
    "backend_error: llama.cpp sent a line of more than 1048576 characters",
    ndjson
  ],
  [
    "an error after its first words",
    data(delta({ content: "Hi" }), { error: { message: "CUDA out of memory", code: 500 } }),
    "backend_error: llama.cpp failed in the middle of its answer: CUDA out of memory"
  ],
  [
    "an error as a string (Ollama)",
    '{"error":"an error was encountered while running the model: /root/.ollama/models/blobs/sha256-1 is bad"}\n',
    "backend_error: llama.cpp failed in the middle of its answer: an error was encountered while running the model: (a path) is bad",
    ndjson
  ],
  [
    "no finish reason",
    data(delta({ content: "Hi" }), "[DONE]"),
    "backend_error: llama.cpp ended its answer without a finish reason: the answer is cut short"
  ],
  [
    "neither end mark nor usage",
    data(delta({ content: "Hi" }, "stop")),
    "backend_error: llama.cpp ended its answer without an end mark: the answer is cut short"
  ],
  [
    "a tool call that nobody can answer",
    data(
      delta({ tool_calls: [{ index: 0, id: "a", function: { arguments: "{}" } }] }),
      delta({}, "tool_calls"),
      "[DONE]"
    ),
    "backend_error: llama.cpp sent a tool call without a name"
  ],
  [
    "a finish reason that drives a terminal",
    data(delta({}, "\u001b[31mred\n</script>"), "[DONE]"),
    'backend_error: llama.cpp ended its answer with "red </script>"'
  ],
  [
    "a finish reason that is a failure",
    data(delta({}, "abort"), "[DONE]"),
    'backend_error: llama.cpp ended its answer with "abort"'
  ],
  [
    "a load instead of an answer (Ollama)",
    '{"done":true,"done_reason":"load"}\n',
    'backend_error: llama.cpp ended its answer with "load"',
    ndjson
  ]
]

for (const [name, chunk, said, make] of broken) {
  test(`refuses an answer with ${name}`, async () => expect(await failing(chunk, make)).toBe(said))
}

test("counts for itself where a server gives no usage", async () => {
  const { end } = await play([bytes(data(delta({ content: "a" }), delta({ content: "b" }, "stop"), "[DONE]"))], sse)
  expect(end).toEqual({ finish_reason: "stop", usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 } })
})

test("keeps every finish reason apart", async () => {
  const reasons = { stop: "stop", length: "length", content_filter: "content_filter", function_call: "tool_calls" }
  for (const [said, reason] of Object.entries(reasons)) {
    const { end } = await play([bytes(data(delta({ content: "a" }, said), "[DONE]"))], sse)
    expect<string>(end.finish_reason).toBe(reason)
  }
})

test("gives each tool call one id, though a server leaves them out or numbers all calls 0", async () => {
  const call = (piece: unknown) => delta({ tool_calls: [piece] })
  const { records } = await play(
    [
      bytes(
        data(
          { id: "r1", ...call({ index: 0, function: { name: "a", arguments: "{" } }) },
          call({ index: 0, id: null, function: { name: null, arguments: "}" } }),
          call({ index: 1, id: "x", function: { name: "b", arguments: { deep: 1 } } }),
          call({ index: 1, id: "x", function: { name: "b", arguments: "" } }),
          delta({}, "tool_calls"),
          "[DONE]"
        )
      )
    ],
    sse
  )
  expect(records.map(([, text]) => JSON.parse(text) as unknown)).toEqual([
    { index: 0, id: "call_r1_0", name: "a", arguments: "{" },
    { index: 0, arguments: "}" },
    { index: 1, id: "x", name: "b", arguments: '{"deep":1}' },
    { index: 1, arguments: "" }
  ])
})
