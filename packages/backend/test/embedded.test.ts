/** The embedded engine as it ships: the real process, the real model. */
import { afterAll, beforeAll, expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect, Exit, Fiber, Schedule, type Schema, Scope } from "effect"
import type { RunningEngine } from "../src/embedded/EmbeddedEngine.ts"
import * as real from "./embedded/engine.ts"
import { ask, collector, failure } from "./replay.ts"

const scope = Scope.makeUnsafe()
let engine: RunningEngine
let restarts = 0

beforeAll(async () => {
  const start = Effect.flatMap(real.temporary, (folder) => real.start(folder, real.usual, () => void (restarts += 1)))
  engine = await Effect.runPromise(Scope.provide(start, scope))
}, 20_000)
afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

const run = (request: ReturnType<typeof ask>) => real.run(engine, request)
const says = (request: ReturnType<typeof ask>) => Effect.map(run(request), ({ text }) => text)
const longChat = Effect.suspend(() => real.longChat(engine))

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
        capabilities: ["chat", "completion", "embedding", "tools", "json"],
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
    // Across several tokens, of which the first are held back until it is known what they begin.
    const across = yield* run(ask("What is the capital of France?", { stop: ["zzz", "nce is P"] }))
    expect([across.text, across.end.finish_reason]).toEqual(["The capital of Fra", "stop"])
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

const format = (schema: Record<string, Schema.Json>) =>
  ({ type: "json_schema", json_schema: { name: "it", schema } }) as const

it.live("refuses by name what it cannot do", () =>
  Effect.gen(function* () {
    const refused = (more: Parameters<typeof ask>[1]) =>
      Effect.map(failure(engine.chat(ask("Hi", more), collector().emit)), ({ fault, message }) => ({ fault, message }))
    expect(yield* refused({ frequency_penalty: -1 })).toEqual({
      fault: "unsupported",
      message: 'The embedded engine takes no negative "frequency_penalty" (-1).'
    })
    expect(yield* refused({ tools: [weather], response_format: { type: "json_object" } })).toEqual({
      fault: "unsupported",
      message: 'The embedded engine takes "tools" or a "response_format", not both.'
    })
    expect(yield* refused({ response_format: format({ type: "integer", minimum: 3 }) })).toEqual({
      fault: "unsupported",
      message: 'The embedded engine cannot follow "minimum" in "response_format".'
    })
    expect(
      yield* refused({ tools: [weather], tool_choice: { type: "function", function: { name: "get_time" } } })
    ).toEqual({ fault: "bad_request", message: '"tool_choice" is "get_time", but "tools" has no such tool.' })
    expect([...engine.lacks.keys()]).toEqual(["logprobs", "top_logprobs", "image"])
  })
)

it.live("calls a tool where it must, the one that is named, and none where it may not", () =>
  Effect.gen(function* () {
    const time = { ...weather, function: { ...weather.function, name: "get_time", description: "Get the time" } }
    const tools = [weather, time]
    const called = (tool_choice: NonNullable<ReturnType<typeof ask>["tool_choice"]>) =>
      Effect.map(run(ask("Hello", { tools, tool_choice })), ({ end, records, text }) => ({
        finish: end.finish_reason,
        names: records.flatMap(([kind, piece]) =>
          kind === "tool_call" ? ((JSON.parse(piece) as { name?: string }).name ?? []) : []
        ),
        text
      }))
    expect(yield* called("required")).toMatchObject({ finish: "tool_calls", text: "" })
    expect(yield* called({ type: "function", function: { name: "get_time" } })).toEqual({
      finish: "tool_calls",
      names: ["get_time"],
      text: ""
    })
    const none = { finish: "stop" as const, names: [], text: "Hello! How can I help you today?" }
    expect(yield* called("auto")).toEqual(none)
    expect(yield* called("none")).toEqual(none)
  })
)

