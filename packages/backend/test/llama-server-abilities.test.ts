import { expect, test } from "bun:test"
import type { ChatRequest } from "@infernet/contract/Chat"
import { it } from "@infernet/testing/harness"
import { Deferred, Effect, Fiber, Schedule } from "effect"
import type { Backend } from "../src/Backend.ts"
import * as OpenAi from "../src/openai/OpenAiBackend.ts"
import { able } from "../src/unsupported.ts"
import { freePort, howToGetIt, oneModel, program, start } from "./llamaServer.ts"
import { ask, collector, site } from "./replay.ts"

const needed =
  program === undefined
    ? (name: string) => test.skip(`${name} (no llama-server: ${howToGetIt})`, () => undefined)
    : it.live

const started = Effect.fnUntraced(function* (...more: ReadonlyArray<string>) {
  const { url } = yield* start(freePort(), [...oneModel, "--metrics", ...more])
  return yield* OpenAi.make({ ...site(), baseUrl: url }, "llamacpp")
})

const run = Effect.fnUntraced(function* (backend: Backend, request: ChatRequest) {
  const { emit, records, text } = collector()
  const end = yield* backend.chat(request, emit)
  return { end, records, text: text() }
})

const tool = (name: string, property: string) => ({
  type: "function" as const,
  function: {
    name,
    parameters: { type: "object", properties: { [property]: { type: "string" } }, required: [property] }
  }
})

needed(
  "obeys what OpenAI does not know, and what it knows by another name",
  () =>
    Effect.gen(function* () {
      const backend = yield* started()
      const capital = ask("What is the capital of France?")
      expect((yield* run(backend, { ...capital, repetition_penalty: 1 })).text).toBe("The capital of France is Paris.")
      expect((yield* run(backend, { ...capital, repetition_penalty: 1.9 })).text).not.toBe(
        "The capital of France is Paris."
      )
      const hot = { ...capital, temperature: 2 }
      expect((yield* run(backend, { ...hot, top_k: 1 })).text).toBe("The capital of France is Paris.")
      expect((yield* run(backend, { ...hot, min_p: 1 })).text).toBe("The capital of France is Paris.")
      const story = { ...ask("Tell me a story about a fox."), temperature: 1, max_tokens: 40 }
      const wild = yield* run(backend, { ...story, top_k: 0, seed: -1 })
      expect((yield* run(backend, { ...story, top_k: 0, seed: -1 })).text).toBe(wild.text)

      const json = yield* run(backend, {
        ...ask("Give me a JSON object with a name and an age."),
        response_format: {
          type: "json_schema",
          json_schema: {
            name: "city",
            schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
          }
        }
      })
      expect(JSON.parse(json.text)).toEqual({ city: expect.any(String) })

      const weather = ask("What is the weather in Paris?", {
        tools: [tool("get_weather", "city"), tool("get_time", "zone")],
        tool_choice: { type: "function", function: { name: "get_weather" } }
      })
      const called = yield* run(backend, weather)
      expect(called.end.finish_reason).toBe("tool_calls")
      expect(called.records[0]).toEqual(["tool_call", expect.stringContaining('"name":"get_weather"')])
      const silent = yield* run(backend, { ...weather, tool_choice: "none" })
      // It is not even shown the tools.
      expect(silent.end.finish_reason).toBe("stop")
      expect(silent.end.usage.prompt_tokens).toBeLessThan(called.end.usage.prompt_tokens / 2)
      // This build does not make the demo model call: text is refused, and not taken for what was asked for.
      const refused = yield* Effect.flip(
        backend.chat({ ...weather, ...capital, tool_choice: "required" }, () => undefined)
      )
      expect(refused.fault).toBe("unsupported")
    }),
  { timeout: 20_000 }
)

needed(
  "tells log probabilities, as many as were asked for",
  () =>
    Effect.gen(function* () {
      const backend = yield* started()
      const first = Effect.fnUntraced(function* (top: number | undefined) {
        const request = ask("What is the capital of France?", { logprobs: true, max_tokens: 1 })
        const { records } = yield* run(backend, top === undefined ? request : { ...request, top_logprobs: top })
        const [, text] = records.find(([kind]) => kind === "logprobs") ?? []
        const { content } = JSON.parse(text ?? "{}") as {
          content: ReadonlyArray<{ top_logprobs: ReadonlyArray<object> }>
        }
        return content.map((token) => ({ ...token, top_logprobs: token.top_logprobs.length }))
      })
      const the = { token: "The", logprob: expect.any(Number), bytes: [84, 104, 101] }
      expect(yield* first(undefined)).toEqual([{ ...the, top_logprobs: 0 }])
      expect(yield* first(0)).toEqual([{ ...the, top_logprobs: 0 }])
      expect(yield* first(3)).toEqual([{ ...the, top_logprobs: 3 }])
    }),
  { timeout: 20_000 }
)

needed(
  "goes on with a plain prompt, embeds where it was started to, and counts what it does",
  () =>
    Effect.gen(function* () {
      const backend = yield* started("--embeddings", "--pooling", "mean")
      expect((yield* backend.models)[0]?.capabilities).toEqual([
        "chat",
        "tools",
        "json",
        "logprobs",
        "completion",
        "embedding"
      ])
      const { emit, text } = collector()
      const complete = yield* able(backend.complete)
      const end = yield* complete(
        { model: "tiny-demo", prompt: "It was a truth", max_tokens: 12, temperature: 0 },
        emit
      )
      expect(text().length).toBeGreaterThan(5)
      expect(end).toMatchObject({ finish_reason: "length", usage: { prompt_tokens: 6, completion_tokens: 12 } })

      const embed = yield* able(backend.embed)
      const { embeddings } = yield* embed({ model: "tiny-demo", input: ["hello", "hello", "a fox"] })
      expect(embeddings.map((vector) => vector.length)).toEqual([192, 192, 192])
      expect(embeddings[0]).toEqual(embeddings[1] ?? [])
      expect(embeddings[0]).not.toEqual(embeddings[2])

      const readings = yield* able(backend.readings)
      const begun = yield* Deferred.make<void>()
      const long = yield* backend
        .chat(ask("Write a long story about an owl.", { max_tokens: 2000, temperature: 1 }), () => {
          Deferred.doneUnsafe(begun, Effect.void)
          return undefined
        })
        .pipe(Effect.forkChild)
      yield* Deferred.await(begun)
      const busy = yield* readings
      expect(busy).toMatchObject({ running: 1, waiting: 0, slots: 4 })
      expect(busy.prefix_query_tokens).toBeGreaterThan(0)
      yield* Fiber.interrupt(long)
      yield* readings.pipe(
        Effect.filterOrFail(({ running }) => running === 0),
        Effect.retry(Schedule.spaced("20 millis").pipe(Schedule.upTo({ times: 50 })))
      )
    }),
  { timeout: 20_000 }
)
