import { describe, expect } from "bun:test"
import { BackendError } from "@infernet/backend/Backend"
import type { ChatRequest } from "@infernet/contract/Chat"
import * as Chats from "@infernet/testing/fakes/Chats"
import type { Script } from "@infernet/testing/fakes/ScriptedBackends"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Deferred, Effect } from "effect"
import OpenAI, { APIError } from "openai"
import type { Response, ResponseInput, ResponseStreamEvent } from "openai/resources/responses/responses"
import { call, jsonOf } from "../../http/client.ts"

const live = (name: string, body: Parameters<typeof it.live>[1]) => it.live(name, body, { timeout: 20_000 })

const world = Effect.fnUntraced(function* (chat: Script["chat"]) {
  const asked: Array<ChatRequest> = []
  const plane = yield* Network.plane()
  const { key } = yield* Network.account(plane)
  yield* Network.node(plane, {
    chat: (request, emit) => {
      asked.push(request)
      return chat(request, emit)
    }
  })
  const client = new OpenAI({ baseURL: `${plane.url}/v1`, apiKey: key, maxRetries: 0 })
  return { asked, client, key, plane }
})

const model = "tiny"
const tools = [
  {
    type: "function" as const,
    name: "weather",
    parameters: { type: "object", properties: { city: { type: "string" } } },
    strict: true
  }
]

/** Calls the weather of two cities, and tells it once it is known. */
const weather: Script["chat"] = ({ messages }, emit) =>
  Effect.sync(() => {
    const known = messages.flatMap((message) => (message.role === "tool" ? [message.content] : []))
    if (known.length > 0) {
      void emit("text", known.join(", "))
      return { finish_reason: "stop", usage: Chats.usage }
    }
    void emit("reasoning", "I need ")
    void emit("reasoning", "the weather.")
    void emit("text", "Let me see.")
    for (const [index, city] of ["Paris", "Rome"].entries()) {
      void emit("tool_call", JSON.stringify({ index, id: `call_${city}`, name: "weather", arguments: "" }))
      void emit("tool_call", JSON.stringify({ index, arguments: '{"city":' }))
      void emit("tool_call", JSON.stringify({ index, arguments: `"${city}"}` }))
    }
    return { finish_reason: "tool_calls", usage: Chats.usage }
  })

const called = (city: string) => ({
  id: `call_${city}`,
  type: "function",
  function: { name: "weather", arguments: `{"city":"${city}"}` }
})

const withoutId = ({ id: _id, ...rest }: { readonly id?: string }) => rest

/** What is told of an answer, without what is its job's own. */
const told = ({ created_at: _created, id: _id, ...rest }: Response) => rest

const eventsOf = async (stream: AsyncIterable<ResponseStreamEvent>): Promise<ReadonlyArray<ResponseStreamEvent>> =>
  Array.fromAsync(stream)

