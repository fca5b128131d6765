/** What every backend has to do, or to refuse by name: one suite, the same for all. */
import { afterAll, beforeAll, expect } from "bun:test"
import type { ChatRequest } from "@infernet/contract/Chat"
import type { BackendReadings } from "@infernet/contract/Node"
import { it } from "@infernet/testing/harness"
import { Deferred, Effect, Exit, Fiber, References, Schedule, Scope } from "effect"
import type { BackendError } from "../../src/Backend.ts"
import { ask as asking, collector, failure } from "../replay.ts"
import { accepts } from "../../src/unsupported.ts"
import { bringUp, type Up } from "./bringUp.ts"
import type { Target } from "./targets.ts"

const minutes = (count: number) => ({ timeout: count * 60_000 })

const weather = {
  type: "function" as const,
  function: {
    name: "get_weather",
    description: "Get the weather in a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
  }
}

const person = {
  type: "json_schema" as const,
  json_schema: {
    name: "person",
    strict: true,
    schema: {
      type: "object",
      properties: { age: { type: "integer" }, name: { type: "string" } },
      required: ["age", "name"],
      additionalProperties: false
    }
  }
}

interface Told {
  readonly token: string
  readonly logprob: number
  readonly top_logprobs: ReadonlyArray<unknown>
}

/** Whether it says that it cannot: which is an answer, as long as it names what it lacks. */
const refuses = (error: BackendError, field: string) => {
  expect(error.fault).toBe("unsupported")
  expect(error.message).toContain(field)
}

