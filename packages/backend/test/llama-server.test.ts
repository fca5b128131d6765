/** A real llama-server behind the real probe, adapter and watch. */
import { dirname } from "node:path"
import { afterAll, beforeAll, expect, test } from "bun:test"
import { it } from "@infernet/testing/harness"
import { ConfigProvider, Deferred, Effect, Exit, Fiber, Layer, References, Schedule, Scope, Stream } from "effect"
import { Backends } from "../src/Backends.ts"
import { layer } from "../src/BackendsProbed.ts"
import { freePort, howToGetIt, type LlamaServer, model, program, start } from "./llamaServer.ts"
import { ask, collector, failure } from "./replay.ts"
import { surroundings } from "./surroundings.ts"

if (program === undefined && process.env["CI"] === "true") {
  test(`llama-server is there (${howToGetIt})`, () => expect(program).toBeDefined())
}

const needed =
  program === undefined
    ? (name: string) => test.skip(`${name} (no llama-server: ${howToGetIt})`, () => undefined)
    : it.live

const scope = Scope.makeUnsafe()
const port = freePort()
let server: LlamaServer
let backends: Backends["Service"]

const launch = Effect.suspend(() => start(port)).pipe(
  Scope.provide(scope),
  Effect.tap((started) => Effect.sync(() => (server = started)))
)

/** The live layer, told to look at this port. */
const watch = Effect.fnUntraced(function* (port: number) {
  const environment = ConfigProvider.layer(ConfigProvider.fromUnknown({ INFERNET_BACKEND: `127.0.0.1:${port}` }))
  const context = yield* Layer.build(layer.pipe(Layer.provide([environment, surroundings])))
  return yield* Backends.pipe(Effect.provideContext(context))
})

beforeAll(async () => {
  if (program === undefined) return
  const up = Effect.gen(function* () {
    yield* launch
    backends = yield* Scope.provide(watch(port), scope)
  })
  await Effect.runPromise(Effect.provideService(up, References.MinimumLogLevel, "None"))
}, 30_000)
afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

const run = (request: ReturnType<typeof ask>) =>
  Effect.gen(function* () {
    const { emit, records, text } = collector()
    const end = yield* backends.chat(request, emit)
    return { end, records, text: text() }
  })

/** Bounded waiting for a fact at the server: 200 looks at most, 20 ms apart. */
const eventually = <A>(look: Effect.Effect<A>, holds: (value: A) => boolean) =>
  look.pipe(
    Effect.flatMap((value) => (holds(value) ? Effect.succeed(value) : Effect.fail(value))),
    Effect.retry(Schedule.spaced("20 millis").pipe(Schedule.upTo({ times: 200 })))
  )

const busy = Effect.suspend(() => server.slots).pipe(
  Effect.map((slots) => slots.filter((slot) => slot.is_processing).length)
)

/** A chat that is far from its end; it has begun when this is done. */
const longChat = Effect.gen(function* () {
  const begun = yield* Deferred.make<void>()
  const fiber = yield* backends
    .chat(ask("Write a long story about an owl.", { max_tokens: 2000, temperature: 1, seed: 3 }), () => {
      Deferred.doneUnsafe(begun, Effect.void)
      return undefined
    })
    .pipe(Effect.result, Effect.forkChild)
  yield* Deferred.await(begun)
  return fiber
})

const weather = {
  type: "function" as const,
  function: {
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
  }
}

needed("knows the server by what it says, and what it can do", () =>
  Effect.gen(function* () {
    const { backends: statuses, models } = yield* backends.snapshot
    expect(statuses).toEqual([
      { kind: "llamacpp", version: expect.any(String), healthy: true, readings: { running: 0, slots: 4 } }
    ])
    expect(models).toEqual([
      {
        id: "tiny-demo",
        backend: "llamacpp",
        state: "loaded",
        bytes: 2304768,
        context_length: 2048,
        quantization: "Q8_0",
        capabilities: ["chat", "tools", "json", "logprobs", "completion"],
        slots: 4
      }
    ])
  })
)

needed("streams an answer and its usage, what is cached included", () =>
  Effect.gen(function* () {
    const { end, records, text } = yield* run(ask("What is the capital of France?"))
    expect(text).toBe("The capital of France is Paris.")
    expect(records.length).toBeGreaterThan(3)
    expect(end).toMatchObject({
      finish_reason: "stop",
      usage: { prompt_tokens: 17, cached_tokens: expect.any(Number) }
    })
    expect(end.usage.total_tokens).toBe(end.usage.prompt_tokens + end.usage.completion_tokens)
  })
)

