/** Which connections are closed for their silence, and which may be silent for as long as they like. */
import { expect } from "bun:test"
import * as BunHttp from "@infernet/platform/BunHttp"
import * as StreamEnd from "@infernet/platform/StreamEnd"
import { WebSocketUpgrade } from "@infernet/platform/WebSocketUpgrade"
import { it } from "@infernet/testing/harness"
import { Deferred, Effect, Layer, Stream } from "effect"
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { NetAddress } from "effect/net"
import { connect, head } from "./connection.ts"

/** Bun's controller of a direct stream. */
interface DirectSink {
  readonly write: (text: string) => unknown
  readonly end: () => void
}

/** A body that writes itself, past Effect. */
const direct = (until: Promise<void>): Response => {
  const announced = Promise.withResolvers<() => void>()
  const pull = async (sink: DirectSink) => {
    sink.write("begun ")
    await until
    sink.write("done")
    const end = await announced.promise
    end()
    sink.end()
  }
  const source: unknown = { type: "direct", pull }
  const response = new Response(new ReadableStream(source as UnderlyingDefaultSource))
  announced.resolve(StreamEnd.announce(response))
  return response
}

/** Answers that take until `open`. */
const routes = (open: Deferred.Deferred<void>) => {
  const opened = Deferred.await(open)
  const slow = Effect.as(opened, HttpServerResponse.text("done"))
  const words = Stream.make("begun ").pipe(
    Stream.concat(Stream.fromEffect(Effect.as(opened, "done"))),
    Stream.encodeText
  )
  const echo = Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
    Effect.orDie(Effect.map(request.text, (body) => HttpServerResponse.text(`${body} done`)))
  )
  const upgrade = Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
    Effect.flatMap(WebSocketUpgrade, ({ upgrade }) =>
      upgrade(request, {
        open: () => undefined,
        message: (socket, data) => void socket.sendText(String(data)),
        close: () => undefined,
        drain: () => undefined
      })
    )
  )
  return Layer.mergeAll(
    HttpRouter.add("GET", "/quick", HttpServerResponse.text("quick")),
    HttpRouter.add("GET", "/slow", slow),
    HttpRouter.add("GET", "/words", HttpServerResponse.stream(words)),
    HttpRouter.add(
      "GET",
      "/direct",
      Effect.sync(() => HttpServerResponse.raw(direct(Effect.runPromise(opened))))
    ),
    HttpRouter.add("POST", "/echo", echo),
    HttpRouter.add("GET", "/socket", upgrade)
  )
}

const all = <A>(effects: ReadonlyArray<Effect.Effect<A>>) => Effect.all(effects, { concurrency: "unbounded" })

it.live(
  "who sends no request is closed, who waits for an answer or gives a slow body is not",
  () =>
    Effect.gen(function* () {
      const open = yield* Deferred.make<void>()
      const app = HttpRouter.serve(routes(open), { disableLogger: true, disableListenLog: true })
      const context = yield* Layer.build(app.pipe(Layer.provideMerge(BunHttp.layer({ port: 0, idleSeconds: 1 }))))
      const { address } = yield* HttpServer.HttpServer.pipe(Effect.provide(context))
      const url = NetAddress.formatUrlUnsafe(address)

      const quick = head("GET", "/quick")
      const answered = yield* Effect.forEach([quick, `${quick}GET /qui`], (sent) => connect(url, sent))
      const speechless = yield* Effect.forEach(["", "GET /quick HTTP/1.1\r\nhost: local"], (sent) => connect(url, sent))
      const slow = yield* Effect.forEach(["/slow", "/words", "/direct"], (path) => connect(url, head("GET", path)))
      const body = yield* connect(url, `${head("POST", "/echo", { "content-length": "10" })}12345`)
      const socket = new WebSocket(`${url.replace("http", "ws")}/socket`)
      yield* Effect.callback<void>((resume) => socket.addEventListener("open", () => resume(Effect.void)))
      const reply = Promise.withResolvers<unknown>()
      socket.addEventListener("message", ({ data }) => reply.resolve(data))
      socket.addEventListener("close", ({ code }) => reply.reject(new Error(`closed with ${code}`)))

      const received = yield* all(answered.map(({ closed }) => closed))
      expect(received.map((text) => text.slice(text.indexOf("\r\n\r\n") + 4))).toEqual(["quick", "quick"])

      yield* Deferred.succeed(open, undefined)
      body.send("67890")
      socket.send("still here")
      for (const connection of [...slow, body]) yield* connection.until("done")
      expect(slow.map(({ text }) => text().includes("begun"))).toEqual([false, true, true])
      expect(yield* Effect.promise(() => reply.promise)).toBe("still here")
      // Their answers are at their end now.
      yield* all([...slow, body].map(({ closed }) => closed))
      socket.close()
      // This deadline is Bun's own.
      expect(yield* all(speechless.map(({ closed }) => closed))).toEqual(["", ""])
    }),
  { timeout: 40_000 }
)
