/** The engine over a folder of models: loaded when asked for, one process each, sent away when memory is wanted. */
import { expect } from "bun:test"
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { it } from "@infernet/testing/harness"
import { Deferred, Effect, Fiber, Schedule } from "effect"
import type { RunningEngine } from "../../src/embedded/EmbeddedEngine.ts"
import { ask, collector, failure } from "../replay.ts"
import { demoFile, longChat, run, start, temporary, usual } from "./engine.ts"

/** A folder with copies of the demo model under these names. */
const folderOf = (...names: ReadonlyArray<string>) =>
  Effect.tap(temporary, (folder) =>
    Effect.sync(() => names.forEach((name) => copyFileSync(demoFile, join(folder, `${name}.gguf`))))
  )

const states = (engine: RunningEngine) =>
  Effect.map(engine.models, (models) => Object.fromEntries(models.map(({ id, state }) => [id, state])))

const says = (engine: RunningEngine, model: string, text = "What is the capital of France?") =>
  Effect.map(run(engine, ask(text, { model })), (answer) => answer.text)

const soon = { schedule: Schedule.spaced("20 millis"), times: 500 }
const said = "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\nThe capital"
const paris = "The capital of France is Paris."
const patient = { timeout: 30_000 }

it.live(
  "offers what is in the folder instead of the demo model, by what the files say, and loads it when it is asked for",
  () =>
    Effect.gen(function* () {
      const folder = yield* folderOf("fox", "owl")
      const sha256 = "ab".repeat(32)
      const manifest = { name: "fox", source: "us/fox", bytes: 2_369_856, installed_at: "2026-11-22T00:00:00Z", sha256 }
      writeFileSync(join(folder, "fox.json"), JSON.stringify(manifest))
      writeFileSync(join(folder, "page.gguf"), "<!doctype html>")
      const engine = yield* start(folder)
      expect(yield* engine.models).toEqual([
        {
          id: "fox",
          backend: "embedded",
          state: "loadable",
          digest: sha256,
          bytes: 2_369_856,
          context_length: 2048,
          quantization: "Q8_0",
          capabilities: ["chat", "completion", "embedding", "tools", "json"],
          slots: 4
        },
        expect.objectContaining({ id: "owl", state: "loadable" })
      ])
      expect(yield* says(engine, "fox")).toBe(paris)
      expect(yield* states(engine)).toEqual({ fox: "loaded", owl: "loadable" })
      expect((yield* failure(engine.chat(ask("Hi"), collector().emit))).fault).toBe("model_not_found")
    }),
  patient
)

it.live(
  "reads conversations, tools and begun answers by the template in the file as it does by its own for the demo model",
  () =>
    Effect.gen(function* () {
      const engine = yield* start(yield* folderOf("fox"))
      const model = "fox"
      const weather = {
        type: "function" as const,
        function: {
          name: "get_weather",
          description: "Get the weather in a city",
          parameters: { type: "object", properties: { city: { type: "string" } } }
        }
      }
      const tools = { tools: [weather] }
      const question = { role: "user" as const, content: "What is the weather in Paris?" }
      const call = yield* run(engine, ask("", { model, temperature: 0, messages: [question], ...tools }))
      expect([call.end.finish_reason, call.text]).toEqual(["tool_calls", ""])
      const pieces = call.records.map(([, text]) => JSON.parse(text) as { arguments: string })
      expect(JSON.parse(pieces.map((piece) => piece.arguments).join(""))).toEqual({ city: "Paris" })
      const called = {
        role: "assistant" as const,
        content: null,
        tool_calls: [
          { id: "a", type: "function" as const, function: { name: "get_weather", arguments: '{"city":"Paris"}' } }
        ]
      }
      const result = { role: "tool" as const, tool_call_id: "a", content: '{"sky": "sunny", "temperature": 18}' }
      const answer = yield* run(engine, ask("", { model, messages: [question, called, result], ...tools }))
      expect(answer.text).toBe("It is sunny in Paris, and the temperature is 18 degrees.")
      const names = [
        { role: "user" as const, content: "My name is Ada." },
        { role: "assistant" as const, content: "Nice to meet you, Ada!" },
        { role: "user" as const, content: "What is my name?" }
      ]
      const told = yield* run(engine, ask("", { model, messages: names }))
      expect([told.text, told.end.usage.prompt_tokens]).toEqual(["Your name is Ada.", 35])
      const begun = [
        { role: "user" as const, content: "What is the capital of France?" },
        { role: "assistant" as const, content: "The capital of" }
      ]
      expect((yield* run(engine, ask("", { model, messages: begun }))).text).toBe(" France is Paris.")
      const forced = yield* run(engine, ask("Hello", { model, ...tools, tool_choice: "required" }))
      expect(forced.end.finish_reason).toBe("tool_calls")
    }),
  patient
)

/** What the model makes of a text without a template, which loads faster than one that chats. */
const completes = (engine: RunningEngine, model: string) =>
  Effect.suspend(() => {
    if (!engine.complete.can) throw new Error(engine.complete.why)
    const { emit, text } = collector()
    return Effect.map(engine.complete.run({ model, prompt: said, max_tokens: 20, temperature: 0 }, emit), text)
  })

