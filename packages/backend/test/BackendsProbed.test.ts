import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { ConfigProvider, Deferred, Effect, Fiber, Layer, Queue } from "effect"
import { FetchHttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { BackendError } from "../src/Backend.ts"
import { Backends } from "../src/Backends.ts"
import { layerNoDeps } from "../src/BackendsProbed.ts"
import { EmbeddedEngine } from "../src/embedded/EmbeddedEngine.ts"
import { machine, stranger, vllm, world } from "./backendsWorld.ts"
import { ask, collector, failure } from "./replay.ts"
import { surroundings } from "./surroundings.ts"

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
    expect(yield* backends.snapshot).toMatchObject({
      backends: [{ kind: "vllm", version: "0.32.0", healthy: true }],
      models: [{ id: "fox-7b", backend: "vllm", state: "loaded", context_length: 4096 }]
    })
  }))

const counters = (running: number) => () =>
  new Response(`# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{engine="0"} ${running}.0\n`)

it("hires the engine beside another backend for a file in the models folder, and still offers no toy", () =>
  Effect.gen(function* () {
    const { backends, files, fs, life } = yield* world({}, (servers) => servers.set("127.0.0.1:8000", vllm()))
    expect(yield* Queue.size(life)).toBe(0)
    yield* fs.writeFileString(`${files.directory}/owl.gguf`, "GGUF")
    yield* backends.refresh
    expect(yield* Queue.take(life)).toBe("started")
    const { backends: kinds, models } = yield* backends.snapshot
    expect(kinds.map(({ kind }) => kind)).toEqual(["vllm", "embedded"])
    expect(models.map(({ id }) => id)).toEqual(["fox-7b"])
    yield* backends.remove("owl")
    expect(yield* Queue.take(life)).toBe("stopped")
  }))

it("tells how busy a backend is as of the last check, without calling that a change", () =>
  Effect.gen(function* () {
    const { backends, seen, servers } = yield* world({ INFERNET_BACKEND: "vllm" }, (servers) =>
      servers.set("127.0.0.1:8000", { ...vllm(), "/metrics": counters(1) })
    )
    const running = Effect.map(backends.snapshot, (now) => now.backends[0]?.readings?.running)
    expect(yield* Queue.take(seen)).toEqual(["fox-7b"])
    expect(yield* running).toBe(1)
    servers.set("127.0.0.1:8000", { ...vllm(), "/metrics": counters(3) })
    yield* TestClock.adjust("10 seconds")
    expect(yield* running).toBe(3)
    expect(yield* Queue.size(seen)).toBe(0)
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
    const before = asked.length
    yield* Effect.all([chat, chat], { concurrency: 2 })
    expect(asked.slice(before).filter((one) => one.endsWith("completions"))).toEqual([
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

it("stays up when the engine does not start", () =>
  Effect.gen(function* () {
    const broken = Layer.succeed(EmbeddedEngine, {
      start: () => Effect.fail(new BackendError({ fault: "backend_error", message: "no such CPU" }))
    })
    const context = yield* Layer.build(
      layerNoDeps.pipe(
        Layer.provide(broken),
        Layer.provide(surroundings),
        Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({}))),
        Layer.provide(Layer.succeed(FetchHttpClient.Fetch, machine().fetch))
      )
    )
    const backends = yield* Backends.pipe(Effect.provideContext(context))
    expect(yield* backends.snapshot).toEqual({ backends: [], models: [] })
  }))

it("offers no name that would cost the node its link, each name once, and no more than a node may", () =>
  Effect.gen(function* () {
    const many = Array.from({ length: 1_100 }, (_, n) => ({ id: `many-${n}`, owned_by: "vllm" }))
    const listed = [
      { id: "fox", owned_by: "vllm", meta: { ftype: "Q".repeat(5_000) } },
      { id: "/srv/b/fox.gguf" },
      { id: "red\u001b[31m" },
      { id: "two\nlines" },
      { id: "half\ud800" },
      { id: "  " },
      { id: "models/private/owl.gguf" },
      ...many
    ]
    const server = { ...vllm(), "/v1/models": () => Response.json({ data: listed }) }
    const other = {
      ...vllm("another"),
      "/v1/models": () => Response.json({ data: many.map(({ id }) => ({ id: `b-${id}`, owned_by: "vllm" })) })
    }
    const { backends } = yield* world({ VLLM_INSTANCES: "127.0.0.1:8000,127.0.0.1:8001" }, (servers) =>
      servers.set("127.0.0.1:8000", server).set("127.0.0.1:8001", other)
    )
    const { models } = yield* backends.snapshot
    expect(models).toHaveLength(1024)
    expect(models.slice(0, 3).map(({ id }) => id)).toEqual(["fox", "owl", "many-0"])
    expect(new Set(models.map(({ slots }) => slots)).size).toBe(1)
    expect(models[0]?.quantization).toBeUndefined()
    const verdict = (yield* backends.verdicts).find(({ address }) => address.endsWith(":8000"))
    expect(verdict?.models.slice(0, 2).map(({ id }) => id)).toEqual(["fox", "owl"])
  }))
