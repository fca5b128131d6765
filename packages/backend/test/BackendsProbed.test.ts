import { expect } from "bun:test"
import type { ModelOffer } from "@infernet/contract/Node"
import { it } from "@infernet/testing/harness"
import { ConfigProvider, Deferred, Effect, Fiber, Layer, Queue, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { BackendError } from "../src/Backend.ts"
import { Backends } from "../src/Backends.ts"
import { layerNoDeps } from "../src/BackendsProbed.ts"
import { chatOnly } from "../src/chatOnly.ts"
import { EmbeddedEngine } from "../src/embedded/EmbeddedEngine.ts"
import { ask, collector, eventStream, failure } from "./replay.ts"

const refused = () => {
  throw Object.assign(new TypeError("Unable to connect."), { code: "ECONNREFUSED" })
}
const ok = 'data: {"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'

/** A machine: servers by host and port, each a map of paths, that tests plug in and out. */
const machine = () => {
  const servers = new Map<string, Record<string, () => Response>>()
  const asked: Array<string> = []
  const answer = async (input: string | URL | Request) => {
    const { host, pathname } = new URL(String(input))
    asked.push(`${host}${pathname}`)
    const server = servers.get(host)
    if (server === undefined) return refused()
    return (server[pathname] ?? (() => new Response("", { status: 404 })))()
  }
  return { servers, asked, fetch: Object.assign(answer, { preconnect: () => undefined }) as typeof globalThis.fetch }
}

const vllm = (model = "fox-7b") => ({
  "/v1/models": () => Response.json({ object: "list", data: [{ id: model, owned_by: "vllm", max_model_len: 4096 }] }),
  "/version": () => Response.json({ version: "0.32.0" }),
  "/v1/chat/completions": () => eventStream(ok)
})
const stranger = {
  "/v1/models": () => Response.json({ object: "list", data: [{ id: "gpt-9", owned_by: "somebody" }] })
}

const demo: ModelOffer = {
  id: "tiny-demo",
  backend: "embedded",
  state: "loaded",
  capabilities: ["chat"],
  slots: 4,
  demo: true
}

/** An engine that says when it starts and stops, and whose chats end when the test says so. */
const engine = Effect.gen(function* () {
  const life = yield* Queue.unbounded<"started" | "stopped">()
  const release = yield* Deferred.make<void>()
  const layer = Layer.succeed(EmbeddedEngine, {
    start: () =>
      Effect.gen(function* () {
        yield* Queue.offer(life, "started")
        yield* Effect.addFinalizer(() => Queue.offer(life, "stopped"))
        const end = {
          finish_reason: "stop" as const,
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
        }
        return {
          kind: "embedded",
          address: "in process",
          version: "1",
          models: Effect.succeed([demo]),
          chat: () => Effect.as(Deferred.await(release), end),
          ...chatOnly("the engine"),
          pid: () => undefined
        }
      })
  })
  return { life, release, layer }
})

const world = Effect.fnUntraced(function* (
  environment: Record<string, string> = {},
  plug: (servers: ReturnType<typeof machine>["servers"]) => void = () => undefined
) {
  const { asked, fetch, servers } = machine()
  plug(servers)
  const { layer, life, release } = yield* engine
  const context = yield* Layer.build(
    layerNoDeps.pipe(
      Layer.provide(layer),
      Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(environment))),
      Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch))
    )
  )
  const backends = yield* Backends.pipe(Effect.provideContext(context))
  /** Snapshots as they change, by the models in them. */
  const seen = yield* Queue.unbounded<ReadonlyArray<string>>()
  yield* backends.changes.pipe(
    Stream.runForEach(({ models }) =>
      Queue.offer(
        seen,
        models.map(({ id }) => id)
      )
    ),
    Effect.forkScoped({ startImmediately: true })
  )
  return { asked, servers, life, release, backends, seen }
})

it("serves the demo model while nothing answers, and leaves it to a real backend that comes later", () =>
  Effect.gen(function* () {
    const { backends, life, release, seen, servers } = yield* world()
    expect(yield* Queue.take(life)).toBe("started")
    expect(yield* Queue.take(seen)).toEqual(["tiny-demo"])
    const running = yield* backends.chat(ask("Hi"), collector().emit).pipe(Effect.forkChild({ startImmediately: true }))
    servers.set("127.0.0.1:8000", vllm())
    yield* TestClock.adjust("5 seconds")
    expect(yield* Queue.take(seen)).toEqual(["fox-7b"])
    // What it had begun it finishes; then it goes.
    expect(yield* Queue.size(life)).toBe(0)
    yield* Deferred.succeed(release, undefined)
    expect((yield* Fiber.join(running)).finish_reason).toBe("stop")
    expect(yield* Queue.take(life)).toBe("stopped")
    expect(yield* backends.snapshot).toEqual({
      backends: [{ kind: "vllm", version: "0.32.0", healthy: true }],
      models: [
        {
          id: "fox-7b",
          backend: "vllm",
          state: "loaded",
          context_length: 4096,
          capabilities: ["chat", "tools", "json"],
          slots: 32
        }
      ]
    })
  }))

