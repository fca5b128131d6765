import { describe, expect } from "bun:test"
import { BackendError } from "@infernet/backend/Backend"
import type { EmbeddingRequest } from "@infernet/contract/Embedding"
import type { JobView } from "@infernet/contract/Job"
import * as Chats from "@infernet/testing/fakes/Chats"
import type { Script } from "@infernet/testing/fakes/ScriptedBackends"
import { Effect } from "effect"
import { BadRequestError, ConflictError } from "openai"
import { call, jsonOf } from "../../http/client.ts"
import { ask, live, model, thrown, world } from "./world.ts"

/** A vector tells its text's place and length. */
const vectorOf = (text: string, place: number, dimensions: number) =>
  Array.from({ length: dimensions }, (_, i) => (i === 0 ? place : i === 1 ? text.length : 1 / (i + 1)))

const embedding = (seen: Array<EmbeddingRequest> = []): Script => ({
  chat: Chats.saying("a"),
  embed: (request) => {
    seen.push(request)
    const { dimensions = 4, input } = request
    return Effect.succeed({ embeddings: input.map((text, i) => vectorOf(text, i, dimensions)), prompt_tokens: 7 })
  }
})

const input = ["one", "three"]
const float32 = (numbers: ReadonlyArray<number>) => [...Float32Array.from(numbers)]

describe("OpenAI's client embeds", () => {
  live("a text or a list, as floats and as base64, which it asks for by itself", () =>
    Effect.gen(function* () {
      const seen: Array<EmbeddingRequest> = []
      const { client } = yield* world(embedding(seen))
      const answer = yield* ask(() => client.embeddings.create({ model, input }))
      expect(answer.data.map(({ embedding, index }) => [index, [...embedding]])).toEqual([
        [0, float32(vectorOf("one", 0, 4))],
        [1, float32(vectorOf("three", 1, 4))]
      ])
      expect(answer.usage).toEqual({ prompt_tokens: 7, total_tokens: 7 })
      const floats = yield* ask(() => client.embeddings.create({ model, input: "one", encoding_format: "float" }))
      expect(floats.data).toMatchObject([{ embedding: float32(vectorOf("one", 0, 4)) }])
      const base64 = yield* ask(() =>
        client.embeddings.create({ model, input, encoding_format: "base64", dimensions: 2 })
      )
      const text: unknown = base64.data[1]?.embedding
      expect(new Float32Array(new Uint8Array(Buffer.from(String(text), "base64")).buffer)).toEqual(
        Float32Array.from([1, 5])
      )
      expect(seen).toEqual([
        { model, input },
        { model, input: ["one"] },
        { model, input, dimensions: 2 }
      ])
    })
  )

  live("as many texts as there may be, whose vectors are as long as they usually are", () =>
    Effect.gen(function* () {
      const { client } = yield* world(embedding())
      const many = Array.from({ length: 2_048 }, (_, i) => "x".repeat(1 + (i % 7)))
      const { data } = yield* ask(() => client.embeddings.create({ model, input: many, dimensions: 1_024 }))
      expect(data).toHaveLength(2_048)
      expect([...(data[2_047]?.embedding ?? [])]).toEqual(float32(vectorOf(many[2_047] ?? "", 2_047, 1_024)))
      const error = yield* thrown(() => client.embeddings.create({ model, input: many, dimensions: 4_096 }))
      expect(error).toMatchObject({ status: 502, message: expect.stringContaining("larger than an attempt may be") })
    })
  )

  live("and is told what is wrong by the name of the field", () =>
    Effect.gen(function* () {
      const { client } = yield* world(embedding())
      for (const [body, param] of [
        [{ input: [] }, "input"],
        [{ input: "" }, "input"],
        [{ input: ["a", ""] }, "input[1]"],
        [{ input: Array.from({ length: 2_049 }, () => "a") }, "input"],
        [{ input: [1, 2] }, "input[0]"],
        [{ input, dimensions: 0 }, "dimensions"],
        [{ input, encoding_format: "int8" }, "encoding_format"]
      ] as const) {
        const error = yield* thrown(() => client.embeddings.create({ model, ...body } as never))
        expect(error).toBeInstanceOf(BadRequestError)
        expect(error).toMatchObject({ param })
      }
    })
  )
})

describe("a job of embeddings", () => {
  live("goes to another node where one fails it, and fails where the answer is not what was asked for", () =>
    Effect.gen(function* () {
      let tries = 0
      const { client } = yield* world({
        chat: Chats.saying("a"),
        embed: ({ input }) => {
          tries += 1
          return input.length > 1
            ? Effect.succeed({ embeddings: [[1, 2, 3]], prompt_tokens: 1 })
            : Effect.fail(new BackendError({ fault: "backend_error", message: "out of memory" }))
        }
      })
      const failed = yield* thrown(() => client.embeddings.create({ model, input: "one" }))
      expect(failed).toMatchObject({ status: 502, message: expect.stringContaining("out of memory") })
      const fewer = yield* thrown(() => client.embeddings.create({ model, input }))
      expect(fewer).toMatchObject({ status: 502, message: expect.stringContaining("12 bytes of vectors for 2 texts") })
      expect(tries).toBe(2)
    })
  )

  live("answers a repeat with the same vectors, and shows none of them among the account's jobs", () =>
    Effect.gen(function* () {
      const seen: Array<EmbeddingRequest> = []
      const { client, key, plane } = yield* world(embedding(seen))
      const keyed = { headers: { "Idempotency-Key": "once" } }
      const once = () => ask(() => client.embeddings.create({ model, input }, keyed))
      const first = yield* once()
      expect(yield* once()).toEqual(first)
      expect(seen).toHaveLength(1)
      const floats = { model, input, encoding_format: "float" as const }
      expect(yield* thrown(() => client.embeddings.create(floats, keyed))).toBeInstanceOf(ConflictError)
      const { jobs } = jsonOf(yield* call(plane, "/api/v1/jobs", { key })) as { jobs: ReadonlyArray<JobView> }
      const usage = { prompt_tokens: 7, completion_tokens: 0, total_tokens: 7 }
      expect(jobs).toMatchObject([
        { kind: "embedding", status: "completed", result: { content: "", finish_reason: "stop", usage } }
      ])
      expect(JSON.stringify(jobs).length).toBeLessThan(1_000)
    })
  )
})
