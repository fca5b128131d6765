import { expect, test } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Deferred, Effect, Fiber } from "effect"
import { refusal } from "../src/http/refusal.ts"
import * as Ollama from "../src/ollama/OllamaBackend.ts"
import { requestBody } from "../src/ollama/requestBody.ts"
import { lacksOf } from "../src/ollama/version.ts"
import { able } from "../src/unsupported.ts"
import { ask, collector, failure, fakeFetch, site as siteOf } from "./replay.ts"

const site = (fetch?: typeof globalThis.fetch) => ({ ...siteOf(fetch), kind: "ollama" as const, name: "Ollama" })
const options = { contextLength: 8192, slots: 2 }
const running = { name: "m", context: 2048, version: "0.34.4" }

const tags = {
  models: [
    {
      name: "tiny-demo:latest",
      digest: "b94c",
      size: 2370006,
      details: { quantization_level: "Q8_0", context_length: 2048 }
    },
    { name: "big:70b", digest: "0f0f", size: 40, details: {} },
    { name: "embed:latest", digest: "eeee", size: 1, details: {} },
    {
      name: "gpt-oss:120b-cloud",
      digest: "c10d",
      size: 300,
      remote_host: "https://ollama.com:443",
      remote_model: "gpt-oss:120b"
    },
    { name: "kimi-k2:cloud", digest: "c20d", size: 300 },
    { name: "alias:latest", digest: "c30d", size: 300, details: {} },
    { name: "broken:latest", digest: "0bad", size: 3, details: {} }
  ]
}
const shows: Record<string, unknown> = {
  "tiny-demo:latest": { capabilities: ["completion", "tools"], model_info: { "llama.context_length": 2048 } },
  "big:70b": {
    capabilities: ["completion", "thinking"],
    model_info: { "llama.context_length": 131072 },
    parameters: 'num_ctx                        32768\nstop "x"'
  },
  "embed:latest": { capabilities: ["embedding"], model_info: {} },
  "alias:latest": { capabilities: ["completion"], remote_host: "https://ollama.com:443", model_info: {} }
}
const showing = async (request: Request) => {
  const shown = shows[String(((await request.json()) as { model: string }).model)]
  return shown === undefined ? Response.json({ error: "model not found" }, { status: 404 }) : Response.json(shown)
}
/** An Ollama with the models above; what it does beside listing them is told by the test. */
const serving = (answers: Parameters<typeof fakeFetch>[0] = {}) =>
  fakeFetch({
    "/api/version": () => Response.json({ version: "0.34.4" }),
    "/api/tags": () => Response.json(tags),
    "/api/ps": () => Response.json({ models: [{ name: "tiny-demo:latest" }] }),
    "/api/show": showing,
    ...answers
  })
const chunk = '{"message":{"content":"ok"},"done":true,"done_reason":"stop","prompt_eval_count":9,"eval_count":1}\n'

const made = Effect.fnUntraced(function* (answers?: Parameters<typeof fakeFetch>[0]) {
  const { fetch, requests } = serving(answers)
  const backend = yield* Ollama.make(site(fetch), options)
  yield* backend.models
  return { backend, bodies: (path: string) => requests.filter((one) => one.path === path).map(({ body }) => body) }
})

it("offers what Ollama has on its own disk, and runs each model with one context length", () =>
  Effect.gen(function* () {
    const { backend, bodies } = yield* made({ "/api/chat": () => new Response(chunk) })
    const shared = { backend: "ollama" as const, slots: 2 }
    expect(yield* backend.models).toEqual([
      {
        ...shared,
        id: "tiny-demo",
        state: "loaded",
        digest: "b94c",
        bytes: 2370006,
        context_length: 2048,
        quantization: "Q8_0",
        capabilities: ["chat", "completion", "json", "tools", "logprobs"]
      },
      {
        ...shared,
        id: "big:70b",
        state: "loadable",
        digest: "0f0f",
        bytes: 40,
        context_length: 32768,
        capabilities: ["chat", "completion", "json", "reasoning", "logprobs"]
      },
      {
        ...shared,
        id: "embed",
        state: "loadable",
        digest: "eeee",
        bytes: 1,
        context_length: 8192,
        capabilities: ["embedding"]
      }
    ])
    // Once a model, as what it can do changes only with its digest; what could not be shown is asked again.
    expect(bodies("/api/show")).toHaveLength(6)
    yield* backend.chat(ask("Hello"), collector().emit)
    yield* backend.chat(ask("Hello", { model: "big:70b", max_tokens: 9, stop: "x" }), collector().emit)
    const [first, second] = bodies("/api/chat")
    expect(first).toMatchObject({
      model: "tiny-demo:latest",
      stream: true,
      options: { num_ctx: 2048, num_predict: 64 }
    })
    expect(second).toMatchObject({ model: "big:70b", options: { num_predict: 9, stop: ["x"] } })
    expect(second).not.toHaveProperty("options.num_ctx")
  }))

