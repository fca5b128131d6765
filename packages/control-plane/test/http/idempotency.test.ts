import { expect } from "bun:test"
import * as Chats from "@infernet/testing/fakes/Chats"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Deferred, Effect, Fiber } from "effect"
import { call, chat, jsonOf, open } from "./client.ts"

it.live(
  "an Idempotency-Key makes one job of the same request, however often it comes, and refuses another",
  () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { key } = yield* Network.account(plane)
      const stranger = yield* Network.account(plane)
      const chats = yield* Chats.make
      yield* Network.node(plane, chats)
      const headers = { "idempotency-key": "k1" }
      const post = (json: unknown, by = key) => call(plane, "/api/v1/jobs", { key: by, json, headers })

      const answers = yield* Effect.all(
        Array.from({ length: 50 }, () => post(chat())),
        { concurrency: "unbounded" }
      )
      expect(new Set(answers.map((answer) => `${answer.status} ${jsonOf(answer).id}`)).size).toBe(1)
      expect(answers[0]?.status).toBe(202)
      const running = yield* chats.next
      running.say("a")
      running.finish()

      const other = yield* post(chat("something else"))
      expect([other.status, jsonOf(other).error]).toEqual([409, "conflict"])
      expect((yield* post(chat("something else"), stranger.key)).status).toBe(202)
      ;(yield* chats.next).finish()
      expect(yield* chats.begun).toBe(0)

      const tooLong = yield* call(plane, "/api/v1/jobs", {
        key,
        json: chat(),
        headers: { "idempotency-key": "k".repeat(129) }
      })
      expect([tooLong.status, jsonOf(tooLong).field]).toEqual([400, "idempotency-key"])
    }),
  { timeout: 20_000 }
)

it.live(
  "a streamed job with a key goes on when its reader hangs up, and streams again to who repeats it",
  () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { key } = yield* Network.account(plane)
      const chats = yield* Chats.make
      yield* Network.node(plane, chats)
      const controller = new AbortController()
      const init = { key, json: chat("hi", { stream: true }), headers: { "idempotency-key": "k2" } }
      const hasty = yield* Effect.forkChild(
        Effect.flatMap(open(plane, "/api/v1/jobs", { ...init, signal: controller.signal }), ({ until }) =>
          until("\n\n")
        ),
        { startImmediately: true }
      )
      const running = yield* chats.next
      running.say("a")
      yield* Fiber.join(hasty)
      controller.abort()
      const again = yield* open(plane, "/api/v1/jobs", init)
      expect(yield* again.until("\n\n")).toBe('id: 1\ndata: {"text":"a"}\n\n')
      running.say("b")
      running.finish()
      expect(yield* again.until("[DONE]\n\n")).toBe('id: 2\ndata: {"text":"b"}\n\ndata: [DONE]\n\n')
      expect(yield* Deferred.isDone(running.interrupted)).toBe(false)
      expect(yield* chats.begun).toBe(0)
    }),
  { timeout: 20_000 }
)
