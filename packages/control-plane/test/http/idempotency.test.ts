import { describe, expect } from "bun:test"
import * as Chats from "@infernet/testing/fakes/Chats"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Context, Deferred, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { call, chat } from "./client.ts"
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

/** The JSON of each line or frame of a stream. */
const pieces = (stream: string) =>
  stream.split("\n").flatMap((line) => {
    const json = line.replace(/^data: /, "")
    return json.startsWith("{") ? [JSON.parse(json)] : []
  })

// Each door's own form, of which a test reads what it needs.
// oxlint-disable-next-line typescript/no-explicit-any
type Json = any

interface Door {
  readonly path: string
  readonly body: (content: string, more?: object) => object
  /** What a piece of its stream says. */
  readonly piece: (piece: Json) => string | undefined
  /** Whether its pieces also tell when they came. */
  readonly timed?: true
  /** What is the same in each whole answer. */
  readonly whole: (body: Json) => unknown
}

const doors: ReadonlyArray<Door> = [
  { path: "/api/v1/jobs", body: chat, piece: ({ text }) => text, whole: ({ id }) => id },
  {
    path: "/v1/chat/completions",
    body: chat,
    piece: ({ choices }) => choices?.[0]?.delta.content,
    whole: ({ choices, id }) => [id, choices[0].message.content]
  },
  {
    path: "/v1/responses",
    body: (input, more) => ({ model: "tiny", input, ...more }),
    piece: ({ delta, type }) => (type === "response.output_text.delta" ? delta : undefined),
    whole: ({ id, output }) => [id, output[0].content[0].text]
  },
  {
    path: "/v1/messages",
    body: (content, more) => ({ max_tokens: 99, ...chat(content), ...more }),
    piece: ({ delta }) => delta?.text,
    whole: ({ content, id }) => [id, content[0].text]
  },
  {
    path: "/api/chat",
    body: (content, more) => chat(content, { stream: false, ...more }),
    piece: ({ message }) => message?.content,
    timed: true,
    whole: ({ message }) => message.content
  }
]

describe.each(doors)("an Idempotency-Key at POST $path", ({ body, path, piece, timed, whole }) => {
  const said = (stream: string): string =>
    pieces(stream)
      .map((one) => piece(one) ?? "")
      .join("")

  live("makes one job of a thousand requests at once, a third of them cut off, and gives each the same answer", () =>
    Effect.gen(function* () {
      const { chats, jobs, key, plane } = yield* world
      const headers = { authorization: `Bearer ${key}`, "idempotency-key": "once" }
      const requests = yield* Effect.forEach(
        Array.from({ length: 1_000 }, (_, n) => n),
        (n) => send(plane, { path, headers, json: body("hi", { stream: isStream(n) }) }),
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
      const answers = yield* Effect.forEach(kept, (request) => Deferred.await(request.body), {
        concurrency: "unbounded"
      })
      const numbers = requests.flatMap((_, n) => (n % 3 === 0 ? [] : [n]))
      const streams = answers.filter((_, at) => isStream(numbers[at] ?? 0))
      const wholes = answers.filter((_, at) => !isStream(numbers[at] ?? 0))
      const same = timed === true ? streams.map((text) => said(text ?? "")) : streams
      expect([new Set(same).size, same.length]).toEqual([1, 333])
      expect(said(streams[0] ?? "")).toBe("Hello")
      expect(new Set(wholes.map((text) => JSON.stringify(whole(JSON.parse(text ?? ""))))).size).toBe(1)
      expect([yield* jobs, yield* chats.begun, yield* Deferred.isDone(running.interrupted)]).toEqual([1, 0, false])
    })
  )

  live("is the same request however it is written, and refuses another", () =>
    Effect.gen(function* () {
      const { chats, jobs, key, plane } = yield* world
      const post = (text: string, idempotency = "once") =>
        call(plane, path, {
          key,
          method: "POST",
          body: text,
          headers: { "content-type": "application/json", "idempotency-key": idempotency }
        })
      yield* Effect.forkChild(post(JSON.stringify(body("hi"))), { startImmediately: true })
      const running = yield* chats.next
      running.say("a")
      running.finish()
      const backwards = Object.fromEntries(Object.entries(body("hi", { stream: true })).toReversed())
      const again = yield* post(JSON.stringify(backwards, undefined, 2))
      expect([again.status, said(again.text), yield* jobs]).toEqual([200, "a", 1])
      const other = yield* post(JSON.stringify(body("ho")))
      expect([other.status, other.text]).toEqual([409, expect.stringContaining("was used before with another request")])
      const tooLong = yield* post(JSON.stringify(body("hi")), "k".repeat(129))
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