/** What Ollama 0.34.4 answered. */
const recorded = (name: string) => Bun.file(new URL(`./recordings/ollama/${name}.json`, import.meta.url)).text()

it("reads what a real Ollama says of its models, and its refusals", () =>
  Effect.gen(function* () {
    const [tags, ps, show, tooLong, cloud] = yield* Effect.promise(() =>
      Promise.all(["tags", "ps", "show", "too-long", "cloud"].map(recorded))
    )
    const { backend } = yield* made({
      "/api/tags": () => new Response(tags),
      "/api/ps": () => new Response(ps),
      "/api/show": () => new Response(show),
      "/api/chat": () => new Response(tooLong, { status: 400 }),
      "/api/generate": () => new Response(cloud, { status: 403 })
    })
    expect(yield* backend.models).toEqual([
      {
        id: "tiny-demo",
        backend: "ollama",
        state: "loaded",
        digest: "8973f2c9a486280b7b3f29ab12ffac2c668180015dd659cc9c1475fcab30bbdd",
        bytes: 2369970,
        context_length: 2048,
        quantization: "Q8_0",
        capabilities: ["tools", "chat", "completion", "json", "logprobs"],
        slots: 2
      }
    ])
    const { fault, message } = yield* failure(backend.chat(ask("Hello"), collector().emit))
    expect([fault, message]).toEqual([
      "context_exceeded",
      "Ollama answered 400: request (5010 tokens) exceeds the available context size (2048 tokens), try increasing it"
    ])
    const complete = yield* able(backend.complete)
    const request = { model: "tiny-demo", prompt: "x", max_tokens: 1 }
    expect((yield* failure(complete(request, collector().emit))).fault).toBe("backend_error")
  }))

it("refuses by name what would be dropped or run elsewhere, before anything is sent", () =>
  Effect.gen(function* () {
    const { backend, bodies } = yield* made()
    const image = { type: "image_url" as const, image_url: { url: "data:image/png;base64,AAAA" } }
    const refused = [
      ask("x", { tool_choice: "required" }),
      ask("x", { tool_choice: { type: "function", function: { name: "look" } } }),
      ask("", { messages: [{ role: "user", content: [image] }] }),
      ask("x", { model: "gpt-oss:120b-cloud" })
    ]
    const said = yield* Effect.forEach(refused, (request) => failure(backend.chat(request, collector().emit)))
    expect(said.map(({ fault, message }) => `${fault}: ${message}`)).toEqual([
      'unsupported: "tool_choice": "required" is not supported for "tiny-demo": Ollama cannot be made to call a tool, only "auto" and "none" work',
      'unsupported: "tool_choice": a call of "look" is not supported for "tiny-demo": Ollama cannot be made to call a tool, only "auto" and "none" work',
      'unsupported: "image" is not supported for "tiny-demo": the model sees no images',
      'model_not_found: Ollama on this machine has no model "gpt-oss:120b-cloud"'
    ])
    expect(bodies("/api/chat")).toEqual([])
  }))

it("goes on with a prompt as it stands", () =>
  Effect.gen(function* () {
    const answer = '{"response":"<think>","done":false}\n{"response":"","done":true,"eval_count":1}\n'
    const { backend, bodies } = yield* made({ "/api/generate": () => new Response(answer) })
    const run = yield* able(backend.complete)
    const { emit, records } = collector()
    const request = {
      model: "tiny-demo",
      prompt: "It was",
      max_tokens: 5,
      top_k: 0,
      min_p: 0.1,
      repetition_penalty: 1.1
    }
    expect(yield* run(request, emit)).toEqual({
      finish_reason: "stop",
      usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 }
    })
    expect(records).toEqual([["text", "<think>"]])
    expect(bodies("/api/generate")).toEqual([
      {
        model: "tiny-demo:latest",
        prompt: "It was",
        raw: true,
        think: false,
        stream: true,
        truncate: false,
        shift: false,
        options: { num_predict: 5, num_ctx: 2048, top_k: 0, min_p: 0.1, repeat_penalty: 1.1 }
      }
    ])
    // Ollama takes an empty prompt for "load the model".
    expect((yield* failure(run({ ...request, prompt: "" }, emit))).fault).toBe("bad_request")
  }))

it("gives a vector a text, and refuses what is not", () =>
  Effect.gen(function* () {
    let answer: unknown = {
      embeddings: [
        [0.1, 0.2],
        [0.3, 0.4]
      ],
      prompt_eval_count: 5
    }
    const { backend, bodies } = yield* made({ "/api/embed": () => Response.json(answer) })
    const run = yield* able(backend.embed)
    const request = { model: "embed", input: ["a", "b"] }
    expect(yield* run(request)).toEqual({
      embeddings: [
        [0.1, 0.2],
        [0.3, 0.4]
      ],
      prompt_tokens: 5
    })
    expect(bodies("/api/embed")).toEqual([
      { model: "embed:latest", input: ["a", "b"], truncate: false, options: { num_ctx: 8192 } }
    ])
    const said = [(yield* failure(run({ ...request, dimensions: 1 }))).message]
    for (const wrong of [{ embeddings: [[1]] }, { embeddings: [[1], [1, 2]] }, { embeddings: [[], []] }, "no"]) {
      answer = wrong
      said.push((yield* failure(run(request))).message)
    }
    expect(said).toEqual([
      '"dimensions": 1 is not supported for "embed": it gives 2',
      ...Array.from({ length: 4 }, () => "Ollama did not answer with one vector a text")
    ])
    expect((yield* failure(run({ ...request, model: "tiny-demo" }))).message).toBe(
      '"tiny-demo" gives no embeddings: choose a model made for them'
    )
  }))