needed("obeys stop, max_tokens and seed", () =>
  Effect.gen(function* () {
    const stopped = yield* run(ask("Count from 3 to 9.", { stop: ["6"] }))
    expect([stopped.text, stopped.end.finish_reason]).toEqual(["3, 4, 5, ", "stop"])
    const short = yield* run(ask("Write a long story about an owl.", { max_tokens: 20 }))
    expect(short.end).toMatchObject({ finish_reason: "length", usage: { completion_tokens: 20 } })
    const sampled = (seed: number) =>
      run(ask("Tell me a story about a fox.", { temperature: 1, seed, max_tokens: 40 })).pipe(
        Effect.map(({ text }) => text)
      )
    const first = yield* sampled(7)
    expect(yield* sampled(7)).toBe(first)
    expect(yield* sampled(8)).not.toBe(first)
  })
)

needed("calls a tool in pieces that make a whole", () =>
  Effect.gen(function* () {
    const { end, records } = yield* run(ask("What is the weather in Paris?", { tools: [weather] }))
    const pieces = records.map(([, text]) => JSON.parse(text) as { id?: string; name?: string; arguments: string })
    expect(pieces[0]).toMatchObject({ index: 0, id: expect.any(String), name: "get_weather" })
    expect(JSON.parse(pieces.map((piece) => piece.arguments).join(""))).toEqual({ city: "Paris" })
    expect(end.finish_reason).toBe("tool_calls")
  })
)

needed("refuses a model that it does not serve, though the server would answer to any name", () =>
  Effect.gen(function* () {
    const error = yield* failure(backends.chat(ask("Hi", { model: "gpt-9" }), collector().emit))
    expect([error.fault, error.message]).toEqual(["model_not_found", 'No backend of this node serves "gpt-9".'])
  })
)

needed("refuses a prompt that is longer than the context", () =>
  Effect.gen(function* () {
    const error = yield* failure(backends.chat(ask("word ".repeat(3000)), collector().emit))
    expect(error.fault).toBe("context_exceeded")
    expect(error.message).toContain("2048 tokens")
  })
)

needed("frees the server within a second when a chat is cancelled", () =>
  Effect.gen(function* () {
    const chat = yield* longChat
    expect(yield* busy).toBe(1)
    yield* Fiber.interrupt(chat)
    yield* eventually(busy, (count) => count === 0).pipe(Effect.timeout("1 second"))
  })
)

needed(
  "keeps twenty streams apart, on a server that runs four at once",
  () =>
    Effect.gen(function* () {
      const words = Array.from({ length: 20 }, (_, i) => `token-${i + 10}`)
      const answers = yield* Effect.forEach(words, (word) => run(ask(`Reply with exactly: ${word}`)), {
        concurrency: "unbounded"
      })
      expect(answers.map(({ text }) => text)).toEqual(words)
    }),
  { timeout: 15_000 }
)

needed(
  "names what happened when the server is killed, withdraws its models, and finds it again",
  () =>
    Effect.gen(function* () {
      const seen = yield* backends.changes.pipe(
        Stream.map(({ models }) => models.length),
        Stream.take(3),
        Stream.runCollect,
        Effect.forkChild({ startImmediately: true })
      )
      const chat = yield* longChat
      yield* server.kill
      expect(yield* Fiber.join(chat)).toMatchObject({
        _tag: "Failure",
        failure: { fault: "backend_error", message: "llama.cpp broke off its answer: connection closed" }
      })
      yield* eventually(backends.snapshot, ({ models }) => models.length === 0)
      expect((yield* failure(backends.chat(ask("Hi"), collector().emit))).fault).toBe("model_not_found")
      yield* launch
      // Without being asked to look: after the first pause of five seconds.
      expect(yield* Fiber.join(seen)).toEqual([1, 0, 1])
      expect((yield* run(ask("Echo tavimo"))).text).toBe("tavimo")
    }),
  { timeout: 30_000 }
)

needed(
  "offers what a router could load, loads it with the first chat, and then says that it is loaded",
  () =>
    Effect.gen(function* () {
      const routerPort = freePort()
      yield* start(routerPort, ["--models-dir", dirname(model)])
      const router = yield* watch(routerPort)
      const { models } = yield* router.snapshot
      expect(models).toMatchObject([{ backend: "llamacpp", state: "loadable", context_length: 2048 }])
      const { emit, text } = collector()
      yield* router.chat(ask("Echo tavimo", { model: String(models[0]?.id) }), emit)
      expect(text()).toBe("tavimo")
      expect((yield* router.refresh).models).toMatchObject([{ state: "loaded", quantization: "Q8_0" }])
    }),
  { timeout: 20_000 }
)
