import { describe, expect } from "bun:test"
import * as Chats from "@infernet/testing/fakes/Chats"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Context, Deferred, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { call, chat, jsonOf } from "./client.ts"
import { send } from "./duplicates.ts"

const world = Effect.gen(function* () {
  const plane = yield* Network.plane()
  const { key } = yield* Network.account(plane)
  const chats = yield* Chats.make
  yield* Network.node(plane, chats)
  const sql = Context.get(plane.services, SqlClient.SqlClient)
  const jobs = Effect.map(sql`select id from job`, (rows) => rows.length)
  return { plane, key, chats, jobs }
})

const live = (name: string, body: Parameters<typeof it.live>[1]) => it.live(name, body, { timeout: 60_000 })

const isStream = (n: number) => n % 2 === 0

/** What a stream says, joined. */
const said = (stream: string): string =>
  stream
    .split("\n\n")
    .flatMap((frame) => frame.match(/^data: (\{.*)$/m)?.slice(1) ?? [])
    .map((data) => {
      const { choices, text } = JSON.parse(data)
      return text ?? choices?.[0]?.delta.content ?? ""
    })
    .join("")

const doors = [
  { door: "POST /api/v1/jobs", path: "/api/v1/jobs", whole: (body: string) => JSON.parse(body).id },
  {
    door: "POST /v1/chat/completions",
    path: "/v1/chat/completions",
    whole: (body: string) => JSON.parse(body).choices[0].message.content
  }
]

describe.each(doors)("an Idempotency-Key at $door", ({ path, whole }) => {
  live("makes one job of a thousand requests at once, a third of them cut off, and gives each the same answer", () =>
    Effect.gen(function* () {
      const { chats, jobs, key, plane } = yield* world
      const headers = { authorization: `Bearer ${key}`, "idempotency-key": "once" }
      const requests = yield* Effect.forEach(
        Array.from({ length: 1_000 }, (_, n) => n),
        (n) => send(plane, { path, headers, json: chat("hi", { stream: isStream(n) }) }),
        { concurrency: "unbounded" }
      )
      // Some are cut before the job has begun, some while it speaks.
      const cut = requests.filter((_, n) => n % 3 === 0)
      for (const request of cut.slice(0, 100)) request.cut()
      const running = yield* chats.next
      for (const request of cut.slice(100, 200)) request.cut()
      running.say("Hel")
      yield* Effect.forEach([2, 4, 8], (n) => Deferred.await(requests[n]?.begun ?? Deferred.makeUnsafe<void>()))
      for (const request of cut.slice(200)) request.cut()
      running.say("lo")
      running.finish()
      const kept = requests.filter((_, n) => n % 3 !== 0)
      const answers = yield* Effect.forEach(kept, ({ body }) => Deferred.await(body), { concurrency: "unbounded" })
      const numbers = requests.flatMap((_, n) => (n % 3 === 0 ? [] : [n]))
      const streams = answers.filter((_, at) => isStream(numbers[at] ?? 0))
      const wholes = answers.filter((_, at) => !isStream(numbers[at] ?? 0))
      expect([new Set(streams).size, streams.length]).toEqual([1, 333])
      expect(said(streams[0] ?? "")).toBe("Hello")
      expect(new Set(wholes.map((body) => whole(body ?? ""))).size).toBe(1)
      expect([yield* jobs, yield* chats.begun, yield* Deferred.isDone(running.interrupted)]).toEqual([1, 0, false])
    })
  )

  live("is the same request however it is written, and refuses another", () =>
    Effect.gen(function* () {
      const { chats, jobs, key, plane } = yield* world
      const post = (body: string, idempotency = "once") =>
        call(plane, path, {
          key,
          method: "POST",
          body,
          headers: { "content-type": "application/json", "idempotency-key": idempotency }
        })
      const message = '[{"role":"user","content":"hi"}]'
      yield* Effect.forkChild(post(`{"model":"tiny","messages":${message}}`), { startImmediately: true })
      const running = yield* chats.next
      running.say("a")
      running.finish()
      const again = yield* post(`{ "messages": ${message}, "stream": true, "model": "tiny" }`)
      expect([again.status, said(again.text), yield* jobs]).toEqual([200, "a", 1])
      const other = yield* post(`{"model":"tiny","messages":${message},"max_tokens":7}`)
      const { error } = jsonOf(other)
      expect([other.status, error.code ?? error]).toEqual([409, "conflict"])
      const tooLong = yield* post(`{"model":"tiny","messages":${message}}`, "k".repeat(129))
      expect([tooLong.status, tooLong.text]).toEqual([400, expect.stringContaining("idempotency-key")])
    })
  )
})

live("a key is its account's own", () =>
  Effect.gen(function* () {
    const { chats, jobs, key, plane } = yield* world
    const stranger = yield* Network.account(plane)
    const post = (by: string, content: string) =>
      call(plane, "/api/v1/jobs", { key: by, json: chat(content), headers: { "idempotency-key": "mine" } })
    const [mine, theirs] = [yield* post(key, "hi"), yield* post(stranger.key, "something else")]
    expect([mine.status, theirs.status, yield* jobs]).toEqual([202, 202, 2])
    ;(yield* chats.next).finish()
    ;(yield* chats.next).finish()
  })
)
