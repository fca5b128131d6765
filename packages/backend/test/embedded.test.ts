/** The embedded engine as it ships: the real process, the real model. */
import { afterAll, beforeAll, expect, test } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Deferred, Effect, Exit, Fiber, References, Schedule, Scope } from "effect"
import { EmbeddedEngine, type RunningEngine } from "../src/embedded/EmbeddedEngine.ts"
import { ask, collector, failure } from "./replay.ts"

const scope = Scope.makeUnsafe()
let engine: RunningEngine
let restarts = 0

beforeAll(async () => {
  const start = EmbeddedEngine.use((engine) => engine.start(() => void (restarts += 1)))
  engine = await Effect.runPromise(
    start.pipe(
      Scope.provide(scope),
      Effect.provide(EmbeddedEngine.layer),
      Effect.provideService(References.MinimumLogLevel, "None")
    )
  )
}, 20_000)
afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

const run = (request: ReturnType<typeof ask>) =>
  Effect.gen(function* () {
    const { emit, records, text } = collector()
    const end = yield* engine.chat(request, emit)
    return { end, records, text: text() }
  })

const says = (request: ReturnType<typeof ask>) => Effect.map(run(request), ({ text }) => text)

/** A chat that is far from its end; `begun` is done at its first piece. */
const longChat = Effect.gen(function* () {
  const begun = yield* Deferred.make<void>()
  const fiber = yield* engine
    .chat(ask("Write a long story about an owl.", { max_tokens: 2000 }), () => {
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
    description: "Get the weather in a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
  }
}

it.live("offers the demo model, and says that it is one", () =>
  Effect.gen(function* () {
    expect(yield* engine.models).toEqual([
      {
        id: "tiny-demo",
        backend: "embedded",
        state: "loaded",
        bytes: 2304768,
        context_length: 2048,
        quantization: "Q8_0",
        capabilities: ["chat", "tools", "json"],
        slots: 4,
        demo: true
      }
    ])
    expect(engine.version).toMatch(/^3\./)
  })
)

it.live("answers what it was asked, and counts the tokens of the whole prompt", () =>
  Effect.gen(function* () {
    const capital = yield* run(ask("What is the capital of France?"))
    expect(capital.text).toBe("The capital of France is Paris.")
    expect(capital.end).toMatchObject({ finish_reason: "stop", usage: { prompt_tokens: 17 } })
    expect(yield* says(ask("What is the capital of Norway?"))).toBe("The capital of Norway is Oslo.")
    expect(yield* says(ask("Echo tavimo"))).toBe("tavimo")
  })
)

it.live("remembers what was said earlier in the conversation, and finds it in its cache", () =>
  Effect.gen(function* () {
    const messages = [
      { role: "user" as const, content: "My name is Ada." },
      { role: "assistant" as const, content: "Nice to meet you, Ada!" },
      { role: "user" as const, content: "What is my name?" }
    ]
    const { end, text } = yield* run(ask("", { messages }))
    expect([text, end.usage.prompt_tokens]).toEqual(["Your name is Ada.", 35])
    const again = yield* run(ask("", { messages }))
    expect(again.end.usage).toMatchObject({ prompt_tokens: 35, cached_tokens: 34 })
  })
)

it.live("calls a tool, and answers from what the tool said", () =>
  Effect.gen(function* () {
    const question = ask("What is the weather in Paris?", { tools: [weather] })
    const { end, records } = yield* run(question)
    const pieces = records.map(([kind, text]) => ({
      kind,
      ...(JSON.parse(text) as { id?: string; arguments: string })
    }))
    expect(pieces[0]).toMatchObject({ kind: "tool_call", index: 0, name: "get_weather" })
    expect(JSON.parse(pieces.map((piece) => piece.arguments).join(""))).toEqual({ city: "Paris" })
    expect(end.finish_reason).toBe("tool_calls")
    const id = String(pieces[0]?.id)
    const answer = yield* says({
      ...question,
      messages: [
        ...question.messages,
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id, type: "function", function: { name: "get_weather", arguments: '{"city":"Paris"}' } }]
        },
        { role: "tool", tool_call_id: id, content: '{"sky": "sunny", "temperature": 18}' }
      ]
    })
    expect(answer).toBe("It is sunny in Paris, and the temperature is 18 degrees.")
  })
)

it.live("keeps to a JSON schema", () =>
  Effect.gen(function* () {
    const schema = {
      type: "object",
      properties: { pet: { type: "string" }, legs: { type: "integer" } },
      required: ["pet", "legs"]
    }
    const text = yield* says(
      ask("Give me a JSON object with a name and an age.", {
        response_format: { type: "json_schema", json_schema: { name: "pet", schema } }
      })
    )
    expect(JSON.parse(text)).toEqual({ pet: expect.any(String), legs: expect.any(Number) })
  })
)

const sampled = (seed: number) =>
  says(ask("Tell me a story about a fox.", { temperature: 1, top_p: 0.95, seed, max_tokens: 40 }))

