import { describe, expect } from "bun:test"
import { BackendError } from "@infernet/backend/Backend"
import * as Chats from "@infernet/testing/fakes/Chats"
import { Deferred, Effect } from "effect"
import type { Response, ResponseStreamEvent } from "openai/resources/responses/responses"
import { failure, live, model, tools, weather, world } from "./world.ts"

const withoutId = ({ id: _id, ...rest }: { readonly id?: string }) => rest

/** What is told of an answer, without what is its job's own. */
const told = ({ created_at: _created, id: _id, ...rest }: Response) => rest

const eventsOf = async (stream: AsyncIterable<ResponseStreamEvent>): Promise<ReadonlyArray<ResponseStreamEvent>> =>
  Array.fromAsync(stream)

const token = (token: string) => ({ token, logprob: -0.5, bytes: null, top_logprobs: [] })

describe("OpenAI's SDK at /v1/responses", () => {
  live("gets an answer whole", () =>
    Effect.gen(function* () {
      const { asked, client } = yield* world(Chats.saying("Hel", "lo"))
      const { data, response } = yield* Effect.promise(() =>
        client.responses
          .create({
            model,
            instructions: "Be brief.",
            input: "hi",
            metadata: { a: "b" },
            user: "u",
            max_output_tokens: 9
          })
          .withResponse()
      )
      expect(data.output_text).toBe("Hello")
      expect(data).toMatchObject({
        id: `resp_${response.headers.get("x-infernet-job")}`,
        object: "response",
        status: "completed",
        model,
        error: null,
        incomplete_details: null,
        instructions: "Be brief.",
        max_output_tokens: 9,
        metadata: { a: "b" },
        tools: [],
        tool_choice: "auto",
        parallel_tool_calls: true,
        usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 }
      })
      expect(data).toHaveProperty("store", false)
      expect(asked).toMatchObject([
        {
          messages: [
            { role: "system", content: "Be brief." },
            { role: "user", content: "hi" }
          ],
          max_tokens: 9
        }
      ])
    })
  )

  live("gets the same streamed: its own books end where the plain answer is", () =>
    Effect.gen(function* () {
      const { client } = yield* world(weather)
      const body = { model, input: "hi", tools }
      const plain = yield* Effect.promise(() => client.responses.create(body))
      const events = yield* Effect.promise(async () =>
        eventsOf(await client.responses.create({ ...body, stream: true }))
      )
      expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, i) => i))
      expect(events.map(({ type }) => type).filter((type) => type.startsWith("response.output_item"))).toEqual(
        [1, 2, 3, 4].flatMap(() => ["response.output_item.added" as const, "response.output_item.done" as const])
      )
      const last = events.at(-1)
      const streamed = yield* Effect.promise(() => client.responses.stream(body).finalResponse())
      for (const [index, item] of plain.output.entries()) {
        expect(streamed.output[index]).toMatchObject(withoutId(item))
        expect(last?.type === "response.completed" && last.response.output[index]).toMatchObject(withoutId(item))
      }
      expect(told({ ...streamed, output: [] })).toMatchObject(told({ ...plain, output: [] }))
      expect(plain.output.map(({ type }) => type)).toEqual(["reasoning", "message", "function_call", "function_call"])
    })
  )

  live("gets the very same answer under one Idempotency-Key, streamed or not, and none to another request", () =>
    Effect.gen(function* () {
      const { asked, client } = yield* world(weather)
      const options = { headers: { "Idempotency-Key": "k" } }
      const body = { model, input: "hi", tools }
      const plain = yield* Effect.promise(() => client.responses.create(body, options))
      const again = yield* Effect.promise(() => client.responses.create(body, options))
      expect(again).toEqual(plain)
      const events = yield* Effect.promise(async () =>
        eventsOf(await client.responses.create({ ...body, stream: true }, options))
      )
      const last = events.at(-1)
      expect(last?.type === "response.completed" && last.response).toEqual(
        JSON.parse(JSON.stringify({ ...plain, output_text: undefined }))
      )
      expect(asked).toHaveLength(1)
      const other = yield* failure(() => client.responses.create({ ...body, parallel_tool_calls: false }, options))
      expect(other).toMatchObject({ status: 409, code: "conflict" })
    })
  )

  live("gets log probabilities where it asks for them, whole and streamed alike", () =>
    Effect.gen(function* () {
      const { asked, client } = yield* world((_request, emit) =>
        Effect.sync(() => {
          for (const [kind, word] of [
            ["reasoning", "hm"],
            ["text", "He"],
            ["text", "y"]
          ] as const) {
            void emit(kind, word)
            void emit("logprobs", JSON.stringify({ content: [token(word)] }))
          }
          return { finish_reason: "stop", usage: Chats.usage }
        })
      )
      const include = ["message.output_text.logprobs" as const]
      const body = { model, input: "hi", include, top_logprobs: 1 }
      const plain = yield* Effect.promise(() => client.responses.create(body))
      const streamed = yield* Effect.promise(() => client.responses.stream(body).finalResponse())
      const logprobs = [
        { ...token("He"), bytes: [72, 101] },
        { ...token("y"), bytes: [121] }
      ]
      for (const { output } of [plain, streamed])
        expect(output[1]).toMatchObject({ content: [{ text: "Hey", logprobs }] })
      expect(asked[0]).toMatchObject({ logprobs: true, top_logprobs: 1 })
    })
  )

  live("is told where an answer was cut", () =>
    Effect.gen(function* () {
      const { client } = yield* world((_request, emit) =>
        Effect.sync(() => {
          void emit("text", "Hel")
          return { finish_reason: "length", usage: Chats.usage }
        })
      )
      const cut = { status: "incomplete", incomplete_details: { reason: "max_output_tokens" }, output_text: "Hel" }
      const body = { model, input: "hi", max_output_tokens: 1 }
      expect(yield* Effect.promise(() => client.responses.create(body))).toMatchObject(cut)
      expect(yield* Effect.promise(() => client.responses.stream(body).finalResponse())).toMatchObject(cut)
    })
  )

  live("fails with a status before the first word, and with an error event after it", () =>
    Effect.gen(function* () {
      const { client } = yield* world(({ messages }, emit) => {
        if (messages[0]?.content === "late") void emit("text", "a")
        return Effect.fail(new BackendError({ fault: "backend_error", message: "out of memory" }))
      })
      const create = (input: string) => client.responses.create({ model, input, stream: true })
      expect(yield* failure(() => create("early"))).toMatchObject({
        status: 502,
        code: "backend_error",
        type: "server_error"
      })
      const seen: Array<ResponseStreamEvent> = []
      const late = yield* failure(async () => {
        for await (const event of await create("late")) seen.push(event)
      })
      expect(late).toMatchObject({
        code: "backend_error",
        type: "server_error",
        message: expect.stringContaining("out of memory")
      })
      expect(seen.at(-1)).toMatchObject({ type: "response.failed", response: { status: "failed" } })
      const helped = yield* failure(() => client.responses.stream({ model, input: "late" }).finalResponse())
      expect(helped.code).toBe("backend_error")
    })
  )

  live("stops the backend when it hangs up", () =>
    Effect.gen(function* () {
      const chats = yield* Chats.make
      const { client } = yield* world(chats.chat)
      const asking = client.responses.create({ model, input: "hi", stream: true })
      const running = yield* chats.next
      running.say("a")
      yield* Effect.promise(async () => {
        for await (const { type } of await asking) if (type === "response.output_text.delta") break
      })
      yield* Deferred.await(running.interrupted)
    })
  )
})
