import { expect, test } from "bun:test"
import type { ChatRequest } from "@infernet/contract/Chat"
import type { AttemptFault } from "@infernet/contract/Link"
import type { BackendReadings } from "@infernet/contract/Node"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { lacking, type Parameter } from "../src/Parameter.ts"
import { labelOf, read } from "../src/http/prometheus.ts"
import { flavors, type OpenAiKind } from "../src/openai/flavors.ts"
import { identify } from "../src/openai/identify.ts"
import * as OpenAi from "../src/openai/OpenAiBackend.ts"
import { readPage } from "../src/openai/servers/max.ts"
import { able } from "../src/unsupported.ts"
import { ask, collector, eventStream, failure, noRoute, openAiServer, recorded, site as siteOf } from "./replay.ts"

const chats = "/v1/chat/completions"
const ok = 'data: {"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'

/** The routes of each recorded server, and what it answers there. */
const routes: Record<string, Record<string, string>> = {
  "llama-server": {
    "/v1/models": "models",
    "/props": "props",
    "/slots": "slots-busy",
    "/metrics": "metrics-busy",
    "/v1/embeddings": "embeddings"
  },
  "llama-server-router": { "/v1/models": "models", "/props": "props", "/metrics": "metrics" },
  "llama-swap": { "/v1/models": "models", "/running": "running", "/api/version": "api-version" },
  vllm: { "/v1/models": "models", "/version": "version", "/metrics": "metrics-busy", "/v1/embeddings": "embeddings" },
  max: { "/v1/models": "models", "/version": "version", "/v1/embeddings": "embeddings" },
  sglang: {
    "/v1/models": "models",
    "/server_info": "sgl-server_info",
    "/model_info": "sgl-model_info",
    "/metrics": "metrics-busy",
    "/v1/embeddings": "embeddings"
  }
}

const named = (kind: OpenAiKind, fetch: typeof globalThis.fetch) => ({
  ...siteOf(fetch),
  kind,
  name: flavors[kind].name,
  apiKeyVariable: flavors[kind].apiKeyVariable
})

const server = (
  name: keyof typeof routes,
  kind: OpenAiKind,
  answers: Record<string, () => Response> = {},
  alike: Record<string, () => Response> = {}
) => {
  const files = Object.entries(routes[name] ?? {}).map(
    ([path, file]) => [path, () => recorded(`${name}/${file}`).response()] as const
  )
  const { asked, fetch } = openAiServer(
    { [chats]: () => eventStream(ok), ...answers },
    { ...Object.fromEntries(files), ...alike }
  )
  const site = named(kind, fetch)
  return { site, asked, backend: OpenAi.make(site, kind) }
}

interface Expected {
  readonly version: string
  readonly lacks: ReadonlyArray<Parameter>
  readonly models: ReadonlyArray<readonly [id: string, state: string, slots: number, context: number | undefined]>
  readonly readings: BackendReadings | string
}

const found: ReadonlyArray<readonly [name: keyof typeof routes, kind: OpenAiKind, expected: Expected]> = [
  [
    "llama-server",
    "llamacpp",
    {
      version: "b11669-Debian",
      lacks: ["image"],
      models: [["tiny-demo", "loaded", 2, 2048]],
      readings: { running: 2, waiting: 4, slots: 2, prefix_query_tokens: 1735, prefix_hit_tokens: 1371 }
    }
  ],
  [
    "llama-server-router",
    "llamacpp",
    {
      version: "b11669-Debian",
      lacks: [],
      models: [
        ["tiny-demo-f16", "loadable", 1, 2048],
        ["tiny-demo-q8_0", "loadable", 1, 2048]
      ],
      readings: {}
    }
  ],
  [
    "llama-swap",
    "llamaswap",
    {
      version: "v250-5-g0bdb3720",
      lacks: [],
      models: [
        ["broken", "loadable", 1, undefined],
        ["tiny-a", "loadable", 1, undefined],
        ["tiny-b", "loadable", 1, undefined]
      ],
      readings: "llama-swap says which models run, not how many requests"
    }
  ],
  [
    "vllm",
    "vllm",
    {
      version: "0.32.0",
      lacks: [],
      models: [["tiny-demo", "loaded", 32, 2048]],
      readings: {
        running: 4,
        waiting: 2,
        kv_usage: expect.closeTo(0.0029),
        prefix_query_tokens: 1719,
        prefix_hit_tokens: 128
      }
    }
  ],
  ["max", "max", { version: "26.7.0", lacks: [], models: [["tiny-demo", "loaded", 32, 2048]], readings: {} }],
  [
    "sglang",
    "sglang",
    {
      version: "0.5.23",
      lacks: ["seed", "image"],
      models: [["tiny-demo", "loaded", 4, 2048]],
      readings: { running: 4, waiting: 2, kv_usage: 0.02, prefix_query_tokens: 1652, prefix_hit_tokens: 1306 }
    }
  ]
]

