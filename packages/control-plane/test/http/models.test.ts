import { expect } from "bun:test"
import * as Chats from "@infernet/testing/fakes/Chats"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Effect, SubscriptionRef } from "effect"
import { call, chat, jsonOf } from "./client.ts"

it.live("a model is listed once, whatever its nodes call it, and answers under the listed name", () =>
  Effect.gen(function* () {
    const plane = yield* Network.plane()
    const { key } = yield* Network.account(plane)
    const spellings = ["tiny", "qwen2.5:7b-instruct-q4_K_M", "Qwen/Qwen2.5-7B-Instruct", "Qwen2.5-7B-Instruct-Q8_0"]
    const asked: Array<string> = []
    const models = yield* SubscriptionRef.make<ReadonlyArray<string>>(spellings)
    yield* Network.node(plane, {
      chat: ({ model }) => {
        asked.push(model)
        return Effect.succeed({ finish_reason: "stop", usage: Chats.usage })
      },
      models
    })
    const listed = jsonOf(yield* call(plane, "/api/v1/models", { key })).models
    expect(listed).toMatchObject([
      {
        id: "qwen2.5-7b-instruct",
        aliases: ["Qwen/Qwen2.5-7B-Instruct", "Qwen2.5-7B-Instruct-Q8_0", "qwen2.5:7b-instruct-q4_K_M"],
        quantizations: ["q4_k_m", "q8_0"],
        digests: [],
        nodes: 1
      },
      { id: "tiny" }
    ])
    const { data } = jsonOf(yield* call(plane, "/v1/models", { key }))
    expect(data.map(({ id }: { id: string }) => id)).toEqual(["qwen2.5-7b-instruct", "tiny"])
    const json = { ...chat(), model: "unsloth/Qwen2.5-7B-Instruct-GGUF:Q8_0" }
    expect(jsonOf(yield* call(plane, "/v1/chat/completions", { key, json })).model).toBe("qwen2.5-7b-instruct")
    expect(jsonOf(yield* call(plane, "/api/v1/jobs", { key, json })).model).toBe("qwen2.5-7b-instruct")
    expect(asked).toContain("Qwen2.5-7B-Instruct-Q8_0")
  })
)

it.live("what no node of a model can do is refused with the field that asks for it, in each door's shape", () =>
  Effect.gen(function* () {
    const plane = yield* Network.plane()
    const { key } = yield* Network.account(plane)
    yield* Network.node(plane, { chat: Chats.saying("a") })
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }
    const json = { ...chat(), messages: [{ role: "user", content: [image] }] }
    const message = "messages: no node that serves tiny can see images"
    const ours = yield* call(plane, "/api/v1/jobs", { key, json })
    expect([ours.status, jsonOf(ours)]).toEqual([
      400,
      { error: "bad_request", error_message: message, field: "messages" }
    ])
    const theirs = yield* call(plane, "/v1/chat/completions", { key, json })
    expect([theirs.status, jsonOf(theirs).error]).toEqual([
      400,
      { message, type: "invalid_request_error", param: "messages", code: "bad_request" }
    ])
  })
)
