/** Connections that do nothing cost next to nothing, and nobody waits for them. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Effect } from "effect"
import { call } from "./client.ts"

/** Connections that send this much and stay; both their ends are in this process. */
const connect = (port: number, count: number, begun: string) =>
  Effect.acquireRelease(
    Effect.promise(() =>
      Promise.all(
        Array.from({ length: count }, () =>
          Bun.connect({
            hostname: "127.0.0.1",
            port,
            socket: { open: (socket) => void socket.write(begun), data: () => undefined }
          })
        )
      )
    ),
    (sockets) => Effect.sync(() => sockets.forEach((socket) => socket.terminate()))
  )

const residentBytes = Effect.sync(() => {
  Bun.gc(true)
  return process.memoryUsage().rss
})

const answersAtOnce = (plane: Network.Plane) =>
  Effect.forEach([1, 2, 3, 4, 5], () =>
    Effect.map(Effect.timeout(call(plane, "/health"), "1 second"), ({ status }) => expect(status).toBe(200))
  )

const host = "Host: 127.0.0.1\r\n"
const post = (key: string) =>
  `POST /api/v1/jobs HTTP/1.1\r\n${host}Authorization: Bearer ${key}\r\nContent-Type: application/json\r\n`

for (const [what, begin] of [
  ["half a request line", () => "GET /hea"],
  ["half a header", () => `GET /health HTTP/1.1\r\n${host}X-Slow: a`],
  ["a part of the body they announced", (key) => `${post(key)}Content-Length: 1000\r\n\r\n{"model":`]
] as ReadonlyArray<readonly [string, (key: string) => string]>) {
  it.live(`200 connections that send ${what} and stay keep nobody waiting`, () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { key } = yield* Network.account(plane)
      yield* connect(plane.port, 200, begin(key))
      yield* answersAtOnce(plane)
    })
  )
}

it.live(
  "2,000 idle connections take less than 32 KiB each and keep nobody waiting",
  () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      // What the first connections make once is not theirs.
      yield* Effect.scoped(connect(plane.port, 200, ""))
      yield* answersAtOnce(plane)
      const before = yield* residentBytes
      yield* connect(plane.port, 2_000, "")
      yield* answersAtOnce(plane)
      expect(((yield* residentBytes) - before) / 2_000).toBeLessThan(32 << 10)
    }),
  { timeout: 20_000 }
)
