import { describe, expect } from "bun:test"
import type { CompletionRequest } from "@infernet/contract/Completion"
import * as Chats from "@infernet/testing/fakes/Chats"
import type { Script } from "@infernet/testing/fakes/ScriptedBackends"
import { Effect } from "effect"
import { BadRequestError } from "openai"
import { ask, collect, live, model, thrown, world } from "./world.ts"

/** Says the prompt in capitals, with the seed where there is one. */
const shouting = (seen: Array<CompletionRequest> = []): Script => ({
  chat: Chats.saying("a"),
  complete: (request, emit) =>
    Effect.sync(() => {
      seen.push(request)
      void emit("text", request.prompt.toUpperCase())
      void emit("text", `${request.seed ?? ""}!`)
      return { finish_reason: "length", usage: Chats.usage }
    })
})

describe("OpenAI's client completes", () => {
  live("one prompt, whole and in chunks", () =>
    Effect.gen(function* () {
      const seen: Array<CompletionRequest> = []
      const { client } = yield* world(shouting(seen))
      const asked = { model, prompt: "once", max_tokens: 5, temperature: 0, stop: "x" }
      const whole = yield* ask(() => client.completions.create(asked))
      expect(whole).toMatchObject({
        object: "text_completion",
        choices: [{ index: 0, text: "ONCE!", logprobs: null, finish_reason: "length" }],
        usage: Chats.usage
      })
      const chunks = yield* collect(() =>
        client.completions.create({ ...asked, stream: true, stream_options: { include_usage: true } })
      )
      expect(chunks.map(({ choices }) => choices[0]?.text ?? "").join("")).toBe("ONCE!")
      expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("length")
      expect(chunks.at(-1)).toMatchObject({ choices: [], usage: Chats.usage })
      expect(seen).toEqual([asked, asked])
    })
  )

  live("several prompts several times, each answer in its place and after its prompt where that is asked for", () =>
    Effect.gen(function* () {
      const { client } = yield* world(shouting())
      const asked = { model, prompt: ["a", "b"], n: 2, seed: 1, echo: true, best_of: 2 }
      const texts = ["aA1!", "aA2!", "bB1!", "bB2!"]
      const whole = yield* ask(() => client.completions.create(asked))
      expect(whole.choices.map(({ index, text }) => [index, text])).toEqual(texts.map((text, i) => [i, text]))
      expect(whole.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 8, total_tokens: 20 })
      const chunks = yield* collect(() => client.completions.create({ ...asked, stream: true }))
      const said = texts.map(() => "")
      for (const { choices } of chunks) for (const { index, text } of choices) said[index] += text
      expect(said).toEqual(texts)
    })
  )

  live("and is told by name what cannot be", () =>
    Effect.gen(function* () {
      const { client } = yield* world(shouting())
      for (const [body, param] of [
        [{ prompt: [1, 2] }, "prompt[0]"],
        [{ prompt: [[1]] }, "prompt[0]"],
        [{ prompt: [] }, "prompt"],
        [{ prompt: Array.from({ length: 17 }, () => "a"), n: 2 }, "prompt"],
        [{ prompt: "a", suffix: "z" }, "suffix"],
        [{ prompt: "a", logprobs: 1 }, "logprobs"],
        [{ prompt: "a", best_of: 3 }, "best_of"],
        [{ prompt: "a", logit_bias: { "50256": -100 } }, "logit_bias"]
      ] as const) {
        const error = yield* thrown(() => client.completions.create({ model, ...body } as never))
        expect(error).toBeInstanceOf(BadRequestError)
        expect(error).toMatchObject({ param })
      }
    })
  )
})
