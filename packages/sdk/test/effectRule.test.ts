import { describe, expect } from "bun:test"
import { JobId } from "@infernet/contract/Id"
import { it } from "@infernet/testing/harness"
import { Clock, ConfigProvider, Effect, Fiber, Layer, Random, Redacted, Stream } from "effect"
import { HttpClient, type HttpClientRequest, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import * as Sdk from "../src/effect.ts"
import { json, params, sse } from "./Script.ts"

interface Asked {
  readonly at: number
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
}

const id = JobId.make(`job_${"0".repeat(20)}`)

/** An answer whose body is there at once: reading a real one takes turns of the event loop that no test clock counts. */
const answering = Effect.fnUntraced(function* (web: Response) {
  const body = yield* Effect.promise(() => web.arrayBuffer())
  return (request: HttpClientRequest.HttpClientRequest): HttpClientResponse.HttpClientResponse =>
    Object.create(HttpClientResponse.fromWeb(request, web), {
      arrayBuffer: { value: Effect.succeed(body) },
      stream: { value: Stream.make(new Uint8Array(body)) }
    })
})

/** A client whose requests get one answer after the other, and what it asked; `undefined` is silence. */
const scripted = Effect.fnUntraced(function* (...answers: ReadonlyArray<Response | undefined>) {
  const asked: Array<Asked> = []
  const script = yield* Effect.forEach(answers, (web) =>
    web === undefined ? Effect.succeed(undefined) : answering(web)
  )
  const http = HttpClient.make((request, url) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => {
      asked.push({ at, method: request.method, path: url.pathname + url.search, headers: request.headers })
      const answer = script[asked.length - 1]
      return answer === undefined ? Effect.never : Effect.succeed(answer(request))
    })
  )
  const layer = Sdk.Infernet.layer({ apiKey: Redacted.make("inft_test"), baseUrl: "http://plane/" })
  const context = yield* Layer.build(Layer.provide(layer, Layer.succeed(HttpClient.HttpClient, http)))
  const client = yield* Effect.provideContext(Sdk.Infernet, context)
  return { asked, client }
})

const refused = (status: number, error: string, headers: Record<string, string> = {}) =>
  json(status, { error, error_message: "no" }, headers)

/** Runs with all the time that it takes, and no chance. */
const timeless = Effect.fnUntraced(function* <A, E>(effect: Effect.Effect<A, E>) {
  const fiber = yield* Effect.forkChild(Random.withSeed(effect, "sdk"), { startImmediately: true })
  while (fiber.pollUnsafe() === undefined) yield* TestClock.adjust("50 millis")
  return yield* Fiber.join(fiber)
})

const text = (stream: Stream.Stream<Sdk.ChatEvent, Sdk.ChatFailure>) =>
  Effect.map(Stream.runCollect(stream), (events) => events.map((event) => event.text ?? "").join(""))