for (const [name, kind, expected] of found) {
  it(`${name}: is known by what it says, and tells how it was started and how busy it is`, () =>
    Effect.gen(function* () {
      const { backend: made, site } = server(name, kind)
      expect(yield* identify(site)).toBe(kind)
      const backend = yield* made
      const models = (yield* backend.models).map(
        ({ context_length, id, slots, state }) => [id, state, slots, context_length] as const
      )
      const readings: BackendReadings | string = backend.readings.can
        ? yield* backend.readings.run
        : backend.readings.why
      const { version } = backend
      expect<unknown>({ version, lacks: [...backend.lacks.keys()], models, readings }).toEqual(expected)
    }))
}

it("offers what the routes of a server can do, and no more", () =>
  Effect.gen(function* () {
    const capabilities = Effect.fnUntraced(function* (one: ReturnType<typeof server>) {
      return (yield* (yield* one.backend).models)[0]?.capabilities
    })
    expect(yield* capabilities(server("vllm", "vllm"))).toEqual(["chat", "tools", "json", "logprobs"])
    const onlyVectors = server("vllm", "vllm", {}, { [chats]: noRoute, "/v1/embeddings": () => Response.json({}) })
    expect(yield* capabilities(onlyVectors)).toEqual(["embedding"])
  }))

const loading = () => Response.json({ error: { message: "Loading model", code: 503 } }, { status: 503 })

it("says why it cannot what it was not started for", () =>
  Effect.gen(function* () {
    const why = Effect.fnUntraced(function* (name: keyof typeof routes, kind: OpenAiKind) {
      const { embed } = yield* server(name, kind).backend
      return embed.can ? "can" : embed.why
    })
    expect(yield* why("llama-server", "llamacpp")).toBe(
      "llama.cpp makes no embeddings as it was started: start it with --embeddings"
    )
    expect(yield* why("vllm", "vllm")).toStartWith("vLLM makes no embeddings as it was started: ")
    expect(yield* why("sglang", "sglang")).toStartWith("SGLang makes no embeddings as it was started: ")
    expect(yield* why("max", "max")).toStartWith("Modular MAX makes no embeddings as it was started: ")
    // Each of their models is another matter.
    expect(yield* why("llama-swap", "llamaswap")).toBe("can")
    expect(yield* why("llama-server-router", "llamacpp")).toBe("can")
  }))

it("is not ready while its model loads", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(server("llama-server", "llamacpp", {}, { "/props": loading }).backend)
    expect(error.fault).toBe("overloaded")
  }))

const refusals: ReadonlyArray<readonly [recording: string, fault: AttemptFault, said: string]> = [
  ["llama-server/too-long", "context_exceeded", "request (5010 tokens) exceeds the available context size"],
  ["llama-server/image-part", "unsupported", "image input is not supported"],
  ["vllm/too-long", "context_exceeded", "maximum context length is 2048 tokens"],
  ["vllm/image-part", "unsupported", "tiny-demo is not a multimodal model"],
  ["vllm/unknown-model", "model_not_found", "The model `nope` does not exist"],
  ["vllm/json-bad-schema", "bad_request", "Grammar error: Invalid type: nonsense"],
  ["max/too-long", "context_exceeded", "Prompt is too long: 5010 tokens"],
  ["max/json-schema", "unsupported", "response_format requires --enable-structured-output"],
  ["max/unknown-field", "bad_request", "Extra inputs are not permitted"],
  ["max/image-part", "unsupported", "image_url content type not supported"],
  ["sglang/too-long", "context_exceeded", "longer than the model's context length"],
  ["sglang/image-part", "unsupported", "Model only supports text input"],
  ["sglang/empty-body", "bad_request", "Field required"],
  ["llama-swap/unknown-model", "model_not_found", "no router for requested model"]
]

