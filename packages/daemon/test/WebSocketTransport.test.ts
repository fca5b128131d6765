import { describe, expect } from "bun:test"
import { type LinkSocket, LinkTransport } from "@infernet/daemon/link/LinkTransport"
import * as WebSocketTransport from "@infernet/daemon/link/WebSocketTransport"
import { it } from "@infernet/testing/harness"
import type { ServerWebSocket } from "bun"
import { Deferred, Effect, Fiber, type Scope } from "effect"

/** A real server on a port of its own, that takes only those who say the word. */
const server = Effect.gen(function* () {
  const got: Array<string> = []
  const peer = Deferred.makeUnsafe<ServerWebSocket>()
  const gotTwo = Deferred.makeUnsafe<void>()
  const closed = Deferred.makeUnsafe<number>()
  const bun = yield* Effect.acquireRelease(
    Effect.sync(() =>
      Bun.serve({
        port: 0,
        hostname: "127.0.0.1",
        fetch: (request, server) =>
          request.headers.get("x-word") === "please" && server.upgrade(request)
            ? undefined
            : new Response("no", { status: 401 }),
        websocket: {
          open: (socket) => void Deferred.doneUnsafe(peer, Effect.succeed(socket)),
          message: (_, data) => {
            got.push(typeof data === "string" ? data : `bytes ${data.toHex()}`)
            if (got.length === 2) Deferred.doneUnsafe(gotTwo, Effect.void)
          },
          close: (_, code) => void Deferred.doneUnsafe(closed, Effect.succeed(code))
        }
      })
    ),
    (bun) => Effect.promise(() => bun.stop(true))
  )
  return { closed, got, gotTwo, peer, url: `ws://127.0.0.1:${bun.port}/link` }
})

const open = Effect.fnUntraced(function* (url: string, word: string) {
  const heard: Array<string> = []
  const socket = Deferred.makeUnsafe<LinkSocket>()
  const { run } = yield* LinkTransport
  const fiber = yield* run({ url, headers: { "x-word": word } }, (opened) => {
    Deferred.doneUnsafe(socket, Effect.succeed(opened))
    return { message: (data) => void heard.push(String(data)), closed: () => void heard.push("closed") }
  }).pipe(Effect.forkScoped)
  return { fiber, heard, socket }
})

const test = (name: string, body: () => Effect.Effect<void, unknown, LinkTransport | Scope.Scope>) =>
  it.live(name, () => Effect.suspend(body).pipe(Effect.provide(WebSocketTransport.layer)))

describe("the WebSocket transport", () => {
  test("sends the header, text and bytes, hears the server, and tells how it closed", () =>
    Effect.gen(function* () {
      const { got, gotTwo, peer, url } = yield* server
      const { fiber, heard, socket } = yield* open(url, "please")
      const { sendBinary, sendText } = yield* Deferred.await(socket)
      sendText("hello")
      sendBinary(Uint8Array.of(1, 2))
      const other = yield* Deferred.await(peer)
      yield* Deferred.await(gotTwo)
      other.send("welcome")
      other.close(4410, "duplicate")
      expect(yield* Fiber.join(fiber)).toEqual({ code: 4410, reason: "duplicate" })
      expect(heard).toEqual(["welcome", "closed"])
      expect(got).toEqual(["hello", "bytes 0102"])
    }))

  test("fails when the upgrade is refused and when nobody is there", () =>
    Effect.gen(function* () {
      const { url } = yield* server
      for (const [at, word] of [
        [url, "now"],
        ["ws://127.0.0.1:1/link", "please"]
      ] as const) {
        const { fiber, heard } = yield* open(at, word)
        expect(yield* Effect.flip(Fiber.join(fiber))).toMatchObject({ _tag: "LinkUnavailable" })
        expect(heard).toEqual([])
      }
    }))

  test("closes from this side with a code, without waiting for the other", () =>
    Effect.gen(function* () {
      const { closed, url } = yield* server
      const { fiber, heard, socket } = yield* open(url, "please")
      const { close } = yield* Deferred.await(socket)
      yield* Effect.yieldNow
      close(1008, "malformed")
      expect(heard).toEqual(["closed"])
      expect(yield* Fiber.join(fiber)).toEqual({ code: 1008, reason: "malformed" })
      expect(yield* Deferred.await(closed)).toBe(1008)
    }))

  test("delivers what was sent before it is interrupted, and says that it goes away", () =>
    Effect.gen(function* () {
      const { closed, got, url } = yield* server
      const { fiber, socket } = yield* open(url, "please")
      const { sendBinary, sendText } = yield* Deferred.await(socket)
      sendBinary(new Uint8Array(3))
      sendText("failed")
      yield* Fiber.interrupt(fiber)
      expect(yield* Deferred.await(closed)).toBe(1001)
      expect(got).toEqual(["bytes 000000", "failed"])
    }))

  test("gives up a peer that reads nothing before what waits for it fills the memory", () =>
    Effect.gen(function* () {
      const { fiber, heard, socket } = yield* open(yield* deafServer, "please")
      const { sendBinary } = yield* Deferred.await(socket)
      yield* Effect.yieldNow
      const mebibyte = new Uint8Array(1 << 20)
      let sent = 0
      while (heard.length === 0 && sent < 200) {
        sendBinary(mebibyte)
        sent++
      }
      expect(yield* Fiber.join(fiber)).toEqual({ code: 4408, reason: "what was sent is not read" })
      expect(sent).toBeWithin(80, 120)
    }))

  test("dies of a bug in what takes a message, and the process does not", () =>
    Effect.gen(function* () {
      const { peer, url } = yield* server
      const { run } = yield* LinkTransport
      let closed = 0
      const fiber = yield* run({ url, headers: { "x-word": "please" } }, () => ({
        message: () => {
          throw new Error("a bug")
        },
        closed: () => void closed++
      })).pipe(Effect.forkScoped)
      const other = yield* Deferred.await(peer)
      other.send("welcome")
      expect(yield* Effect.flip(Effect.sandbox(Fiber.join(fiber)))).toMatchObject({
        reasons: [{ _tag: "Die", defect: new Error("a bug") }]
      })
      expect(closed).toBeGreaterThan(0)
    }))
})

/** Takes every link, and then reads no more. */
const deafServer = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() =>
      Bun.listen({
        hostname: "127.0.0.1",
        port: 0,
        socket: {
          data: (socket, bytes) => {
            const key = /sec-websocket-key: (.*)\r/i.exec(bytes.toString())?.[1]
            if (key === undefined) return
            const digest = new Bun.CryptoHasher("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
            const head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
            socket.write([...head, `Sec-WebSocket-Accept: ${digest.digest("base64")}`, "", ""].join("\r\n"))
            socket.pause()
          }
        }
      })
    ),
    (bun) => Effect.sync(() => bun.stop(true))
  ),
  ({ port }) => `ws://127.0.0.1:${port}/link`
)
