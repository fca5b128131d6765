import { describe, expect } from "bun:test"
import * as Chats from "@infernet/testing/fakes/Chats"
import * as Network from "@infernet/testing/Network"
import { Deferred, Effect } from "effect"
import { call, jsonOf } from "../../http/client.ts"
import { failure, live, model, world } from "./world.ts"

describe("OpenAI's SDK at /v1/responses/{id}", () => {
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
      const seeing = [
        { type: "input_image" as const, image_url: "data:image/png;base64,iVBORw0KGgo=", detail: "auto" as const }
      ]
      expect(
        yield* failure(() => client.responses.create({ model, input: [{ role: "user", content: seeing }] }))
      ).toMatchObject({ status: 400, param: "input", message: "400 input: no node that serves tiny can see images" })
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