describe("the Effect client's rule of retries", () => {
  it("waits 1, 2 and 4 seconds and up to a quarter more, and then gives the error", () =>
    Effect.gen(function* () {
      const { asked, client } = yield* scripted(...Array.from({ length: 4 }, () => refused(500, "internal_error")))
      const error = yield* timeless(Effect.flip(client.models))
      expect(error).toBeInstanceOf(Sdk.InternalError)
      const waits = asked.map(({ at }, i) => at - (asked[i - 1]?.at ?? 0)).slice(1)
      expect(waits.length).toBe(3)
      for (const [i, wait] of waits.entries()) {
        expect(wait).toBeGreaterThanOrEqual(1000 * 2 ** i)
        expect(wait).toBeLessThanOrEqual(1250 * 2 ** i)
      }
    }))

  it("waits as Retry-After says, and not for an hour", () =>
    Effect.gen(function* () {
      const { asked, client } = yield* scripted(
        refused(429, "rate_limited", { "retry-after": "7" }),
        json(200, { models: [] }),
        refused(429, "rate_limited", { "retry-after": "3600" })
      )
      expect(yield* timeless(client.models)).toEqual([])
      expect(asked.map(({ at }) => at)).toEqual([0, 7_000])
      const error = yield* timeless(Effect.flip(client.models))
      expect(error).toBeInstanceOf(Sdk.RateLimited)
      expect(error).toMatchObject({ retry_after: 3600 })
    }))

  it("takes a silent request for dead", () =>
    Effect.gen(function* () {
      const { asked, client } = yield* scripted(undefined, json(200, { models: [] }))
      expect(yield* timeless(client.models)).toEqual([])
      expect(asked[1]?.at).toBeGreaterThanOrEqual(46_000)
    }))

  it("keeps the key where the job may be there, and takes a new one where it is over", () =>
    Effect.gen(function* () {
      const done = sse('id: 1\ndata: {"text":"a"}\n\ndata: [DONE]\n\n', id)
      const { asked, client } = yield* scripted(
        undefined,
        refused(502, "backend_error"),
        new Response("<html>", { status: 502 }),
        done
      )
      expect(yield* timeless(text(client.chatStream(params)))).toBe("a")
      const [lost, again, anew, behind] = asked.map(({ headers }) => headers["idempotency-key"])
      expect([lost === again, again === anew, anew === behind]).toEqual([true, false, true])
    }))

  it("takes a stream without [DONE] up where it was, by number, and gives no event twice", () =>
    Effect.gen(function* () {
      const { asked, client } = yield* scripted(
        sse('id: 1\ndata: {"text":"a"}\n\nid: 2\ndata: {"text":"b"}\n\nid: 3\ndata: {"te', id),
        sse(': keep-alive\n\nid: 2\ndata: {"text":"b"}\n\nid: 3\ndata: {"text":"c"}\n\n', id),
        sse("", id),
        sse("data: [DONE]\n\n", id)
      )
      expect(yield* timeless(text(client.chatStream(params)))).toBe("abc")
      expect(asked.map(({ headers, path }) => [path, headers["last-event-id"]])).toEqual([
        ["/api/v1/jobs", undefined],
        [`/api/v1/jobs/${id}/stream`, "2"],
        [`/api/v1/jobs/${id}/stream`, "3"],
        [`/api/v1/jobs/${id}/stream`, "3"]
      ])
      // At once after something new; by the rule after nothing.
      const waits = asked.map(({ at }, i) => at - (asked[i - 1]?.at ?? 0))
      expect(waits.map((wait) => wait >= 1_000)).toEqual([false, false, false, true])
    }))

  it("gives up a stream that stays cut, with what it said", () =>
    Effect.gen(function* () {
      const { client } = yield* scripted(sse('id: 1\ndata: {"text":"a"}\n\n', id))
      const error = yield* timeless(Effect.flip(client.chat(params)))
      expect(error).toBeInstanceOf(Sdk.StreamCut)
      expect(error).toMatchObject({ job: id, text: "a", cause: { _tag: "Unreachable", reason: "silence" } })
    }))
})

describe("the Effect client's errors", () => {
  const codes = {
    bad_request: [400, Sdk.BadRequest],
    unauthorized: [401, Sdk.Unauthorized],
    insufficient_funds: [402, Sdk.InsufficientFunds],
    forbidden: [403, Sdk.Forbidden],
    not_found: [404, Sdk.NotFound],
    model_not_found: [404, Sdk.ModelNotFound],
    conflict: [409, Sdk.Conflict],
    payload_too_large: [413, Sdk.PayloadTooLarge],
    rate_limited: [429, Sdk.RateLimited],
    internal_error: [500, Sdk.InternalError],
    backend_error: [502, Sdk.UpstreamFailed],
    no_capacity: [503, Sdk.NoCapacity],
    timeout: [504, Sdk.TimedOut]
  } as const

  for (const [code, [status, Class]] of Object.entries(codes)) {
    it(`${code} is the contract's class`, () =>
      Effect.gen(function* () {
        const { client } = yield* scripted(...Array.from({ length: 4 }, () => refused(status, code)))
        const error = yield* timeless(Effect.flip(client.jobs.get(id)))
        expect(error.constructor).toBe(Class)
        expect(error).toMatchObject({ error_message: "no" })
      }))
  }

  it("what the contract does not allow is never sent", () =>
    Effect.gen(function* () {
      const { asked, client } = yield* scripted()
      const error = yield* Effect.flip(client.chat({ ...params, temperature: 9 }))
      expect(error).toBeInstanceOf(Sdk.BadRequest)
      expect(asked).toEqual([])
    }))

  it("a job's own error in its stream tells what it said before", () =>
    Effect.gen(function* () {
      const { client } = yield* scripted(
        sse('id: 1\ndata: {"text":"a"}\n\ndata: {"error":"cancelled","message":"no"}\n\n', id)
      )
      const error = yield* timeless(Effect.flip(text(client.chatStream(params))))
      expect(error).toBeInstanceOf(Sdk.JobFailed)
      expect(error).toMatchObject({ job: id, error: "cancelled", text: "a" })
    }))

  it("the key comes from the environment, and is missed by name", () =>
    Effect.gen(function* () {
      const http = Layer.succeed(
        HttpClient.HttpClient,
        HttpClient.make(() => Effect.never)
      )
      const layer = (env: Record<string, string>) =>
        Layer.build(Layer.fresh(Sdk.Infernet.layerConfig)).pipe(
          Effect.provide(Layer.merge(http, ConfigProvider.layer(ConfigProvider.fromUnknown(env))))
        )
      yield* layer({ INFERNET_BEARER_TOKEN: "inft_test" })
      expect(String(yield* Effect.flip(layer({})))).toContain("INFERNET_BEARER_TOKEN")
    }))
})
