import { planeId } from "@infernet/testing/fakes/planeIdentity"
import { describe, expect } from "bun:test"
import { Identity } from "@infernet/auth/Identity"
import { signRequest } from "@infernet/auth/SignRequest"
import { ControlPlaneId, type NodeId } from "@infernet/contract/Id"
import { networkOf } from "@infernet/control-plane/http/AddressLimit"
import * as Chats from "@infernet/testing/fakes/Chats"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { call, jsonOf } from "./client.ts"
import { stateOf } from "../world.ts"

const random = SecureRandom.layerWebCrypto
const newIdentity = Effect.map(Layer.build(Layer.fresh(Layer.provide(Identity.layerRandom, random))), (context) =>
  Context.get(context, Identity)
)

const world = Effect.gen(function* () {
  const plane = yield* Network.plane()
  const identity = yield* newIdentity
  const { key } = yield* Network.account(plane)
  const registration = { public_key: identity.publicKey, name: "pit", version: "1.0.0" }
  const send = Effect.fnUntraced(function* (
    path: string,
    json: unknown,
    options: { by?: Identity["Service"]; plane?: ControlPlaneId; as?: NodeId; method?: string; header?: string } = {}
  ) {
    const full = `/api/v1/nodes/${options.as ?? identity.id}${path}`
    const method = options.method ?? "POST"
    const body = method === "DELETE" ? "" : JSON.stringify(json)
    const subject = { controlPlane: options.plane ?? planeId, method, path: full, body: new TextEncoder().encode(body) }
    const signature = options.header ?? (yield* Effect.provide(signRequest(options.by ?? identity, subject), random))
    const headers = { "content-type": "application/json", "x-infernet-auth": signature }
    const answer = yield* call(plane, full, { method, headers, ...(body === "" ? {} : { body }) })
    return { ...answer, signature }
  })
  const register = send("", registration)
  return { identity, key, plane, register, registration, send }
})