for (const [recording, fault, said] of refusals) {
  it(`names the fault of a real refusal, and no path: ${recording}`, () =>
    Effect.gen(function* () {
      const { backend } = server("max", "max", { [chats]: recorded(recording).response })
      const error = yield* failure((yield* backend).chat(ask("Hello"), collector().emit))
      expect(error.fault).toBe(fault)
      expect(error.message).toContain(said)
      expect(error.message).not.toMatch(/\/home|\.py\b/)
    }))
}

for (const recording of [
  "vllm/max-tokens-over-context",
  "sglang/max-tokens-over-context",
  "sglang/max-tokens-exactly-context"
]) {
  it(`asks again without max_tokens where it does not fit: ${recording}`, () =>
    Effect.gen(function* () {
      let first = true
      const { asked, backend } = server("max", "max", {
        [chats]: () => {
          const answer = first ? recorded(recording).response() : eventStream(ok)
          first = false
          return answer
        }
      })
      yield* (yield* backend).chat(ask("Hello"), collector().emit)
      expect(asked(chats).map(({ body }) => Object.hasOwn(body as object, "max_tokens"))).toEqual([true, false])
    }))
}

const tool = (name: string) => ({ type: "function" as const, function: { name } })
const everything: Partial<ChatRequest> = {
  top_p: 0.9,
  top_k: 0,
  min_p: 0.05,
  repetition_penalty: 1.1,
  frequency_penalty: 0.2,
  presence_penalty: -0.2,
  stop: ["END"],
  seed: -1,
  logprobs: true,
  tools: [tool("a"), tool("b")],
  tool_choice: { type: "function", function: { name: "b" } },
  response_format: { type: "json_object" }
}
const common = {
  model: "tiny-demo",
  messages: [{ role: "user", content: "Hello" }],
  max_tokens: 64,
  temperature: 0,
  top_p: 0.9,
  top_k: -1,
  min_p: 0.05,
  frequency_penalty: 0.2,
  presence_penalty: -0.2,
  stop: ["END"],
  logprobs: true,
  top_logprobs: 1,
  response_format: { type: "json_object" },
  stream: true,
  stream_options: { include_usage: true }
}
const byName = { tools: [tool("a"), tool("b")], tool_choice: everything.tool_choice }
const byLeavingOut = { tools: [tool("b")], tool_choice: "required" }

const bodies: ReadonlyArray<readonly [name: keyof typeof routes, kind: OpenAiKind, own: object]> = [
  ["llama-server", "llamacpp", { ...common, ...byLeavingOut, repeat_penalty: 1.1, seed: 1 }],
  ["llama-swap", "llamaswap", { ...common, ...byLeavingOut, repeat_penalty: 1.1, repetition_penalty: 1.1, seed: 1 }],
  ["vllm", "vllm", { ...common, ...byName, repetition_penalty: 1.1, seed: -1 }],
  ["max", "max", { ...common, ...byName, repetition_penalty: 1.1, seed: -1 }],
  [
    "sglang",
    "sglang",
    { ...common, ...byName, repetition_penalty: 1.1, seed: -1, rid: expect.stringMatching(/^inft-/) }
  ]
]

for (const [name, kind, body] of bodies) {
  it(`${name}: is sent every field in its own words`, () =>
    Effect.gen(function* () {
      const { asked, backend } = server(name, kind)
      yield* Effect.exit((yield* backend).chat(ask("Hello", everything), collector().emit))
      expect(asked(chats)[0]?.body).toEqual(body)
    }))
}

const sent = Effect.fnUntraced(function* (request: ChatRequest) {
  const { asked, backend } = server("vllm", "vllm")
  yield* (yield* backend).chat(request, collector().emit)
  return asked(chats)[0]?.body as Record<string, unknown>
})

it("leaves out tools that may not be called, a format that is none, and says nothing in a message that says nothing", () =>
  Effect.gen(function* () {
    const body = yield* sent({
      ...ask("Hello", { tools: [tool("a")], tool_choice: "none", response_format: { type: "text" }, top_logprobs: 0 }),
      messages: [{ role: "developer", content: "Be brief." }, { role: "assistant" }, { role: "user", content: "Hi" }]
    })
    expect(Object.keys(body).toSorted()).toEqual([
      "max_tokens",
      "messages",
      "model",
      "stream",
      "stream_options",
      "temperature"
    ])
    expect(body["messages"]).toEqual([
      { role: "system", content: "Be brief." },
      { role: "assistant", content: "" },
      { role: "user", content: "Hi" }
    ])
  }))

