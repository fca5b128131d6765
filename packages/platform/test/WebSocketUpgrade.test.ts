import { describe, expect } from "bun:test"
import * as BunHttp from "@infernet/platform/BunHttp"
import { type SocketHandlers, WebSocketUpgrade } from "@infernet/platform/WebSocketUpgrade"
import { it } from "@infernet/testing/harness"
import { Effect, Exit, Layer, Queue, Scope } from "effect"
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { NetAddress } from "effect/net"

type Event = readonly [what: string, ...details: ReadonlyArray<unknown>]

/** Serves the handlers at `/` for the rest of the test. */
const serving = (handlers: SocketHandlers) =>
  Effect.gen(function* () {
    const upgrade = Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      const { upgrade } = yield* WebSocketUpgrade
      return yield* upgrade(request, handlers).pipe(
        Effect.catchTag("UpgradeRequired", () => Effect.succeed(HttpServerResponse.empty({ status: 426 })))
      )
    })
    const app = HttpRouter.serve(HttpRouter.add("GET", "/", upgrade), { disableLogger: true, disableListenLog: true })
    const context = yield* Layer.build(app.pipe(Layer.provideMerge(BunHttp.layer({ port: 0, maxPayloadLength: 1024 }))))
    const { address } = yield* HttpServer.HttpServer.pipe(Effect.provide(context))
    return NetAddress.formatUrlUnsafe(address)
  })

const connect = (url: string) =>
  Effect.gen(function* () {
    const events = yield* Queue.unbounded<Event>()
    const socket = new WebSocket(url.replace("http", "ws"))
    socket.binaryType = "arraybuffer"
    socket.addEventListener("open", () => Queue.offerUnsafe(events, ["open"]))
    socket.addEventListener("message", ({ data }) =>
      Queue.offerUnsafe(events, ["message", data instanceof ArrayBuffer ? new Uint8Array(data) : data])
    )
    socket.addEventListener("close", ({ code }) => Queue.offerUnsafe(events, ["close", code]))
    yield* Effect.addFinalizer(() => Effect.sync(() => socket.close()))
    return { socket, next: Queue.take(events) }
  })

const echo: SocketHandlers = {
  open: (socket) => void socket.sendText("welcome"),
  message: (socket, data) => {
    if (data === "die") throw new Error("handler died")
    if (data === "close") socket.close(4001, "asked to")
    else if (typeof data === "string") socket.sendText(data)
    else socket.sendBinary(data.toReversed())
  },
  close: () => undefined,
  drain: () => undefined
}

const request = (url: string) => fetch(url)

describe("WebSocketUpgrade", () => {
  it.live("carries text and binary frames", () =>
    Effect.gen(function* () {
      const { socket, next } = yield* connect(yield* serving(echo))
      expect(yield* next).toEqual(["open"])
      expect(yield* next).toEqual(["message", "welcome"])
      socket.send("text")
      expect(yield* next).toEqual(["message", "text"])
      socket.send(new Uint8Array([1, 2, 3]))
      expect(yield* next).toEqual(["message", new Uint8Array([3, 2, 1])])
      socket.send("close")
      expect(yield* next).toEqual(["close", 4001])
    })
  )

  it.live("closes the one socket whose handler dies or whose frame is too large", () =>
    Effect.gen(function* () {
      const url = yield* serving(echo)
      const [dying, large, well] = yield* Effect.all([connect(url), connect(url), connect(url)])
      for (const { next } of [dying, large, well]) {
        yield* next
        yield* next
      }
      dying.socket.send("die")
      expect(yield* dying.next).toEqual(["close", 1011])
      large.socket.send(new Uint8Array(1025))
      expect((yield* large.next)[0]).toBe("close")
      well.socket.send("still here")
      expect(yield* well.next).toEqual(["message", "still here"])
    })
  )

  it.live("says goodbye when the server stops, to both sides", () =>
    Effect.gen(function* () {
      const closed = yield* Queue.unbounded<Event>()
      const close: SocketHandlers["close"] = (_, code) => Queue.offerUnsafe(closed, ["close", code])
      const server = yield* Scope.make()
      const client = yield* connect(yield* serving({ ...echo, close }).pipe(Scope.provide(server)))
      expect(yield* client.next).toEqual(["open"])
      expect(yield* client.next).toEqual(["message", "welcome"])
      yield* Scope.close(server, Exit.void)
      expect(yield* Queue.take(closed)).toEqual(["close", 1001])
      expect(yield* client.next).toEqual(["close", 1001])
    })
  )

  it.live("tells a reader that stopped reading from one that keeps up", () =>
    Effect.gen(function* () {
      const results = yield* Queue.unbounded<Event>()
      const url = yield* serving({
        ...echo,
        open: (socket) => {
          const frame = new Uint8Array(1_000_000)
          let sent = 1
          // The loop yields to no one, so the client cannot read meanwhile.
          while (sent > 0) sent = socket.sendBinary(frame)
          Queue.offerUnsafe(results, ["stopped", sent, socket.bufferedAmount() > 0])
        },
        drain: (socket) => Queue.offerUnsafe(results, ["drained", socket.bufferedAmount()])
      })
      yield* connect(url)
      expect(yield* Queue.take(results)).toEqual(["stopped", -1, true])
      expect(yield* Queue.take(results)).toEqual(["drained", 0])
    })
  )

  it.live("refuses a request that asks for no WebSocket", () =>
    Effect.gen(function* () {
      const url = yield* serving(echo)
      expect((yield* Effect.promise(() => request(url))).status).toBe(426)
    })
  )
})
