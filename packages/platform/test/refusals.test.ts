/** What becomes of requests that are no requests, and of bodies that nobody reads. */
import { describe, expect } from "bun:test"
import * as BunHttp from "@infernet/platform/BunHttp"
import { it } from "@infernet/testing/harness"
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { NetAddress } from "effect/net"
import { connect, head } from "./connection.ts"

const limit = 100_000

const upload = HttpServerRequest.HttpServerRequest.pipe(
  Effect.flatMap((request) => request.text),
  Effect.map((body) => HttpServerResponse.text(`${body.length} bytes`)),
  Effect.catch(() => Effect.succeed(HttpServerResponse.text("too large", { status: 413 })))
)

const Routes = Layer.mergeAll(
  HttpRouter.add("POST", "/upload", upload),
  HttpRouter.add("POST", "/unread", HttpServerResponse.text("no key", { status: 401 })),
  HttpRouter.add("GET", "/", HttpServerResponse.text("fine"))
)

const serving = Effect.gen(function* () {
  const app = HttpRouter.serve(Routes, { disableLogger: true, disableListenLog: true })
  const context = yield* Layer.build(app.pipe(Layer.provideMerge(BunHttp.layer({ port: 0, maxBodySize: limit }))))
  const { address } = yield* HttpServer.HttpServer.pipe(Effect.provide(context))
  return NetAddress.formatUrlUnsafe(address)
})

const refused = (line: string) => `HTTP/1.1 ${line}\r\nConnection: close\r\n\r\n`
const bad = refused("400 Bad Request")
const large = refused("431 Request Header Fields Too Large")

/** Bun answers these itself, without a word, and closes. */
const heads: ReadonlyArray<readonly [name: string, sent: string, answer: string]> = [
  ["no request line", "GARBAGE\r\n\r\n", bad],
  ["a header without a colon", "GET / HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n", bad],
  ["a NUL in a header", head("GET", "/", { a: "b\0c" }), bad],
  ["no host", "GET / HTTP/1.1\r\n\r\n", bad],
  ["two lengths", `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd`, bad],
  ["a length and chunks", head("POST", "/upload", { "content-length": "3", "transfer-encoding": "chunked" }), bad],
  ["a length that is no number", head("POST", "/upload", { "content-length": "-3" }), bad],
  ["a chunk without a size", `${head("POST", "/upload", { "transfer-encoding": "chunked" })}zz\r\n`, bad],
  ["another HTTP", "GET / HTTP/2.0\r\nhost: x\r\n\r\n", refused("505 HTTP Version Not Supported")],
  ["20 KB of headers", head("GET", "/", { a: "b".repeat(20_000) }), large],
  ["20 KB of path", head("GET", `/${"a".repeat(20_000)}`), large],
  ["a method that nobody knows", head("FROB", "/"), ""]
]

const chunked = { "transfer-encoding": "chunked" }
const chunk = `2710\r\n${"x".repeat(10_000)}\r\n`

const gigabytes = { "content-length": "99999999999" }

/** Answered by the handler as soon as that is possible; then the connection is closed, as the rest is not wanted. */
const bodies: ReadonlyArray<readonly [name: string, sent: string, answer: RegExp]> = [
  ["100 GB announced", head("POST", "/upload", gigabytes), /^HTTP\/1.1 413 [^]*too large$/],
  ["100 GB announced to who asks for none", head("POST", "/unread", gigabytes), /^HTTP\/1.1 401 [^]*no key$/],
  ["chunks over the limit", head("POST", "/upload", chunked) + chunk.repeat(12), /^HTTP\/1.1 413 [^]*too large$/],
  ["chunks for who asks for none", head("POST", "/unread", chunked) + chunk, /^HTTP\/1.1 401 [^]*no key$/]
]

describe("a server", () => {
  it.live("closes a connection that speaks no HTTP, with a status and no words", () =>
    Effect.gen(function* () {
      const url = yield* serving
      const other = yield* connect(url, "GET / HTTP/1.1\r\n")
      for (const [name, sent, answer] of heads) {
        const { closed } = yield* connect(url, sent)
        expect(`${name}: ${yield* closed}`).toBe(`${name}: ${answer}`)
      }
      other.send("host: x\r\n\r\n")
      expect(yield* other.until("fine")).toStartWith("HTTP/1.1 200 OK")
    })
  )

  it.live("takes no more of a body than its handler does", () =>
    Effect.gen(function* () {
      const url = yield* serving
      for (const [name, sent, answer] of bodies) {
        const { closed } = yield* connect(url, sent)
        expect(yield* closed, name).toMatch(answer)
      }
    })
  )

  it.live("keeps the connection where little was left unread", () =>
    Effect.gen(function* () {
      const sent = `${head("POST", "/unread", { "content-length": "3" })}abc`
      const connection = yield* connect(yield* serving, sent)
      yield* connection.until("no key")
      connection.send(head("GET", "/"))
      yield* connection.until("fine")
    })
  )
})