it("reads a real Ollama's vectors, cut to the length that was asked for", () =>
  Effect.gen(function* () {
    const answer = yield* Effect.promise(() => recorded("embed"))
    const { backend } = yield* made({ "/api/embed": () => new Response(answer) })
    const run = yield* able(backend.embed)
    const { embeddings, prompt_tokens } = yield* run({ model: "embed", input: ["hello", "world"], dimensions: 4 })
    expect([embeddings.map(({ length }) => length), prompt_tokens]).toEqual([[4, 4], 5])
  }))

it("aborts its request when nobody waits any more, also before the first byte", () =>
  Effect.gen(function* () {
    const asked = yield* Deferred.make<AbortSignal>()
    const { backend } = yield* made({
      "/api/chat": (request) => {
        Deferred.doneUnsafe(asked, Effect.succeed(request.signal))
        return Promise.withResolvers<Response>().promise
      }
    })
    const chat = yield* backend.chat(ask("Hello"), collector().emit).pipe(Effect.forkChild)
    const signal = yield* Deferred.await(asked)
    yield* Fiber.interrupt(chat)
    expect(signal.aborted).toBe(true)
  }))

it("tells as many slots as its models in memory have, and nothing of a queue that it does not tell", () =>
  Effect.gen(function* () {
    const { backend } = yield* made()
    expect(yield* Effect.flatten(able(backend.readings))).toEqual({ slots: 2 })
  }))

const lacking = (version: string | undefined) => [...lacksOf(version).keys()]

test("knows what older versions leave out", () => {
  expect(["0.34.4", "0.0.0", "0.12.11-rc1", "1.0.0"].map(lacking)).toEqual([[], [], [], []])
  expect(lacking("0.12.10")).toEqual(["logprobs", "top_logprobs"])
  expect(lacking(undefined)).toEqual(["logprobs", "top_logprobs", "min_p"])
  const old = { ...running, version: "0.20.1" }
  expect(requestBody(ask("", { frequency_penalty: 0, repetition_penalty: 1 }), old).options.num_predict).toBe(64)
  expect(() => requestBody(ask("", { presence_penalty: 0.5 }), old)).toThrow(
    '"presence_penalty": 0.5 is not supported for "tiny-demo": Ollama 0.20.1 leaves penalties out'
  )
})

test("speaks Ollama's own form: objects for arguments, bare base64 for images, names for tool answers", () => {
  const body = requestBody(
    ask("", {
      messages: [
        { role: "developer", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "What?" },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }
          ]
        },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "a", type: "function", function: { name: "look", arguments: '{"at":1}' } }]
        },
        { role: "tool", tool_call_id: "a", content: "a fox" }
      ],
      response_format: { type: "json_schema", json_schema: { name: "x", schema: { type: "object" } } }
    }),
    running
  )
  expect(body.messages).toEqual([
    { role: "system", content: "Be brief." },
    { role: "user", content: "What?", images: ["AAAA"] },
    { role: "assistant", content: "", tool_calls: [{ id: "a", function: { name: "look", arguments: { at: 1 } } }] },
    { role: "tool", content: "a fox", tool_call_id: "a", tool_name: "look" }
  ])
  expect(body.format).toEqual({ type: "object" })
  const now = { type: "function" as const, function: { name: "now" } }
  expect(requestBody(ask("", { tools: [now] }), running).tools).toEqual([
    { type: "function", function: { name: "now", parameters: { type: "object", properties: {} } } }
  ])
  expect(requestBody(ask("", { tools: [now], tool_choice: "none" }), running).tools).toBeUndefined()
})

test("reads the errors that Ollama packs into strings", () => {
  const inner = {
    error: {
      code: 400,
      message: "request (5010 tokens) exceeds the available context size",
      type: "exceed_context_size_error"
    }
  }
  expect(refusal(site(), 400, JSON.stringify({ error: JSON.stringify(inner) }))).toMatchObject({
    fault: "context_exceeded",
    message: "Ollama answered 400: request (5010 tokens) exceeds the available context size"
  })
  expect(refusal(site(), 404, '{"error":"model \'nope\' not found"}').fault).toBe("model_not_found")
  expect(
    refusal(site(), 503, '{"error":"server busy, please try again.  maximum pending requests exceeded"}').fault
  ).toBe("overloaded")
})