export const suite = (target: Target): void => {
  const scope = Scope.makeUnsafe()
  let up: Up

  beforeAll(
    () =>
      Effect.runPromise(
        bringUp(target).pipe(
          Effect.tap((it) => Effect.sync(() => (up = it))),
          Scope.provide(scope),
          Effect.provideService(References.MinimumLogLevel, "None")
        )
      ),
    6 * 60_000
  )
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)), 60_000)

  const ask = (text: string, more: Partial<ChatRequest> = {}) => asking(text, { model: up.model, ...more })

  const run = (request: ChatRequest) =>
    Effect.gen(function* () {
      const { emit, records, text } = collector()
      yield* accepts(up.backend, request)
      const end = yield* up.backend.chat(request, emit)
      return { end, records, text: text() }
    })

  /** The answer, or the refusal of somebody who says that this is beyond him. */
  const runOrRefuse = (field: string, request: ChatRequest) =>
    run(request).pipe(
      Effect.catch((error) => Effect.sync(() => refuses(error, field))),
      Effect.map((answer) => answer ?? undefined)
    )

  /** A server may say that it is full, as llama-swap does at ten; the network then waits, and asks again. */
  const whenThereIsRoom = (request: ChatRequest) =>
    run(request).pipe(
      Effect.retry({
        while: ({ fault }) => fault === "overloaded",
        schedule: Schedule.spaced("20 millis").pipe(Schedule.upTo({ times: 500 }))
      })
    )

  /** A story by chance, as far as the seed leaves it to that. */
  const sampled = (seed: number) =>
    runOrRefuse("seed", ask("Tell me a story about a fox.", { temperature: 1, seed, max_tokens: 40 })).pipe(
      Effect.map((answer) => answer?.text)
    )

  const readings: Effect.Effect<BackendReadings> = Effect.suspend(() => {
    const { readings } = up.backend
    return readings.can ? Effect.orDie(readings.run) : Effect.succeed({})
  })

  /** Bounded waiting for a fact at the server. */
  const eventually = (holds: (now: BackendReadings) => boolean) =>
    readings.pipe(
      Effect.flatMap((now) => (holds(now) ? Effect.void : Effect.fail(now))),
      Effect.retry(Schedule.spaced("20 millis").pipe(Schedule.upTo({ times: 500 })))
    )

  /** A chat that is far from its end; it has begun when this is done. */
  const longChat = Effect.gen(function* () {
    const begun = yield* Deferred.make<void>()
    const request = ask("Write a long story about an owl.", { max_tokens: 1900, temperature: 1, seed: 3 })
    const fiber = yield* up.backend
      .chat(request, () => {
        Deferred.doneUnsafe(begun, Effect.void)
        return undefined
      })
      .pipe(Effect.result, Effect.forkChild)
    yield* Deferred.await(begun)
    return fiber
  })

  it.live("is known by what it says, and tells its version", () =>
    Effect.gen(function* () {
      expect(up.backend.kind).toBe(target.kind)
      expect(up.backend.version ?? "").toMatch(/\d/)
    })
  )

  it.live("lists its model: it chats, and its context has a length", () =>
    Effect.gen(function* () {
      const offer = (yield* up.backend.models).find(({ id }) => id === up.model)
      expect(offer).toMatchObject({ backend: target.kind, slots: expect.any(Number) })
      expect(offer?.capabilities).toContain("chat")
      // A proxy that loads on demand does not know what it has not loaded.
      if (target.kind !== "llamaswap") expect(offer?.context_length).toBeGreaterThanOrEqual(2048)
    })
  )

  it.live(
    "streams an answer in pieces, and counts its tokens",
    () =>
      Effect.gen(function* () {
        const { end, records, text } = yield* run(ask("What is the capital of France?"))
        expect(text).toBe("The capital of France is Paris.")
        expect(records.length).toBeGreaterThan(3)
        expect(end.finish_reason).toBe("stop")
        expect(end.usage.prompt_tokens).toBeGreaterThan(10)
        expect(end.usage.completion_tokens).toBeGreaterThanOrEqual(records.length - 2)
        expect(end.usage.total_tokens).toBe(end.usage.prompt_tokens + end.usage.completion_tokens)
      }),
    minutes(2)
  )

  it.live(
    "remembers a conversation",
    () =>
      Effect.gen(function* () {
        const said = ["My name is Ada.", "Nice to meet you, Ada!", "What is my name?"]
        const messages = said.map((content, i) => ({
          role: i === 1 ? ("assistant" as const) : ("user" as const),
          content
        }))
        expect((yield* run(ask("", { messages }))).text).toBe("Your name is Ada.")
      }),
    minutes(1)
  )

  it.live(
    "ends at a stop sequence, which it keeps to itself",
    () =>
      Effect.gen(function* () {
        const { end, text } = yield* run(ask("Count from 3 to 9.", { stop: ["6"] }))
        expect([text, end.finish_reason]).toEqual(["3, 4, 5, ", "stop"])
      }),
    minutes(1)
  )

  it.live(
    "ends at max_tokens, and says so",
    () =>
      Effect.gen(function* () {
        const { end } = yield* run(ask("Write a long story about an owl.", { max_tokens: 20 }))
        expect(end).toMatchObject({ finish_reason: "length", usage: { completion_tokens: 20 } })
      }),
    minutes(1)
  )

  it.live(
    "gives the same answer twice to the same seed, and another to another",
    () =>
      Effect.gen(function* () {
        const first = yield* sampled(7)
        expect(yield* sampled(7)).toBe(first)
        if (first !== undefined) expect(yield* sampled(8)).not.toBe(first)
      }),
    minutes(2)
  )

  for (const [field, more] of [
    ["top_k", { temperature: 1, top_k: 1 }],
    ["min_p", { temperature: 1, min_p: 1 }]
  ] as const) {
    it.live(
      `obeys ${field}, or refuses it by name`,
      () =>
        Effect.gen(function* () {
          const answer = yield* runOrRefuse(field, ask("What is the capital of France?", more))
          // Only the likeliest token is left: the answer is the greedy one, however hot.
          if (answer !== undefined) expect(answer.text).toBe("The capital of France is Paris.")
        }),
      minutes(1)
    )
  }

  it.live(
    "tells the probabilities of its tokens, or refuses to by name",
    () =>
      Effect.gen(function* () {
        const request = ask("What is the capital of France?", { logprobs: true, top_logprobs: 2 })
        const answer = yield* runOrRefuse("logprobs", request)
        if (answer === undefined) return
        const told = answer.records.flatMap(([kind, text]) =>
          kind === "logprobs" ? (JSON.parse(text) as { content: ReadonlyArray<Told> }).content : []
        )
        // An end mark may be told as well, which is no text.
        expect(told.map(({ token }) => token).join("")).toStartWith(answer.text)
        for (const { logprob, top_logprobs } of told) {
          expect(logprob).toBeLessThanOrEqual(0)
          expect(top_logprobs.length).toBe(2)
        }
      }),
    minutes(2)
  )

  it.live(
    "calls a tool in pieces that make a whole, or refuses tools by name",
    () =>
      Effect.gen(function* () {
        const answer = yield* runOrRefuse("tools", ask("What is the weather in Paris?", { tools: [weather] }))
        if (answer === undefined) return
        const pieces = answer.records.flatMap(([kind, text]) =>
          kind === "tool_call" ? [JSON.parse(text) as { id?: string; name?: string; arguments: string }] : []
        )
        expect(pieces[0]).toMatchObject({ index: 0, id: expect.any(String), name: "get_weather" })
        expect(JSON.parse(pieces.map((piece) => piece.arguments).join(""))).toEqual({ city: "Paris" })
        expect(answer.end.finish_reason).toBe("tool_calls")
      }),
    minutes(2)
  )

  it.live(
    "answers in the form of a JSON schema, or refuses response_format by name",
    () =>
      Effect.gen(function* () {
        const request = ask("Give me a JSON object with a name and an age.", { response_format: person })
        const answer = yield* runOrRefuse("response_format", request)
        if (answer === undefined) return
        expect(JSON.parse(answer.text)).toEqual({ age: expect.any(Number), name: expect.any(String) })
      }),
    minutes(2)
  )

  it.live(
    "goes on with a prompt as it stands, or says why not",
    () =>
      Effect.gen(function* () {
        const { complete } = up.backend
        if (!complete.can) return expect(complete.why).not.toBe("")
        const { emit, text } = collector()
        const request = { model: up.model, prompt: "It is a truth universally", max_tokens: 12, temperature: 0 }
        const end = yield* complete.run(request, emit)
        expect(text().length).toBeGreaterThan(10)
        expect(end).toMatchObject({ finish_reason: "length", usage: { completion_tokens: 12 } })
      }),
    minutes(1)
  )

  it.live(
    "embeds texts in their order, or says why not",
    () =>
      Effect.gen(function* () {
        const { embed } = up.backend
        if (!embed.can) return expect(embed.why).not.toBe("")
        const embedded = Effect.result(embed.run({ model: up.model, input: ["a cat", "a dog", "a cat"] }))
        const result = yield* embedded
        // A server may have to be started for it.
        if (result._tag === "Failure") return expect(result.failure.fault).toBe("unsupported")
        const { embeddings, prompt_tokens } = result.success
        const [cat, dog, again] = embeddings
        expect(embeddings.length).toBe(3)
        expect(prompt_tokens).toBeGreaterThan(3)
        const like = (other: ReadonlyArray<number> = []) =>
          (cat ?? []).reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0) /
          (Math.hypot(...(cat ?? [])) * Math.hypot(...other))
        expect(like(again)).toBeGreaterThan(0.999)
        expect(like(dog)).toBeLessThan(0.999)
      }),
    minutes(1)
  )

  it.live(
    "refuses a prompt that is longer than the context",
    () =>
      Effect.gen(function* () {
        const error = yield* failure(run(ask("word ".repeat(5000))))
        expect(error.fault).toBe("context_exceeded")
      }),
    minutes(1)
  )

  it.live(
    "refuses an image by name, as its model sees none",
    () =>
      Effect.gen(function* () {
        const pixel =
          "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        const content = [
          { type: "text" as const, text: "What is this?" },
          { type: "image_url" as const, image_url: { url: pixel } }
        ]
        const error = yield* failure(run(ask("", { messages: [{ role: "user", content }] })))
        expect(["unsupported", "bad_request"]).toContain(error.fault)
        expect(error.message).toMatch(/image|vision|multimodal/i)
      }),
    minutes(1)
  )

  it.live(
    "is free again within a second when a chat is cancelled, by its own count",
    () =>
      Effect.gen(function* () {
        const before = yield* readings
        const chat = yield* longChat
        // One that counts nothing is only held to go on.
        if (before.running !== undefined) yield* eventually(({ running }) => (running ?? 0) > (before.running ?? 0))
        yield* Fiber.interrupt(chat)
        const free = eventually(({ running }) => running === undefined || running <= (before.running ?? 0))
        yield* free.pipe(Effect.timeout("1 second"))
        expect((yield* run(ask("Echo tavimo"))).text).toBe("tavimo")
      }),
    minutes(1)
  )

  it.live(
    "keeps twenty streams apart",
    () =>
      Effect.gen(function* () {
        const words = Array.from({ length: 20 }, (_, i) => `token-${i + 10}`)
        const answers = yield* Effect.forEach(words, (word) => whenThereIsRoom(ask(`Reply with exactly: ${word}`)), {
          concurrency: "unbounded"
        })
        expect(answers.map(({ text }) => text)).toEqual(words)
      }),
    minutes(3)
  )

  it.live(
    "names what happened when it is killed in the middle of an answer, and serves again once it is back",
    () =>
      Effect.gen(function* () {
        const { kill, restart } = up
        if (kill === undefined || restart === undefined) return
        const chat = yield* longChat
        yield* kill
        expect(yield* Fiber.join(chat)).toMatchObject({ _tag: "Failure", failure: { fault: "backend_error" } })
        expect((yield* failure(up.backend.models)).fault).toBe("backend_unreachable")
        yield* restart
        expect((yield* run(ask("Echo tavimo"))).text).toBe("tavimo")
      }),
    minutes(6)
  )
}
