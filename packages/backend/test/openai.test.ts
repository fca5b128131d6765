import { expect, test } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Deferred, Effect, Fiber, Redacted } from "effect"
import { identifyModels } from "../src/openai/identify.ts"
import { readModels } from "../src/openai/models.ts"
import * as OpenAi from "../src/openai/OpenAiBackend.ts"
import { ask, collector, eventStream, failure, fakeFetch, isInterrupted, openAiServer, site } from "./replay.ts"

const path = "/v1/chat/completions"
const answered = eventStream.bind(
  null,
  'data: {"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
)

const chat = (answer: () => Response, request = ask("Hello")) => {
  const { asked, fetch } = openAiServer({ [path]: answer })
  const run = OpenAi.make(site(fetch), "llamacpp").pipe(
    Effect.flatMap((backend) => backend.chat(request, collector().emit))
  )
  return { run, requests: () => asked(path) }
}

const refusals: ReadonlyArray<readonly [name: string, answer: () => Response, said: string]> = [
  [
    "a page",
    () => new Response("<h1>hi</h1>", { headers: { "content-type": "text/html" } }),
    "backend_error: llama.cpp answered with text/html instead of an event stream"
  ],
  ["an empty 200", () => new Response(""), "backend_error: llama.cpp sent an empty answer"],
  [
    "a redirect",
    () => Response.redirect("http://127.0.0.1:9/elsewhere"),
    "backend_error: llama.cpp answered with a redirect (302): configure the address it points to"
  ],
  [
    "503",
    () => Response.json({ error: { message: "Loading model", type: "unavailable_error", code: 503 } }, { status: 503 }),
    "overloaded: llama.cpp answered 503: Loading model"
  ],
  ["429", () => new Response("slow down", { status: 429 }), "overloaded: llama.cpp answered 429: slow down"],
  [
    "an over-long prompt",
    () =>
      Response.json(
        {
          error: {
            code: 400,
            message: "request (5010 tokens) exceeds the available context size (2048 tokens), try increasing it",
            type: "exceed_context_size_error",
            n_prompt_tokens: 5010,
            n_ctx: 2048
          }
        },
        { status: 400 }
      ),
    "context_exceeded: llama.cpp answered 400: request (5010 tokens) exceeds the available context size (2048 tokens), try increasing it"
  ],
  [
    "a router without the model",
    () =>
      Response.json(
        { error: { code: 400, message: "model 'nope' not found", type: "invalid_request_error" } },
        { status: 400 }
      ),
    "model_not_found: llama.cpp answered 400: model 'nope' not found"
  ],
  [
    "a wrong key",
    () =>
      Response.json(
        { error: { message: "Invalid API Key", type: "authentication_error", code: 401 } },
        { status: 401 }
      ),
    "backend_error: llama.cpp refused the node's own credentials (401): Invalid API Key. Set LLAMACPP_API_KEY."
  ],
  [
    "tools without a parser",
    () =>
      Response.json(
        {
          error: {
            message: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
            type: "BadRequestError",
            param: null,
            code: 400
          }
        },
        { status: 400 }
      ),
    'unsupported: llama.cpp answered 400: "auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'
  ],
  [
    "a bare JSON string",
    () => Response.json("temperature must be at most 2", { status: 400 }),
    "bad_request: llama.cpp answered 400: temperature must be at most 2"
  ],
  [
    "a path of the operator's",
    () => Response.json({ error: { message: "cannot open /home/ada/models/secret.gguf today" } }, { status: 500 }),
    "backend_error: llama.cpp answered 500: cannot open (a path) today"
  ]
]

for (const [name, answer, said] of refusals) {
  it(`names the fault when a server answers with ${name}`, () =>
    Effect.gen(function* () {
      const { fault, message } = yield* failure(chat(answer).run)
      expect(`${fault}: ${message}`).toBe(said)
    }))
}

it("says that nothing answers when the connection is refused", () =>
  Effect.gen(function* () {
    const { fault, message } = yield* failure(OpenAi.make(site(fakeFetch({}).fetch), "vllm"))
    expect([fault, message]).toEqual(["backend_unreachable", "llama.cpp does not answer: connection refused"])
  }))

it("asks for the usage, and once more without where a strict server refuses to be asked", () =>
  Effect.gen(function* () {
    let tries = 0
    const strict = () =>
      ++tries === 1
        ? Response.json({ error: { message: "unknown field stream_options" } }, { status: 400 })
        : answered()
    const { requests, run } = chat(strict)
    expect((yield* run).usage).toEqual({ prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 })
    const bodies = requests().map(({ body }) => body)
    expect(bodies).toMatchObject([{ stream: true, stream_options: { include_usage: true } }, { stream: true }])
    expect(bodies[1]).not.toHaveProperty("stream_options")
  }))