/** What a call of the SDK fails with. */
const failure = (attempt: () => PromiseLike<unknown>) =>
  Effect.promise(async () => {
    try {
      await attempt()
    } catch (error) {
      if (error instanceof APIError) return error
      throw error
    }
    throw new Error("it did not fail")
  })

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

  live("loops over tools: what an answer held goes back as it came, with what the calls gave", () =>
    Effect.gen(function* () {
      const { asked, client } = yield* world(weather)
      const first = yield* Effect.promise(() => client.responses.create({ model, input: "hi", tools }))
      const input: ResponseInput = [{ role: "user", content: "hi" }]
      for (const item of first.output) {
        if (item.type === "message" || item.type === "reasoning" || item.type === "function_call") input.push(item)
      }
      for (const item of first.output) {
        if (item.type !== "function_call") continue
        const { city } = JSON.parse(item.arguments)
        input.push({ type: "function_call_output", call_id: item.call_id, output: `${city}: sun` })
      }
      const second = yield* Effect.promise(() => client.responses.create({ model, input, tools }))
      expect(second.output_text).toBe("Paris: sun, Rome: sun")
      expect(asked[1]?.messages).toEqual([
        { role: "user", content: "hi" },
        { role: "assistant", content: "Let me see.", tool_calls: [called("Paris"), called("Rome")] },
        { role: "tool", tool_call_id: "call_Paris", content: "Paris: sun" },
        { role: "tool", tool_call_id: "call_Rome", content: "Rome: sun" }
      ] as unknown as ChatRequest["messages"])
    })
  )

  live("parses an answer of a given form, and the arguments of strict tools", () =>
    Effect.gen(function* () {
      const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
      const format = { type: "json_schema" as const, name: "place", schema, strict: true }
      const inForm = yield* world(Chats.saying('{"city":', '"Paris"}'))
      const body = { model, input: "Where?", text: { format } }
      const parsed = yield* Effect.promise(() => inForm.client.responses.parse(body))
      expect<unknown>(parsed.output_parsed).toEqual({ city: "Paris" })
      const streamed = yield* Effect.promise(() => inForm.client.responses.stream(body).finalResponse())
      expect<unknown>(streamed.output_parsed).toEqual({ city: "Paris" })
      expect(inForm.asked[0]?.response_format).toEqual({
        type: "json_schema",
        json_schema: { name: "place", schema, strict: true }
      })
      const calling = yield* world(weather)
      const calls = yield* Effect.promise(() => calling.client.responses.parse({ model, input: "hi", tools }))
      expect(calls.output[2]).toMatchObject({ parsed_arguments: { city: "Paris" } })
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
      expect(late).toMatchObject({ code: "backend_error", message: expect.stringContaining("out of memory") })
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

  live("reads and cancels what it began, and deletes nothing", () =>
    Effect.gen(function* () {
      const chats = yield* Chats.make
      const { client, key, plane } = yield* world(chats.chat)
      const body = { model, input: "hi", metadata: { a: "b" } }
      /** A response that is under way, with a first word. */
      const begin = Effect.fnUntraced(function* (headers: Record<string, string>) {
        const asking = client.responses.create({ ...body, stream: true }, { headers }).asResponse()
        const running = yield* chats.next
        running.say("Hel")
        const { headers: told } = yield* Effect.promise(() => asking)
        return { running, id: `resp_${told.get("x-infernet-job")}` }
      })
      const headers = { "Idempotency-Key": "k" }
      const { id, running } = yield* begin(headers)
      const read = Effect.promise(() => client.responses.retrieve(id))
      expect(yield* read).toMatchObject({ id, status: "in_progress", output: [], metadata: { a: "b" } })
      running.say("lo")
      running.finish()
      const whole = yield* Effect.promise(() => client.responses.create(body, { headers }))
      const again = yield* read
      expect(again).toMatchObject({ id, status: "completed", output: whole.output, output_text: "Hello" })
      expect(again.completed_at).toBeGreaterThan(0)
      const { status } = yield* Effect.promise(() => client.responses.cancel(id))
      expect(status).toBe("completed")

      const other = yield* begin({})
      const cancelled = { id: other.id, status: "cancelled", error: { code: "server_error" } }
      expect(yield* Effect.promise(() => client.responses.cancel(other.id))).toMatchObject(cancelled)
      yield* Deferred.await(other.running.interrupted)

      expect(yield* failure(() => client.responses.delete(id))).toMatchObject({ status: 400, code: "bad_request" })
      expect(yield* failure(() => client.responses.retrieve("resp_nonsense"))).toMatchObject({ status: 404 })
      expect(yield* failure(() => client.responses.retrieve(id, { stream: true }))).toMatchObject({ status: 400 })
      const stranger = yield* Network.account(plane)
      const theirs = yield* call(plane, `/v1/responses/${id}`, { key: stranger.key })
      expect([theirs.status, jsonOf(theirs).error.code]).toEqual([404, "not_found"])
      expect((yield* call(plane, `/v1/responses/${id}`, { key })).status).toBe(200)
    })
  )

  live("is told by name what this door cannot do", () =>
    Effect.gen(function* () {
      const { client, key, plane } = yield* world(Chats.saying("a"))
      expect(
        yield* failure(() => client.responses.create({ model, input: "hi", previous_response_id: "resp_1" }))
      ).toMatchObject({ status: 400, param: "previous_response_id", message: expect.stringContaining("input") })
      expect(
        yield* failure(() => client.responses.create({ model, input: "hi", tools: [{ type: "web_search" }] }))
      ).toMatchObject({ status: 400, param: "tools[0].type", message: expect.stringContaining("web_search") })
      expect(yield* failure(() => client.responses.create({ model: "tony", input: "hi" }))).toMatchObject({
        status: 404,
        code: "model_not_found"
      })
      const unknown = yield* call(plane, "/v1/responses/compact", { key, json: {} })
      expect([unknown.status, jsonOf(unknown).error.code]).toEqual([404, "not_found"])
      const nobody = yield* call(plane, "/v1/responses", { json: { model, input: "hi" } })
      expect([nobody.status, jsonOf(nobody).error.type]).toEqual([401, "authentication_error"])
    })
  )
})
