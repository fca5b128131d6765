import { describe, expect } from "bun:test"
import { Identity } from "@infernet/auth/Identity"
import { ReplayGuard } from "@infernet/auth/ReplayGuard"
import { RequestVerifier } from "@infernet/auth/RequestVerifier"
import { Verifier } from "@infernet/auth/verifier/Verifier"
import { ControlPlane } from "@infernet/daemon/node/ControlPlane"
import { Keyring } from "@infernet/daemon/node/Keyring"
import * as SecureRandom from "@infernet/testing/fakes/SecureRandom"
import { it } from "@infernet/testing/harness"
import { Effect, Fiber, Layer } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { plane } from "./world.ts"

const world = (status: number, body: string | ReadableStream<Uint8Array>) =>
  ControlPlane.layer("wss://plane.example/edge/").pipe(
    Layer.provideMerge(RequestVerifier.layer),
    Layer.provide(Keyring.layerOne),
    Layer.provideMerge(Identity.layerRandom),
    Layer.provide([ReplayGuard.layerMemory, SecureRandom.layer, Verifier.layer]),
    Layer.provide(
      Layer.succeed(
        HttpClient.HttpClient,
        HttpClient.make((request) =>
          Effect.succeed(HttpClientResponse.fromWeb(request, new Response(body, { status })))
        )
      )
    )
  )

/** Spaces without end: no JSON that could be told from the beginning of some. */
const endless = () => new ReadableStream<Uint8Array>({ pull: (to) => to.enqueue(new Uint8Array(1 << 16).fill(0x20)) })

it("the link's address keeps the path of the base and is signed as it stands in the request line", () =>
  Effect.gen(function* () {
    yield* TestClock.setTime(1_000_000)
    const { id, publicKey } = yield* Identity
    const { headers, url } = yield* (yield* ControlPlane).linkAddress(plane)
    expect(url).toBe(`wss://plane.example/edge/api/v1/nodes/${id}/link`)
    const path = `/edge/api/v1/nodes/${id}/link`
    const header = headers["x-infernet-auth"]
    const body = new Uint8Array()
    const signed = {
      controlPlane: plane,
      node: id,
      method: "GET",
      path,
      body,
      header,
      publicKey: Effect.succeed(publicKey)
    }
    yield* (yield* RequestVerifier).verifyRequest(signed)
  }).pipe(Effect.provide(world(200, "{}"), { local: true })))

describe("an answer that is no success", () => {
  for (const [name, status, body, expected] of [
    [
      "may pass",
      503,
      `{"error":"internal_error","error_message":"the database is away"}`,
      { _tag: "ControlPlaneAway" }
    ],
    [
      "is final, in its own words",
      403,
      `{"error":"forbidden","error_message":"this node was banned"}`,
      { _tag: "ControlPlaneRefused", status: 403, message: "this node was banned" }
    ],
    ["comes from something else", 404, "<html>", { _tag: "ControlPlaneRefused", status: 404 }],
    ["is a success of something else", 200, `{"hello":"world"}`, { _tag: "ControlPlaneRefused", status: 200 }]
  ] as const) {
    it(name, () =>
      Effect.gen(function* () {
        const { info } = yield* ControlPlane
        expect(yield* Effect.flip(info)).toMatchObject(expected)
      }).pipe(Effect.provide(world(status, body), { local: true }))
    )
  }
})

describe("an answer without an end", () => {
  it("is read up to a mebibyte", () =>
    Effect.gen(function* () {
      const { info } = yield* ControlPlane
      expect(yield* Effect.flip(info)).toMatchObject({ message: expect.stringContaining("over 1048576 bytes") })
    }).pipe(Effect.provide(world(200, endless()), { local: true })))

  it("is waited for 10 s, also when it has begun", () =>
    Effect.gen(function* () {
      const asked = yield* Effect.forkChild(Effect.flip((yield* ControlPlane).info), { startImmediately: true })
      yield* TestClock.adjust(9_999)
      expect(asked.pollUnsafe()).toBeUndefined()
      yield* TestClock.adjust(1)
      expect(yield* Fiber.join(asked)).toMatchObject({ _tag: "ControlPlaneAway" })
    }).pipe(Effect.provide(world(200, new ReadableStream<Uint8Array>()), { local: true })))
})