it("leaves max_tokens to the server that says it does not fit, and refuses a prompt that does not either", () =>
  Effect.gen(function* () {
    const message =
      "'max_tokens' is too large: 5000. This model's maximum context length is 2048 tokens and your request has"
    const { requests, run } = chat(() =>
      Response.json({ error: { message: `${message} 20 input tokens` } }, { status: 400 })
    )
    expect((yield* failure(run)).fault).toBe("context_exceeded")
    expect(requests().map(({ body }) => Object.hasOwn(body as object, "max_tokens"))).toEqual([true, false])
  }))

it("sends the key and nothing of it into messages", () =>
  Effect.gen(function* () {
    const { asked, fetch } = openAiServer({ [path]: () => new Response("no", { status: 403 }) })
    const backend = yield* OpenAi.make({ ...site(fetch), apiKey: Redacted.make("s3cret") }, "llamacpp")
    const { message } = yield* failure(backend.chat(ask("Hello"), collector().emit))
    expect(asked(path).at(-1)?.headers.get("authorization")).toBe("Bearer s3cret")
    expect(message).not.toContain("s3cret")
  }))

const event = (text: string) => `data: {"choices":[{"delta":{"content":"${text}"},"finish_reason":"stop"}]}\n\n`

it("waits for its consumer before it reads on", () =>
  Effect.gen(function* () {
    let pulled = 0
    const stream = new ReadableStream<string>(
      { pull: (controller) => controller.enqueue(++pulled > 20 ? "data: [DONE]\n\n" : event(String(pulled))) },
      { highWaterMark: 0 }
    )
    const { fetch } = openAiServer({ [path]: () => eventStream(stream.pipeThrough(new TextEncoderStream())) })
    const backend = yield* OpenAi.make(site(fetch), "llamacpp")
    const gate = Promise.withResolvers<void>()
    const reached = yield* Deferred.make<void>()
    let taken = 0
    const running = yield* backend
      .chat(ask("Hello"), () => {
        taken += 1
        if (taken > 1) return undefined
        Deferred.doneUnsafe(reached, Effect.void)
        return gate.promise
      })
      .pipe(Effect.forkChild)
    yield* Deferred.await(reached)
    const whileWaiting = taken
    gate.resolve()
    yield* Fiber.join(running)
    expect([whileWaiting, taken]).toEqual([1, 20])
  }))

it("aborts its request before the first byte, and tells SGLang", () =>
  Effect.gen(function* () {
    const asked = yield* Deferred.make<AbortSignal>()
    const told = yield* Deferred.make<unknown>()
    const { fetch } = openAiServer({
      "/abort_request": async (request) => {
        Deferred.doneUnsafe(told, Effect.succeed(await request.json()))
        return new Response("")
      },
      [path]: (request) => {
        Deferred.doneUnsafe(asked, Effect.succeed(request.signal))
        return Promise.withResolvers<Response>().promise
      }
    })
    const backend = yield* OpenAi.make(site(fetch), "sglang")
    const running = yield* backend.chat(ask("Hello"), collector().emit).pipe(Effect.forkChild)
    const signal = yield* Deferred.await(asked)
    yield* Fiber.interrupt(running)
    expect(signal.aborted).toBe(true)
    expect(isInterrupted(yield* Fiber.await(running))).toBe(true)
    expect(yield* Deferred.await(told)).toEqual({ rid: expect.stringMatching(/^inft-/) })
  }))

const list = (...models: ReadonlyArray<unknown>) => identifyModels({ object: "list", data: models })

test("tells the servers apart by what they say, never by their port", () => {
  expect([
    list({ id: "a", owned_by: "llamacpp" }),
    list({ id: "a", owned_by: "llama-swap" }),
    list({ id: "a", owned_by: "vllm" }),
    list({ id: "a", owned_by: "sglang" }),
    list({ id: "a", owned_by: "", max_model_len: 2048 }),
    list({ id: "a", owned_by: "openai" }),
    identifyModels({ models: [] })
  ]).toEqual(["llamacpp", "llamaswap", "vllm", "sglang", "max", "openai", undefined])
})

test("offers models under names that give nothing away, and none of somebody else's", () => {
  const offers = readModels(
    { kind: "llamaswap", slots: 2, capabilities: ["chat"] },
    {
      data: [
        { id: "/home/ada/models/fox-7b.Q8_0.gguf", meta: { n_ctx: 2048, size: 5, ftype: "Q8_0" } },
        { id: "org/fox", status: { value: "unloaded" }, max_model_len: 4096 },
        { id: "far", meta: { llamaswap: { type: "peer" } } }
      ]
    }
  )
  const shared = { backend: "llamaswap" as const, capabilities: ["chat" as const], slots: 2 }
  expect(offers.map(({ offer }) => offer)).toEqual([
    { ...shared, id: "fox-7b.Q8_0", state: "loaded", bytes: 5, context_length: 2048, quantization: "Q8_0" },
    { ...shared, id: "org/fox", state: "loadable", context_length: 4096 }
  ])
  expect(offers[0]?.upstream).toBe("/home/ada/models/fox-7b.Q8_0.gguf")
})
