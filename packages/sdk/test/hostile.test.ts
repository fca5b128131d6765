import { expect, test } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect, Layer, Redacted } from "effect"
import { FetchHttpClient } from "effect/http"
import * as Fx from "../src/effect.ts"
import { Frames } from "../src/frames.ts"
import { Infernet } from "../src/index.ts"
import { params } from "./Script.ts"

const apiKey = `inft_${"a".repeat(40)}`

const serve = (answer: (request: Request) => Response | Promise<Response>) =>
  Effect.acquireRelease(
    Effect.sync(() => Bun.serve({ port: 0, fetch: answer })),
    (server) => Effect.promise(() => server.stop(true))
  )

/** A server that sends everybody elsewhere, and what came there. */
const redirecting = Effect.gen(function* () {
  const came: Array<string> = []
  const elsewhere = yield* serve(async (request) => {
    came.push(await request.text())
    return Response.json({ models: [] })
  })
  const server = yield* serve(
    () => new Response(null, { status: 307, headers: { location: `http://localhost:${elsewhere.port}/` } })
  )
  return { baseUrl: `http://127.0.0.1:${server.port}`, came }
})

it.live("A request goes to the control plane that it is for, and not on to where that sends it", () =>
  Effect.gen(function* () {
    const { baseUrl, came } = yield* redirecting
    const client = new Infernet({ apiKey, baseUrl })
    const failed = yield* Effect.promise(() => client.jobs.submit(params).catch((error: unknown) => error))
    expect(failed).toMatchObject({ code: "unexpected_response", status: 307 })
    const layer = Fx.Infernet.layer({ apiKey: Redacted.make(apiKey), baseUrl }).pipe(
      Layer.provide(FetchHttpClient.layer)
    )
    const submitted = Effect.flatMap(Fx.Infernet, ({ jobs }) => Effect.flip(jobs.submit(params)))
    expect(yield* Effect.provide(submitted, layer)).toMatchObject({ _tag: "UnexpectedResponse", status: 307 })
    expect(came).toEqual([])
  })
)

const made = () => new Infernet({ apiKey, baseUrl: "https://ada:hunter2@plane.example" })

test("no password of the address ends up in messages", () => {
  expect(made).toThrow("leave the name and the password out")
  expect(made).not.toThrow("hunter2")
})

test("a frame is told however it is cut, and a long one in one go", () => {
  const text = 'id: 1\r\ndata: {"text":"a"}\r\n\r\n: keep-alive\n\ndata: b\ndata: c\n\n\n\ndata: [DONE]\n\n'
  const whole = new Frames().add(text)
  expect(whole).toHaveLength(3)
  for (const size of [1, 2, 3, 5, 7]) {
    const frames = new Frames()
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size))
    expect(pieces.flatMap((piece) => frames.add(piece) ?? [])).toEqual([...(whole ?? [])])
  }
  const long = new Frames()
  // Looked through anew with each piece, this took minutes.
  for (let piece = 0; piece < 250_000; piece++) long.add(`data: ${"x".repeat(50)}\n`)
  expect(long.add("\n")).toHaveLength(1)
  const endless = new Frames()
  let pieces = 0
  while (endless.add("x".repeat(1_000_000)) !== undefined) pieces += 1
  expect(pieces).toBe(16)
})
