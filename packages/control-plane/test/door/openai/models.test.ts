import { expect } from "bun:test"
import * as Chats from "@infernet/testing/fakes/Chats"
import { Effect, SubscriptionRef } from "effect"
import { NotFoundError } from "openai"
import { call, jsonOf } from "../../http/client.ts"
import { ask, live, thrown, world } from "./world.ts"

live("OpenAI's client lists models and finds each by any of its names, slashes and colons included", () =>
  Effect.gen(function* () {
    const models = yield* SubscriptionRef.make<ReadonlyArray<string>>(["tiny", "Qwen/Qwen2.5-7B-Instruct", "phi:3b"])
    const { client, key, plane } = yield* world({ chat: Chats.saying("a"), models })
    const listed = yield* ask(() => client.models.list())
    const ids = listed.data.map(({ id }) => id)
    expect(ids).toContain("tiny")
    for (const id of [...ids, "Qwen/Qwen2.5-7B-Instruct", "phi:3b"]) {
      const found = yield* ask(() => client.models.retrieve(id))
      expect(found).toMatchObject({ object: "model", owned_by: "infernet" })
      expect(ids).toContain(found.id)
      expect(jsonOf(yield* call(plane, `/v1/models/${id}`, { key }))).toEqual(JSON.parse(JSON.stringify(found)))
    }
    const missing = yield* thrown(() => client.models.retrieve("nobody/nothing"))
    expect(missing).toBeInstanceOf(NotFoundError)
    expect(missing).toMatchObject({ code: "model_not_found" })
  })
)