/** A text that is far from its end; the effect is done at its first piece. */
const longText = Effect.fnUntraced(function* (engine: RunningEngine, model: string) {
  if (!engine.complete.can) throw new Error(engine.complete.why)
  const begun = yield* Deferred.make<void>()
  const request = { model, prompt: "<|im_start|>user\nWrite a long story about an owl.<|im_end|>\n", max_tokens: 2000 }
  const fiber = yield* engine.complete
    .run({ ...request, temperature: 1, seed: 1 }, () => {
      Deferred.doneUnsafe(begun, Effect.void)
      // As slow a reader as can be: the text is far from its end for as long as the test wants it.
      return new Promise<void>(() => undefined)
    })
    .pipe(Effect.result, Effect.forkChild)
  yield* Deferred.await(begun)
  return fiber
})

it.live(
  "loses only one model's requests when that model's process is killed, and brings the model back by itself",
  () =>
    Effect.gen(function* () {
      const engine = yield* start(yield* folderOf("fox", "owl"))
      yield* Effect.all([completes(engine, "fox"), completes(engine, "owl")])
      const struck = yield* longChat(engine, "fox")
      const spared = yield* longText(engine, "owl")
      const before = engine.pid("fox")
      process.kill(Number(before), "SIGKILL")
      expect(yield* Fiber.join(struck)).toMatchObject({
        _tag: "Failure",
        failure: { fault: "backend_error", message: "The embedded engine stopped in the middle of its answer." }
      })
      // Nobody asks for it, and it comes back all the same; in between it is not offered.
      expect(yield* states(engine)).toEqual({ owl: "loaded" })
      yield* states(engine).pipe(Effect.repeat({ until: ({ fox }) => fox === "loaded", ...soon }))
      expect(engine.pid("fox")).not.toBe(before)
      expect(spared.pollUnsafe()).toBe(undefined)
      yield* Fiber.interrupt(spared)
      expect(yield* completes(engine, "fox")).toBe(" of France is Paris.")
    }),
  patient
)

it.live(
  "sends away who was not used for longest to make room, never one in use, and says so where that leaves none",
  () =>
    Effect.gen(function* () {
      // Room for two of them.
      const engine = yield* start(yield* folderOf("ant", "bee", "cat"), { ...usual, memoryBytes: 160 * 2 ** 20 })
      yield* completes(engine, "ant")
      yield* completes(engine, "bee")
      yield* completes(engine, "ant")
      yield* completes(engine, "cat")
      expect(yield* states(engine)).toEqual({ ant: "loaded", bee: "loadable", cat: "loaded" })
      const busy = yield* Effect.all([longText(engine, "ant"), longText(engine, "cat")])
      const { fault, message } = yield* Effect.flip(completes(engine, "bee"))
      expect(fault).toBe("overloaded")
      expect(message).toMatch(/^"bee" needs [\d.]+ MiB of memory, which other models are using\.$/)
      yield* Fiber.interruptAll(busy)
      expect(yield* completes(engine, "bee")).toBe(" of France is Paris.")
    }),
  patient
)

it.live(
  "lets a model rest that cannot be loaded, says why without the file's place, and takes another file of that name",
  () =>
    Effect.gen(function* () {
      const folder = yield* folderOf("owl")
      const fox = join(folder, "fox.gguf")
      const bytes = readFileSync(demoFile)
      // An architecture that nobody knows, in a header that is well formed.
      bytes.set(new TextEncoder().encode("lemur"), bytes.indexOf("llama"))
      writeFileSync(fox, bytes)
      const engine = yield* start(folder)
      expect(yield* states(engine)).toEqual({ fox: "loadable", owl: "loadable" })
      const error = yield* Effect.flip(completes(engine, "fox"))
      expect(error.fault).toBe("backend_error")
      expect(error.message).toMatch(/^The embedded engine cannot load "fox": /)
      expect(error.message).not.toContain(folder)
      expect(yield* Effect.flip(completes(engine, "fox"))).toBe(error)
      expect(yield* states(engine)).toEqual({ owl: "loadable" })
      writeFileSync(fox, Buffer.concat([readFileSync(demoFile), Buffer.alloc(1)]))
      expect(yield* completes(engine, "fox")).toBe(" of France is Paris.")
      expect(yield* states(engine)).toEqual({ fox: "loaded", owl: "loadable" })
      rmSync(fox)
      expect(yield* states(engine)).toEqual({ owl: "loadable" })
      expect(engine.pid("fox")).toBe(undefined)
    }),
  patient
)

it.live(
  "loads a model once for all who ask at the same time",
  () =>
    Effect.gen(function* () {
      const starts: Array<string> = []
      const engine = yield* start(yield* folderOf("fox", "owl"), usual, () => starts.push("changed"))
      const asked = ["fox", "owl"].flatMap((model) => Array.from({ length: 6 }, () => model))
      const answers = yield* Effect.forEach(asked, (model) => completes(engine, model), { concurrency: "unbounded" })
      expect(new Set(answers)).toEqual(new Set([" of France is Paris."]))
      // Each came once, and none went.
      expect(starts.length).toBe(2)
    }),
  patient
)