describe("the node API", () => {
  it.live("takes a node from its registration over its heartbeats to its leave", () =>
    Effect.gen(function* () {
      const { identity, key, plane, register, send } = yield* world
      const { id } = identity
      const statusOf = Effect.map(call(plane, `/api/v1/nodes/${id}/status`), jsonOf)
      expect((yield* call(plane, `/api/v1/nodes/${id}/status`)).status).toBe(404)
      expect(jsonOf(yield* register)).toMatchObject({ id, name: "pit", status: "offline" })
      expect((yield* send("", { public_key: identity.publicKey, name: "pot", version: "2" })).status).toBe(200)
      const beat = yield* send("/heartbeat", { public_key: identity.publicKey, address: "10.0.0.1", state: stateOf() })
      expect(jsonOf(beat)).toEqual({ server_time: expect.any(String), commands: [], replicas: [], drain: false })
      expect(yield* statusOf).toEqual({ status: "online" })
      const seen = yield* call(plane, `/api/v1/nodes/${id}`, { key })
      expect(jsonOf(seen)).toMatchObject({ name: "pot", status: "online", tier: "cpu", models: ["m"] })
      const drained = { public_key: identity.publicKey, state: { ...stateOf(), draining: true } }
      expect((yield* send("/heartbeat", drained)).status).toBe(200)
      expect(yield* statusOf).toEqual({ status: "draining" })
      for (const secret of ["10.0.0.1", "abacus"]) expect(seen.text).not.toContain(secret)
      expect((yield* send("", undefined, { method: "DELETE" })).status).toBe(204)
      expect(yield* statusOf).toEqual({ status: "offline" })
    })
  )

  it.live("refuses what is not signed by the node for this very request, and says why", () =>
    Effect.gen(function* () {
      const { plane, register, registration, send } = yield* world
      const { signature } = yield* register
      const stranger = yield* newIdentity
      const beat = { public_key: registration.public_key, state: stateOf() }
      const refusals = [
        yield* send("/heartbeat", beat, { header: "" }),
        yield* send("/heartbeat", beat, { header: "v1.x.y.z" }),
        yield* send("/heartbeat", beat, { header: signature }),
        yield* send("", registration, { header: signature }),
        yield* send("/heartbeat", beat, { by: stranger }),
        yield* send("/heartbeat", beat, { by: stranger, as: stranger.id }),
        yield* send("/heartbeat", beat, { plane: ControlPlaneId.make(`0x${"dd".repeat(20)}`) }),
        // A key that does not give the id, and an id that the key does not give.
        yield* send("", { ...registration, public_key: stranger.publicKey }, { by: stranger }),
        yield* send("", registration, { as: stranger.id })
      ]
      expect(refusals.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 401, 401, 401, 401])
      expect(refusals.map((refusal) => jsonOf(refusal).error)).toEqual(refusals.map(() => "unauthorized"))
      expect(refusals[3]?.text).toContain("sent before")
      const other = yield* send("", { ...registration, public_key: stranger.publicKey })
      expect([other.status, jsonOf(other).error]).toEqual([403, "forbidden"])
      expect((yield* send("/heartbeat", { ...beat, state: { version: 1 } })).status).toBe(400)
      expect((yield* call(plane, "/api/v1/nodes/0x1/heartbeat", { json: beat })).status).toBe(400)
      const big = yield* send("/heartbeat", { padding: "x".repeat(2 << 20) })
      expect([big.status, jsonOf(big).error]).toEqual([413, "payload_too_large"])
    })
  )

  it.live("opens a link only to a signed upgrade", () =>
    Effect.gen(function* () {
      const { identity, plane, register, send } = yield* world
      yield* register
      const path = `/api/v1/nodes/${identity.id}/link`
      const upgrade = {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ=="
      }
      expect((yield* call(plane, path, { headers: upgrade })).status).toBe(401)
      const body = new Uint8Array()
      const subject = { controlPlane: planeId, method: "GET", path, body }
      const signature = yield* Effect.provide(signRequest(identity, subject), random)
      const plain = yield* call(plane, path, { headers: { "x-infernet-auth": signature } })
      expect([plain.status, jsonOf(plain).error_message]).toEqual([400, expect.stringContaining("WebSocket")])
      expect((yield* send("", undefined, { method: "DELETE" })).status).toBe(204)
    })
  )

  it.live("registers ten unknown nodes a minute from one address, and known ones always", () =>
    Effect.gen(function* () {
      const { register, registration, send } = yield* world
      expect((yield* register).status).toBe(200)
      for (let i = 0; i < 9; i++) {
        const by = yield* newIdentity
        const answer = yield* send("", { ...registration, public_key: by.publicKey }, { by, as: by.id })
        expect(answer.status).toBe(200)
      }
      const by = yield* newIdentity
      const late = yield* send("", { ...registration, public_key: by.publicKey }, { by, as: by.id })
      expect([late.status, jsonOf(late).error]).toEqual([429, "rate_limited"])
      const wait = Number(late.headers.get("retry-after"))
      expect(wait > 0 && wait <= 60).toBe(true)
      expect((yield* register).status).toBe(200)
    })
  )
})

it("an address stands for the network behind it", () =>
  Effect.sync(() => {
    expect(networkOf("203.0.113.7")).toBe("203.0.113.7")
    expect(networkOf("::ffff:203.0.113.7")).toBe("203.0.113.7")
    expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2")
    expect(networkOf("2001:db8:1:2::6")).toBe("2001:db8:1:2")
    expect(networkOf("2001:db8::6")).toBe("2001:db8:0:0")
    expect(networkOf("::1")).toBe("0:0:0:0")
    expect(networkOf("")).toBe("")
  }))

it.live("models and nodes are seen as they are now", () =>
  Effect.gen(function* () {
    const plane = yield* Network.plane()
    const { key } = yield* Network.account(plane)
    const { id } = yield* Network.node(plane, { chat: Chats.saying("a") })
    const { models } = jsonOf(yield* call(plane, "/api/v1/models", { key }))
    const capabilities = ["chat", "completion", "embedding", "json", "logprobs", "tools"]
    const tiny = { id: "tiny", aliases: [], nodes: 1, capabilities, demo: false }
    expect(models).toMatchObject([tiny])
    const { nodes } = jsonOf(yield* call(plane, "/api/v1/nodes", { key }))
    expect(nodes).toMatchObject([{ id, status: "online", models: ["tiny"], slots: 4, in_flight: 0 }])
    expect((yield* call(plane, "/api/v1/nodes")).status).toBe(401)
  })
)
