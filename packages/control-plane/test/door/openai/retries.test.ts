import { describe, expect } from "bun:test"
import { BackendError } from "@infernet/backend/Backend"
import { unlimited } from "@infernet/contract/Limits"
import * as Chats from "@infernet/testing/fakes/Chats"
import { Deferred, Effect, Fiber, SubscriptionRef } from "effect"
import OpenAI, { ConflictError, InternalServerError, RateLimitError } from "openai"
import { call, jsonOf } from "../../http/client.ts"
import { ask, hi, live, model, thrown, world } from "./world.ts"

describe("OpenAI's client tries again", () => {
  live("after a node's failure, as often as it was told to, and is answered in the end", () =>
    Effect.gen(function* () {
      let tries = 0
      const { options } = yield* world({
        chat: (_request, emit) => {
          tries += 1
          if (tries < 3 || tries > 3) return Effect.fail(new BackendError({ fault: "backend_error", message: "oops" }))
          void emit("text", "at last")
          return Effect.succeed({ finish_reason: "stop", usage: Chats.usage })
        }
      })
      const patient = new OpenAI(options({ maxRetries: 2 }))
      const answer = yield* ask(() => patient.chat.completions.create({ model, messages: hi }))
      expect([tries, answer.choices[0]?.message.content]).toEqual([3, "at last"])
      const error = yield* thrown(() => patient.chat.completions.create({ model, messages: hi }))
      expect(error).toBeInstanceOf(InternalServerError)
      expect(tries).toBe(6)
    })
  )

  live("when nobody can take its chat at the moment, after as long as it is told", () =>
    Effect.gen(function* () {
      const models = yield* SubscriptionRef.make<ReadonlyArray<string>>([model])
      const statuses: Array<number> = []
      const { key, options, plane } = yield* world({ chat: Chats.saying("a"), models })
      yield* SubscriptionRef.set(models, [])
      yield* call(plane, "/v1/models", { key }).pipe(
        Effect.repeat({ until: (answer) => jsonOf(answer).data.length === 0 })
      )
      const refused = Promise.withResolvers<void>()
      const watched = new OpenAI(
        options({
          maxRetries: 1,
          fetch: async (url, init) => {
            const answer = await fetch(url, init)
            statuses.push(answer.status)
            refused.resolve()
            return answer
          }
        })
      )
      const asking = yield* Effect.forkChild(ask(() => watched.chat.completions.create({ model, messages: hi })))
      yield* Effect.promise(() => refused.promise)
      yield* SubscriptionRef.set(models, [model])
      const answer = yield* Fiber.join(asking)
      expect([statuses, answer.choices[0]?.message.content]).toEqual([[503, 200], "a"])
    })
  )

  live("not where it asked for more at once than it may, of which nothing goes on", () =>
    Effect.gen(function* () {
      const chats = yield* Chats.make
      const limits = { key: { ...unlimited, concurrency: 1 }, account: unlimited }
      const { client } = yield* world({ chat: chats.chat }, { limits })
      const error = yield* thrown(() => client.chat.completions.create({ model, messages: hi, n: 2 }))
      expect(error).toBeInstanceOf(RateLimitError)
      expect(error).toMatchObject({ status: 429, code: "rate_limited" })
      yield* Deferred.await((yield* chats.next).interrupted)
    })
  )

  live("not after a request that stays wrong, nor after a job that somebody cancelled", () =>
    Effect.gen(function* () {
      const chats = yield* Chats.make
      const { key, options, plane } = yield* world({ chat: chats.chat })
      const patient = new OpenAI(options({ maxRetries: 2 }))
      const cancelled = yield* Effect.forkChild(thrown(() => patient.chat.completions.create({ model, messages: hi })))
      yield* chats.next
      // Its row may be a moment away.
      const [{ id }] = yield* call(plane, "/api/v1/jobs?status=processing", { key }).pipe(
        Effect.map((answer) => jsonOf(answer).jobs),
        Effect.repeat({ until: (jobs) => jobs.length > 0 })
      )
      yield* call(plane, `/api/v1/jobs/${id}`, { key, method: "DELETE" })
      expect(yield* Fiber.join(cancelled)).toBeInstanceOf(ConflictError)
      expect(yield* chats.begun).toBe(0)
    })
  )
})