it("loses a backend within one check, and finds it again by itself", () =>
  Effect.gen(function* () {
    const { seen, servers } = yield* world({ INFERNET_BACKEND: "vllm" }, (servers) =>
      servers.set("127.0.0.1:8000", vllm())
    )
    expect(yield* Queue.take(seen)).toEqual(["fox-7b"])
    servers.clear()
    yield* TestClock.adjust("10 seconds")
    expect(yield* Queue.take(seen)).toEqual([])
    servers.set("127.0.0.1:8000", vllm())
    yield* TestClock.adjust("5 seconds")
    expect(yield* Queue.take(seen)).toEqual(["fox-7b"])
    // Nothing changes, nothing is said.
    yield* TestClock.adjust("5 minutes")
    expect(yield* Queue.size(seen)).toBe(0)
  }))

it("withdraws a backend at the first chat that is refused, before the next check", () =>
  Effect.gen(function* () {
    const { backends, seen, servers } = yield* world({ INFERNET_BACKEND: "vllm" }, (servers) =>
      servers.set("127.0.0.1:8000", vllm())
    )
    expect(yield* Queue.take(seen)).toEqual(["fox-7b"])
    servers.clear()
    const chat = backends.chat(ask("Hi", { model: "fox-7b" }), collector().emit)
    expect((yield* failure(chat)).fault).toBe("backend_unreachable")
    expect((yield* failure(chat)).fault).toBe("model_not_found")
    expect(yield* Queue.take(seen)).toEqual([])
  }))

it("looks again at once when asked, and less and less often while nothing is there", () =>
  Effect.gen(function* () {
    const { asked, backends, servers } = yield* world({ INFERNET_BACKEND: "vllm" })
    const looks = () => asked.filter((one) => one === "127.0.0.1:8000/v1/models").length
    expect(looks()).toBe(1)
    yield* TestClock.adjust("5 seconds")
    yield* TestClock.adjust("10 seconds")
    yield* TestClock.adjust("20 seconds")
    expect(looks()).toBe(4)
    yield* TestClock.adjust("30 seconds")
    expect(looks()).toBe(4)
    servers.set("127.0.0.1:8000", vllm())
    expect((yield* backends.refresh).models.map(({ id }) => id)).toEqual(["fox-7b"])
  }))

const plug = (servers: ReturnType<typeof machine>["servers"]) => servers.set("127.0.0.1:8000", stranger)

it("takes a server of an unknown make only where the operator named it", () =>
  Effect.gen(function* () {
    const found = yield* world({}, plug)
    expect((yield* found.backends.snapshot).models.map(({ id }) => id)).toEqual(["tiny-demo"])
    const named = yield* world({ INFERNET_BACKEND: "http://127.0.0.1:8000" }, plug)
    expect((yield* named.backends.snapshot).backends).toEqual([{ kind: "openai", healthy: true }])
  }))

it("joins the slots of backends that serve one model, and sends a chat to the less busy", () =>
  Effect.gen(function* () {
    const { asked, backends } = yield* world({ INFERNET_BACKEND: "http://a:1,http://b:1" }, (servers) => {
      servers.set("a:1", vllm())
      servers.set("b:1", vllm())
    })
    expect((yield* backends.snapshot).models).toMatchObject([{ id: "fox-7b", slots: 64 }])
    const chat = backends.chat(ask("Hi", { model: "fox-7b" }), collector().emit)
    yield* Effect.all([chat, chat], { concurrency: 2 })
    expect(asked.filter((one) => one.endsWith("completions"))).toEqual([
      "a:1/v1/chat/completions",
      "b:1/v1/chat/completions"
    ])
  }))

it("uses every instance of a kind, also on hosts of the operator's", () =>
  Effect.gen(function* () {
    const { backends } = yield* world({ VLLM_HOST: "gpu-1, gpu-2:9000" }, (servers) => {
      servers.set("gpu-1:8000", vllm())
      servers.set("gpu-2:9000", vllm("owl-3b"))
      servers.set("127.0.0.1:8000", vllm("not-asked"))
    })
    const { backends: found, models } = yield* backends.snapshot
    expect(found.map(({ kind }) => kind)).toEqual(["vllm", "vllm"])
    expect(models.map(({ id }) => id)).toEqual(["fox-7b", "owl-3b"])
  }))