it("refuses a choice among tools that are not there", () =>
  Effect.gen(function* () {
    const backend = yield* server("vllm", "vllm").backend
    const said = (more: Partial<ChatRequest>) =>
      Effect.map(failure(backend.chat(ask("Hello", more), collector().emit)), ({ fault, message }) => [fault, message])
    expect(yield* said({ tool_choice: "required" })).toEqual([
      "bad_request",
      '"tool_choice" demands a call, but there are no "tools"'
    ])
    expect(yield* said({ tools: [tool("a")], tool_choice: { type: "function", function: { name: "z" } } })).toEqual([
      "bad_request",
      '"tool_choice" names "z", which is not among the "tools"'
    ])
  }))

it("lacks by name what a server of an unknown make might ignore in silence", () =>
  Effect.gen(function* () {
    const { lacks } = yield* server("max", "openai").backend
    const fields = (["top_k", "min_p", "repetition_penalty", "seed", "logprobs"] as const).map((field) =>
      lacking(lacks, Object.assign(ask("Hello"), { [field]: everything[field] }))
    )
    expect(fields).toEqual(["top_k", "min_p", "repetition_penalty", undefined, undefined])
  }))

const embedder = (file: string) =>
  server("llama-server", "llamacpp", {}, { "/v1/embeddings": recorded(`llama-server/${file}`).response }).backend

it("embeds, and refuses vectors that are not what was asked for", () =>
  Effect.gen(function* () {
    const embed = Effect.fnUntraced(function* (file: string, input: ReadonlyArray<string>, dimensions?: number) {
      const run = yield* able((yield* embedder(file)).embed)
      return yield* run({ model: "tiny-demo", input, ...(dimensions !== undefined && { dimensions }) })
    })
    const { embeddings, prompt_tokens } = yield* embed("embed-embeddings", ["hello", "world"])
    expect(embeddings.map((vector) => vector.length)).toEqual([192, 192])
    expect(embeddings[0]).not.toEqual(embeddings[1])
    expect(prompt_tokens).toBeGreaterThan(0)
    const said = (effect: ReturnType<typeof embed>) =>
      Effect.map(Effect.flip(effect), ({ fault, message }) => `${fault}: ${message}`)
    expect(yield* said(embed("embed-embeddings", ["one"]))).toBe("backend_error: llama.cpp gave 2 vectors for 1 texts")
    expect(yield* said(embed("embed-embeddings-dimensions", ["one"], 16))).toBe(
      'unsupported: llama.cpp gave vectors of 192 numbers where "dimensions" asks for 16: this model has one length only'
    )
    expect(yield* said(embed("embed-embeddings-too-long", ["one"]))).toStartWith("context_exceeded: ")
    expect(yield* said(embed("embeddings", ["one"]))).toStartWith("unsupported: ")
  }))

test("MAX counts those that wait among those that run", () => {
  expect(readPage(new TextDecoder().decode(recorded("max/metrics-port-busy").body))).toEqual({
    running: 4,
    waiting: 2,
    kv_usage: 4 / 64,
    prefix_query_tokens: 640 + 951,
    prefix_hit_tokens: 640
  })
})

test("reads of a page what is wanted: any spelling, all labels together, absent is not 0", () => {
  const text = [
    "# TYPE a:b gauge",
    'a:b{x="}\\"{ 7",y="1"} 2.0 1795364969000',
    'a:b{x="2"} 3',
    "a.c_total 1e3",
    "a_d NaN",
    "a_e +Inf",
    "not a metric at all { } }",
    "a:b",
    "a_bc 9",
    "a_f 0"
  ]
  const page = read(text.join("\r\n"), ["a_b", "a:c", "a_d", "a_e", "a_f", "a_g"])
  expect([page("a:b"), page("old", "a_c_total"), page("a_d"), page("a_e"), page("a_g"), page("a_bc")]).toEqual([
    { sum: 5, samples: 2 },
    { sum: 1000, samples: 1 },
    undefined,
    undefined,
    undefined,
    undefined
  ])
  expect(page("a_f")).toEqual({ sum: 0, samples: 1 })
  expect(labelOf('x 1\ny{b="2",a="170.6"} 1\n', "y", "a")).toBe("170.6")
})

test("reads a page of millions of lines, or of one, without getting lost in it", () => {
  const lines = "a 1\n".repeat(500_000)
  expect(read(lines, ["a"])("a")?.samples).toBe(100_000)
  expect(read(`a{${'b="c",'.repeat(1 << 20)}`, ["a"])("a")).toBeUndefined()
})