it.live("samples the same answer twice from one seed, and stops at a stop string without giving it away", () =>
  Effect.gen(function* () {
    const first = yield* sampled(7)
    expect(yield* sampled(7)).toBe(first)
    expect(yield* sampled(8)).not.toBe(first)
    const stopped = yield* run(ask("Count from 3 to 9.", { stop: ["6"] }))
    expect([stopped.text, stopped.end.finish_reason]).toEqual(["3, 4, 5, ", "stop"])
  })
)

it.live("says length at max_tokens and at the context's end, and refuses what does not fit", () =>
  Effect.gen(function* () {
    const short = yield* run(ask("Write a long story about an owl.", { max_tokens: 20 }))
    expect(short.end).toMatchObject({ finish_reason: "length", usage: { completion_tokens: 20 } })
    const full = yield* run(
      ask(`Repeat: ${"silver river ".repeat(450)} Write a long story about an owl.`, {
        max_tokens: 2000,
        temperature: 1,
        seed: 1
      })
    )
    expect(full.end.usage.total_tokens).toBeLessThanOrEqual(2048)
    const error = yield* failure(engine.chat(ask("word ".repeat(3000)), collector().emit))
    expect([error.fault, error.message]).toEqual([
      "context_exceeded",
      "The prompt has 3010 tokens; the context holds 2048."
    ])
  })
)

it.live("refuses by name what it cannot do", () =>
  Effect.gen(function* () {
    const forced = yield* failure(
      engine.chat(ask("Hi", { tools: [weather], tool_choice: "required" }), collector().emit)
    )
    expect(forced.fault).toBe("unsupported")
  })
)

it.live("treats template marks in a message as text", () =>
  Effect.gen(function* () {
    const { end } = yield* run(ask("Echo tavimo<|im_end|>"))
    const { end: plain } = yield* run(ask("Echo tavimo"))
    // One special token would make it one longer; as text it is several.
    expect(end.usage.prompt_tokens - plain.usage.prompt_tokens).toBeGreaterThan(2)
  })
)

const capital = (country: string, city: string) => `The capital of ${country} is ${city}.`

it.live("runs eight chats at once, each with its own answer", () =>
  Effect.gen(function* () {
    const answers = yield* Effect.forEach(
      ["France", "Norway", "Italy", "Spain"].flatMap((country) => [
        `What is the capital of ${country}?`,
        "Echo tavimo"
      ]),
      (text) => says(ask(text)),
      { concurrency: "unbounded" }
    )
    const cities = [
      capital("France", "Paris"),
      capital("Norway", "Oslo"),
      capital("Italy", "Rome"),
      capital("Spain", "Madrid")
    ]
    expect(answers).toEqual(cities.flatMap((city) => [city, "tavimo"]))
  })
)

it.live("begins a chat at once beside others that go on, also where another chat was before", () =>
  Effect.gen(function* () {
    const others = yield* Effect.all([longChat, longChat])
    for (const text of ["Echo tavimo", "What is the capital of France?", "Echo tavimo", "Count from 3 to 9."]) {
      yield* says(ask(text))
    }
    expect(others.map((fiber) => fiber.pollUnsafe())).toEqual([undefined, undefined])
    yield* Fiber.interruptAll(others)
  })
)

it.live("frees its slot as soon as a chat is interrupted, waiting or running", () =>
  Effect.gen(function* () {
    const running = yield* Effect.all([longChat, longChat, longChat, longChat])
    const queued = yield* engine
      .chat(ask("Echo tavimo"), collector().emit)
      .pipe(Effect.forkChild({ startImmediately: true }))
    yield* Fiber.interruptAll([queued, ...running])
    expect(yield* says(ask("Echo tavimo")).pipe(Effect.timeout("1 second"))).toBe("tavimo")
  })
)

it.live(
  "fails a chat by name when the process is killed under it, and brings the model back by itself",
  () =>
    Effect.gen(function* () {
      const chat = yield* longChat
      const before = restarts
      process.kill(Number(engine.pid()), "SIGKILL")
      const result = yield* Fiber.join(chat)
      expect(result).toMatchObject({
        _tag: "Failure",
        failure: { fault: "backend_error", message: "The embedded engine stopped in the middle of its answer." }
      })
      expect((yield* failure(engine.chat(ask("Hi"), collector().emit))).fault).toBe("backend_unreachable")
      yield* engine.models.pipe(Effect.retry(Schedule.spaced("50 millis").pipe(Schedule.upTo({ times: 200 }))))
      expect(yield* says(ask("Echo tavimo"))).toBe("tavimo")
      // Gone and back: both are told.
      expect(restarts).toBe(before + 2)
    }),
  { timeout: 15_000 }
)

const parentPath = Bun.fileURLToPath(new URL("./embedded-parent.ts", import.meta.url))

for (const [moment, ready] of [
  ["while it loads", false],
  ["once it serves", true]
] as const) {
  test(`ends with its parent, even when that is killed ${moment}`, async () => {
    const parent = Bun.spawn([process.execPath, parentPath], { stdio: ["ignore", "pipe", "pipe"] })
    const lines = parent.stdout.getReader()
    await lines.read()
    if (ready) await lines.read()
    parent.kill("SIGKILL")
    // The engine shares its parent's stderr: that ends when both are gone.
    expect(await new Response(parent.stderr).text()).toBe("")
  }, 15_000)
}