it("offers and runs no model but those the operator serves", () =>
  Effect.gen(function* () {
    const { backends } = yield* world({ VLLM_HOST: "a,b", INFERNET_SERVED_MODELS: "Owl-*" }, (servers) => {
      servers.set("a:8000", vllm())
      servers.set("b:8000", vllm("owl-3b"))
    })
    expect((yield* backends.snapshot).models.map(({ id }) => id)).toEqual(["owl-3b"])
    const chat = backends.chat(ask("Hi", { model: "fox-7b" }), collector().emit)
    expect((yield* failure(chat)).fault).toBe("model_not_found")
  }))

const answering = (status: number, body: string) => ({ "/v1/models": () => new Response(body, { status }) })

it("says of every address what was found there, and why it is not used", () =>
  Effect.gen(function* () {
    const { backends } = yield* world(
      { LLAMACPP_HOST: "page,locked,loading,empty,other", LLAMASWAP_HOST: "llama", INFERNET_SERVED_MODELS: "fox-7b" },
      (servers) => {
        servers.set("127.0.0.1:8000", vllm())
        servers.set("127.0.0.1:8080", stranger)
        servers.set("127.0.0.1:30000", vllm())
        servers.set("page:8080", answering(200, "<html>"))
        servers.set("locked:8080", answering(401, '{"error":{"message":"Invalid API Key"}}'))
        servers.set("loading:8080", answering(503, '{"error":{"message":"Loading model"}}'))
        servers.set("empty:8080", {
          "/v1/models": () => Response.json({ object: "list", data: [] }),
          "/props": () => Response.json({ role: "router", build_info: "b1" })
        })
        servers.set("other:8080", vllm("owl-3b"))
      }
    )
    const told = (yield* backends.verdicts).map(({ address, kind, models, reason, used, version }) => [
      address.replace("http://", ""),
      `${kind} ${version ?? "?"} ${used ? models.map(({ id }) => id).join() : "unused"}`,
      reason
    ])
    expect(told).toEqual([
      ["127.0.0.1:11434", "ollama ? unused", "Ollama does not answer: connection refused"],
      ["127.0.0.1:8000", "vllm 0.32.0 fox-7b", ""],
      [
        "127.0.0.1:30000",
        "vllm ? unused",
        "vLLM answers where SGLang is looked for: to use it, set INFERNET_BACKEND=http://127.0.0.1:30000"
      ],
      [
        "127.0.0.1:8080",
        "openai ? unused",
        "an OpenAI-compatible server of an unknown make answers there; it may be a gateway to a paid account: to use it, set INFERNET_BACKEND=http://127.0.0.1:8080"
      ],
      [
        "page:8080",
        "llamacpp ? unused",
        "what answers there is no inference server (llama.cpp answered /v1/models with something but JSON): correct the address, or start the server there"
      ],
      [
        "locked:8080",
        "llamacpp ? unused",
        "llama.cpp refused the node's own credentials (401): Invalid API Key. Set LLAMACPP_API_KEY."
      ],
      ["loading:8080", "llamacpp ? unused", "llama.cpp answered 503: Loading model; it is used as soon as it is ready"],
      ["empty:8080", "llamacpp b1 unused", "it answers, but serves no model: start it with one"],
      ["other:8080", "vllm 0.32.0 unused", "served_models (INFERNET_SERVED_MODELS) names none of its 1 models"],
      ["llama:8080", "llamaswap ? unused", "llama-swap does not answer: connection refused"],
      [
        "in process",
        "embedded ? unused",
        "it stands in only while no other backend answers and the models folder is empty"
      ]
    ])
  }))

it("stays up when the engine does not start", () =>
  Effect.gen(function* () {
    const broken = Layer.succeed(EmbeddedEngine, {
      start: () => Effect.fail(new BackendError({ fault: "backend_error", message: "no such CPU" }))
    })
    const context = yield* Layer.build(
      layerNoDeps.pipe(
        Layer.provide(broken),
        Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({}))),
        Layer.provide(Layer.succeed(FetchHttpClient.Fetch, machine().fetch))
      )
    )
    const backends = yield* Backends.pipe(Effect.provideContext(context))
    expect(yield* backends.snapshot).toEqual({ backends: [], models: [] })
  }))
