import { afterAll, describe, expect } from "bun:test"
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as BunHttp from "@infernet/platform/BunHttp"
import { it } from "@infernet/testing/harness"
import { Deferred, Effect, Layer, Option, Schedule, Stream } from "effect"
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { NetAddress } from "effect/net"

const App = (routes: Layer.Layer<never, never, HttpRouter.HttpRouter>) =>
  HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })

/** Serves the routes for the rest of the test; gives the address. */
const serving = (routes: Layer.Layer<never, never, HttpRouter.HttpRouter>, options: BunHttp.Options = { port: 0 }) =>
  Effect.gen(function* () {
    const context = yield* Layer.build(App(routes).pipe(Layer.provideMerge(BunHttp.layer(options))))
    return yield* HttpServer.HttpServer.pipe(
      Effect.map(({ address }) => NetAddress.formatUrlUnsafe(address)),
      Effect.provide(context)
    )
  })

// A real client on purpose, not `HttpClient`: what goes over the wire is under test.
const request = (url: string, init?: BunFetchRequestInit) => fetch(url, init)
const get = (url: string, init?: BunFetchRequestInit) => Effect.promise(() => request(url, init))
const text = (response: Response) => Effect.promise(() => response.text())

/** A body of unknown length. */
const chunks = (count: number) =>
  Stream.toReadableStream(Stream.range(1, count).pipe(Stream.map(() => new Uint8Array(10_000))))

const Who = HttpRouter.add(
  "GET",
  "/who",
  HttpServerRequest.HttpServerRequest.pipe(
    Effect.map(({ remoteAddress }) => HttpServerResponse.text(Option.getOrElse(remoteAddress, () => "nobody")))
  )
)

describe("BunHttp", () => {
  it.live("tells a handler who is asking", () =>
    Effect.gen(function* () {
      const url = yield* serving(Who)
      expect(yield* text(yield* get(`${url}/who`))).toBe("127.0.0.1")
      expect((yield* get(`${url}/none`)).status).toBe(404)
    })
  )

  it.live("ends an event stream, finalizers included, when the client leaves", () =>
    Effect.gen(function* () {
      const released = yield* Deferred.make<void>()
      const beats = Stream.fromSchedule(Schedule.spaced("5 millis")).pipe(
        Stream.map(() => "data: beat\n\n"),
        Stream.encodeText,
        Stream.ensuring(Deferred.succeed(released, undefined))
      )
      const url = yield* serving(HttpRouter.add("GET", "/events", HttpServerResponse.stream(beats)))
      const client = new AbortController()
      const response = yield* get(`${url}/events`, { signal: client.signal })
      yield* Effect.promise(() => response.body?.getReader().read() ?? Promise.reject())
      client.abort()
      yield* Deferred.await(released)
    })
  )

  it.live("interrupts a handler whose client left before the answer", () =>
    Effect.gen(function* () {
      const [entered, released] = yield* Effect.all([Deferred.make<void>(), Deferred.make<void>()])
      const slow = Deferred.succeed(entered, undefined).pipe(
        Effect.andThen(Effect.never),
        Effect.onInterrupt(() => Deferred.succeed(released, undefined))
      )
      const url = yield* serving(HttpRouter.add("GET", "/slow", slow))
      const client = new AbortController()
      yield* Effect.forkScoped(Effect.exit(Effect.tryPromise(() => request(`${url}/slow`, { signal: client.signal }))))
      yield* Deferred.await(entered)
      client.abort()
      yield* Deferred.await(released)
    })
  )

  it.live("lets the handler answer a body over the limit, however far", () =>
    Effect.gen(function* () {
      const upload = HttpServerRequest.HttpServerRequest.pipe(
        Effect.flatMap((request) => request.text),
        Effect.map((body) => HttpServerResponse.text(`${body.length}`)),
        Effect.catch((error) =>
          Effect.succeed(
            "reason" in error.reason && error.reason.reason === "BodyTooLarge"
              ? HttpServerResponse.text("too large", { status: 413 })
              : HttpServerResponse.empty({ status: 400 })
          )
        )
      )
      const limit = 100_000
      const url = yield* serving(HttpRouter.add("POST", "/", upload), { port: 0, maxBodySize: limit })
      const post = (body: BodyInit) =>
        get(`${url}/`, { method: "POST", body }).pipe(
          Effect.flatMap((response) => Effect.map(text(response), (body) => [response.status, body]))
        )

      expect(yield* post("x".repeat(limit))).toEqual([200, `${limit}`])
      expect(yield* post("x".repeat(limit + 1))).toEqual([413, "too large"])
      expect(yield* post(chunks(11))).toEqual([413, "too large"])
      expect(yield* post("x".repeat(100 * limit))).toEqual([413, "too large"])
    })
  )

  it.live("names the process that holds the port", () =>
    Effect.gen(function* () {
      const held = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } })
      yield* Effect.addFinalizer(() => Effect.sync(() => held.stop(true)))
      const error = yield* Effect.flip(Layer.build(BunHttp.layer({ port: held.port })))
      expect(error).toMatchObject({ _tag: "PortTaken", port: held.port })
      if (process.platform === "linux") expect(error.message).toContain(`(pid ${process.pid})`)
    })
  )

  it.live("stops at once with requests and streams open, answering the requests", () =>
    Effect.gen(function* () {
      const entered = yield* Deferred.make<void>()
      const slow = Deferred.succeed(entered, undefined).pipe(Effect.andThen(Effect.never))
      const endless = HttpServerResponse.stream(Stream.make(new Uint8Array(1)).pipe(Stream.concat(Stream.never)))
      const routes = Layer.merge(HttpRouter.add("GET", "/slow", slow), HttpRouter.add("GET", "/endless", endless))
      const { answer, stream } = yield* Effect.scoped(
        Effect.gen(function* () {
          const url = yield* serving(routes)
          const stream = yield* get(`${url}/endless`)
          const answer = request(`${url}/slow`)
          yield* Deferred.await(entered)
          return { answer, stream }
        })
      ).pipe(Effect.timeout("1 second"))
      expect((yield* Effect.promise(() => answer)).status).toBe(503)
      expect((yield* Effect.exit(Effect.tryPromise(() => stream.text())))._tag).toBe("Failure")
    })
  )
})

describe("on a Unix socket", () => {
  const directory = mkdtempSync(join(tmpdir(), "infernet-"))
  const unix = join(directory, "admin.sock")
  afterAll(() => rmSync(directory, { recursive: true }))

  it.live("is private to its user and unnamed to handlers", () =>
    Effect.gen(function* () {
      yield* serving(Who, { unix })
      expect(statSync(unix).mode & 0o777).toBe(0o600)
      expect(yield* text(yield* get("http://localhost/who", { unix }))).toBe("nobody")
    })
  )

  it.live("refuses a socket on which somebody answers, and takes over a dead one", () =>
    Effect.gen(function* () {
      const died = Bun.spawn([
        process.execPath,
        "-e",
        `Bun.listen({ unix: ${JSON.stringify(unix)}, socket: { data() {} } }); process.kill(process.pid, "SIGKILL")`
      ])
      yield* Effect.promise(() => died.exited)
      expect(statSync(unix).isSocket()).toBe(true)
      yield* serving(Who, { unix })
      const error = yield* Effect.flip(Layer.build(BunHttp.layer({ unix })))
      expect(error._tag).toBe("SocketTaken")
      expect((yield* get("http://localhost/who", { unix })).status).toBe(200)
    })
  )
})
