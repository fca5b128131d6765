import { describe, expect } from "bun:test"
import * as Chats from "@infernet/testing/fakes/Chats"
import type { Script } from "@infernet/testing/fakes/ScriptedBackends"
import { it } from "@infernet/testing/harness"
import { Clock, Deferred, Duration, Effect, Fiber, Layer, Redacted, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import * as Sdk from "../src/effect.ts"
import * as CuttingProxy from "./CuttingProxy.ts"
import { network } from "./Network.ts"
import { params } from "./Script.ts"

const connect = (key: string, baseUrl: string) =>
  Sdk.Infernet.layer({ apiKey: Redacted.make(key), baseUrl }).pipe(
    Layer.provide(FetchHttpClient.layer),
    Layer.build,
    Effect.flatMap((context) => Effect.provideContext(Sdk.Infernet, context))
  )

const sleep = (duration: Duration.Duration) => (Duration.toMillis(duration) > 40_000 ? Effect.never : Effect.yieldNow)

/** Waits between tries take no time, and nothing is ever silent for too long. */
const hasty = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Clock.Clock, (clock) => {
    return Effect.provideService(effect, Clock.Clock, Object.assign(Object.create(clock), { sleep }))
  })

const setUp = Effect.fnUntraced(function* (script: Script) {
  const { key, plane } = yield* network(script)
  return { key, plane, client: yield* connect(key, plane.url) }
})

/** Sockets and a database, on a machine that may be busy. */
const patience = { timeout: 30_000 }

describe("the Effect client on a network", () => {
  it.live(
    "gives the same events over a stream that is cut 50 times, of one job",
    () =>
      Effect.gen(function* () {
        const words = Array.from({ length: 1_500 }, (_, n) => `wörd ${n} ${"🦜".repeat(n % 3)}\n\n`)
        let runs = 0
        const saying = Chats.saying(...words)
        const chat: Script["chat"] = (request, emit) => Effect.suspend(() => (runs++, saying(request, emit)))
        const { client, key, plane } = yield* setUp({ chat })
        const whole = yield* Stream.runCollect(client.chatStream(params))
        expect(whole.map((event) => event.text).join("")).toBe(words.join(""))

        const chance = CuttingProxy.random(11)
        let cut = 0
        const bytes = () => Math.floor((cut % 7 === 0 ? 0 : 900) + chance() * 900)
        const proxy = yield* CuttingProxy.make(plane.port, () => (cut++ < 50 ? bytes() : undefined))
        const far = yield* connect(key, proxy.url)
        // A cut may cost what came just before it: a body that breaks is not read to where it broke.
        const patient = { maxRetries: 50 }
        expect(yield* hasty(Stream.runCollect(far.chatStream(params, patient)))).toEqual(whole)
        expect(proxy.cuts()).toBe(50)
        expect(runs).toBe(2)
      }),
    patience
  )

  it.live(
    "answers whole, lists, and waits",
    () =>
      Effect.gen(function* () {
        const chats = yield* Chats.make
        const { client } = yield* setUp(chats)
        const asking = yield* Effect.forkChild(client.chat(params), { startImmediately: true })
        const chat = yield* chats.next
        void chat.emit("reasoning", "hm")
        chat.say("o", "k")
        chat.finish()
        const { content, finish_reason, job, reasoning, usage } = yield* Fiber.join(asking)
        expect([content, reasoning, finish_reason, usage]).toEqual(["ok", "hm", "stop", Chats.usage])

        const accepted = yield* client.jobs.submit(params, { idempotencyKey: "mine" })
        expect((yield* client.jobs.submit(params, { idempotencyKey: "mine" })).id).toBe(accepted.id)
        const waiting = yield* Effect.forkChild(client.jobs.wait(accepted.id), { startImmediately: true })
        const other = yield* chats.next
        other.say("half")
        other.fail()
        expect(yield* Fiber.join(waiting)).toMatchObject({ status: "failed", error: "backend_error" })
        const listed = yield* Stream.runCollect(client.jobs.list({ limit: 1 }))
        expect(listed.map(({ id }) => id)).toEqual([accepted.id, job.id])
        expect(yield* client.models).toMatchObject([{ id: "tiny", nodes: 1 }])
      }),
    patience
  )

  it.live(
    "cancels the job of whoever is interrupted, or leaves the stream",
    () =>
      Effect.gen(function* () {
        const chats = yield* Chats.make
        const { client } = yield* setUp(chats)
        const asking = yield* Effect.forkChild(client.chat(params), { startImmediately: true })
        // Nothing was said yet, so the client may not know its job either.
        const silent = yield* chats.next
        yield* Fiber.interrupt(asking)
        silent.say("too late")
        yield* Deferred.await(silent.interrupted)

        const taking = yield* Effect.forkChild(Stream.runCollect(Stream.take(client.chatStream(params), 1)), {
          startImmediately: true
        })
        const chat = yield* chats.next
        chat.say("a")
        yield* Deferred.await(chat.interrupted)
        expect(yield* Fiber.join(taking)).toEqual([{ text: "a" }])
      }),
    patience
  )
})