it.live("goes on with an answer that was begun, with the same words as if it had not been interrupted", () =>
  Effect.gen(function* () {
    const question = { role: "user" as const, content: "What is the capital of France?" }
    const begun = { role: "assistant" as const, content: "The capital of" }
    expect(yield* says(ask("", { messages: [question, begun] }))).toBe(" France is Paris.")
  })
)

it.live("goes on with a plain prompt, and says so in its counts", () =>
  Effect.gen(function* () {
    if (!engine.complete.can) throw new Error(engine.complete.why)
    const { emit, text } = collector()
    const prompt = "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\nThe capital"
    const end = yield* engine.complete.run({ model: "tiny-demo", prompt, max_tokens: 20 }, emit)
    expect([text(), end.finish_reason]).toEqual([" of France is Paris.", "stop"])
    expect(end.usage.prompt_tokens).toBe(19)
    const long = { model: "tiny-demo", prompt: "word ".repeat(3000), max_tokens: 20 }
    expect((yield* failure(engine.complete.run(long, emit))).fault).toBe("context_exceeded")
  })
)

it.live("makes vectors of length one, the same for the same text, and shorter ones where asked to", () =>
  Effect.gen(function* () {
    if (!engine.embed.can) throw new Error(engine.embed.why)
    const embed = engine.embed.run
    const { embeddings, prompt_tokens } = yield* embed({ model: "tiny-demo", input: ["river", "Paris", "river"] })
    const [river, paris, again] = embeddings
    expect(embeddings.map((vector) => [vector.length, Math.hypot(...vector).toFixed(6)])).toEqual([
      [192, "1.000000"],
      [192, "1.000000"],
      [192, "1.000000"]
    ])
    expect(again).toEqual(river)
    expect(paris).not.toEqual(river)
    const short = yield* embed({ model: "tiny-demo", input: ["river"], dimensions: 8 })
    expect([short.embeddings[0]?.length, short.prompt_tokens * 2 < prompt_tokens]).toEqual([8, true])
    const wide = yield* failure(embed({ model: "tiny-demo", input: ["river"], dimensions: 500 }))
    expect([wide.fault, wide.message]).toEqual(["bad_request", '"dimensions" is 500; the model\'s are 192.'])
    expect((yield* failure(embed({ model: "tiny-demo", input: ["word ".repeat(3000)] }))).fault).toBe(
      "context_exceeded"
    )
  })
)

it.live("tells its running and waiting requests, and how much of the prompts it found in its cache", () =>
  Effect.gen(function* () {
    if (!engine.readings.can) throw new Error(engine.readings.why)
    const four = yield* Effect.all([longChat, longChat, longChat, longChat])
    const fifth = yield* engine
      .chat(ask("Echo tavimo"), collector().emit)
      .pipe(Effect.forkChild({ startImmediately: true }))
    const busy = engine.readings.run.pipe(
      Effect.repeat({ until: ({ waiting }) => waiting === 1, schedule: Schedule.spaced("5 millis") })
    )
    expect(yield* busy).toMatchObject({ running: 4, waiting: 1, slots: 4 })
    yield* Fiber.interruptAll([fifth, ...four])
    const { prefix_hit_tokens = 0, prefix_query_tokens = 0, ...rest } = yield* engine.readings.run
    expect(rest).toEqual({ running: 0, waiting: 0, slots: 4 })
    expect(prefix_hit_tokens > 0 && prefix_hit_tokens < prefix_query_tokens).toBe(true)
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
  it.live(
    `ends with its parent, even when that is killed ${moment}`,
    () =>
      Effect.gen(function* () {
        const folder = yield* real.temporary
        yield* Effect.promise(async () => {
          const parent = Bun.spawn([process.execPath, parentPath, folder], { stdio: ["ignore", "pipe", "pipe"] })
          const lines = parent.stdout.getReader()
          await lines.read()
          if (ready) await lines.read()
          parent.kill("SIGKILL")
          // The engine shares its parent's stderr: that ends when both are gone.
          expect(await new Response(parent.stderr).text()).toBe("")
        })
      }),
    { timeout: 15_000 }
  )
}
