import { describe, expect } from "bun:test"
import { BackendError } from "@infernet/backend/Backend"
import * as Chats from "@infernet/testing/fakes/Chats"
import { Deferred, Effect, Fiber } from "effect"
import OpenAI, {
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  NotFoundError
} from "openai"
import { ask, hi, live, model, thrown, world } from "./world.ts"

describe("OpenAI's client throws", () => {
  live("its own classes, with the field that is at fault", () =>
    Effect.gen(function* () {
      const { client, options } = yield* world({ chat: Chats.saying("a") })
      const create = (body: object) => client.chat.completions.create({ model, messages: hi, ...body } as never)
      const stranger = new OpenAI(options({ apiKey: "sk-nobody" }))
      expect(yield* thrown(() => stranger.models.list())).toBeInstanceOf(AuthenticationError)
      const unknown = yield* thrown(() => create({ model: "tony" }))
      expect(unknown).toBeInstanceOf(NotFoundError)
      expect(unknown).toMatchObject({ code: "model_not_found", message: expect.stringContaining("tiny") })
      const image = { type: "image_url", image_url: { url: "https://example.com/x.png" } }
      const seen = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }
      const sound = { type: "input_audio", input_audio: { data: "", format: "wav" } }
      for (const [body, param] of [
        [{ temperature: 3 }, "temperature"],
        [{ n: 9 }, "n"],
        [{ top_logprobs: 2 }, "top_logprobs"],
        [{ logit_bias: { "1": 5 } }, "logit_bias"],
        [{ functions: [{ name: "f" }] }, "functions"],
        [{ function_call: "auto" }, "function_call"],
        [{ audio: { voice: "ash", format: "wav" } }, "audio"],
        [{ modalities: ["text", "audio"] }, "modalities[1]"],
        [{ web_search_options: {} }, "web_search_options"],
        [{ messages: [{ role: "user", content: [image] }] }, "messages[0].content[0].image_url.url"],
        [{ messages: [{ role: "user", content: [sound] }] }, "messages[0].content[0]"],
        [{ messages: [{ role: "user", content: [seen] }] }, "messages"]
      ] as const) {
        const error = yield* thrown(() => create(body))
        expect(error).toBeInstanceOf(BadRequestError)
        expect(error, JSON.stringify(body)).toMatchObject({ param })
      }
    })
  )

  live("what a node refuses, with the field that it names", () =>
    Effect.gen(function* () {
      const message = '"tool_choice": "required" is not supported for "tiny": it cannot be made to call a tool'
      const { client } = yield* world({
        chat: () => Effect.fail(new BackendError({ fault: "unsupported", message }))
      })
      const error = yield* thrown(() => client.chat.completions.create({ model, messages: hi }))
      expect(error).toBeInstanceOf(BadRequestError)
      expect(error).toMatchObject({ param: "tool_choice", message: expect.stringContaining("cannot be made") })
    })
  )

  live("an error in the middle of a stream", () =>
    Effect.gen(function* () {
      const { client } = yield* world({
        chat: ({ seed }, emit) => {
          void emit("text", "a")
          return seed === undefined
            ? Effect.fail(new BackendError({ fault: "backend_error", message: "out of memory" }))
            : Effect.fail(new BackendError({ fault: "unsupported", message: '"tools" are not for this model' }))
        }
      })
      const said: Array<string> = []
      const error = yield* thrown(async () => {
        const stream = await client.chat.completions.create({ model, messages: hi, stream: true })
        for await (const { choices } of stream) said.push(choices[0]?.delta.content ?? "")
      })
      expect(error).toBeInstanceOf(APIError)
      expect(error).toMatchObject({ code: "backend_error", message: expect.stringContaining("out of memory") })
      expect(said.join("")).toBe("a")
      const ours = yield* thrown(() => client.chat.completions.stream({ model, messages: hi, seed: 1 }).finalMessage())
      expect(ours).toMatchObject({ code: "bad_request", type: "invalid_request_error", param: "tools" })
    })
  )

  live("when its time is over, and the job with it", () =>
    Effect.gen(function* () {
      const chats = yield* Chats.make
      const { client, options } = yield* world({ chat: chats.chat })
      const hasty = new OpenAI(options({ timeout: 300 }))
      const late = yield* Effect.forkChild(thrown(() => hasty.chat.completions.create({ model, messages: hi })))
      const chat = yield* chats.next
      expect(yield* Fiber.join(late)).toBeInstanceOf(APIConnectionTimeoutError)
      yield* Deferred.await(chat.interrupted)

      const abort = new AbortController()
      const asked = { model, messages: hi }
      const left = yield* Effect.forkChild(
        thrown(() => client.chat.completions.create(asked, { signal: abort.signal }))
      )
      const other = yield* chats.next
      abort.abort()
      expect(yield* Fiber.join(left)).toBeInstanceOf(APIUserAbortError)
      yield* Deferred.await(other.interrupted)

      const streaming = yield* Effect.forkChild(ask(() => client.chat.completions.create({ ...asked, stream: true })))
      const third = yield* chats.next
      third.say("a")
      const stream = yield* Fiber.join(streaming)
      stream.controller.abort()
      yield* Deferred.await(third.interrupted)
    })
  )
})
