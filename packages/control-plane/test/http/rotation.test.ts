import { planeId } from "@infernet/testing/fakes/planeIdentity"
import { describe, expect } from "bun:test"
import { Identity } from "@infernet/auth/Identity"
import { signRequest } from "@infernet/auth/SignRequest"
import { ControlPlaneId, type NodeId } from "@infernet/contract/Id"
import { NodeKeys } from "@infernet/control-plane/node/NodeKeys"
import { Nodes } from "@infernet/control-plane/node/Nodes"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { stateOf } from "../world.ts"
import { call, jsonOf } from "./client.ts"

const random = SecureRandom.layerWebCrypto
const newIdentity = Effect.map(Layer.build(Layer.fresh(Layer.provide(Identity.layerRandom, random))), (context) =>
  Context.get(context, Identity)
)

interface Options {
  readonly by: Identity["Service"]
  readonly key?: string
  readonly method?: string
  readonly as?: NodeId
  readonly plane?: ControlPlaneId
  readonly header?: string
  readonly headers?: Record<string, string>
}

/** A node of Alice's with its first key, another key for it, and somebody else who has an account. */
const world = Effect.gen(function* () {
  const plane = yield* Network.plane()
  const [alice, mallory] = [yield* Network.account(plane, "operator"), yield* Network.account(plane, "operator")]
  const [first, next] = [yield* newIdentity, yield* newIdentity]
  const { id } = first
  const send = Effect.fnUntraced(function* (path: string, json: unknown, options: Options) {
    const { as = id, by, header, key, method = "POST" } = options
    const full = `/api/v1/nodes/${as}${path}`
    const body = method === "POST" ? JSON.stringify(json) : ""
    const bytes = new TextEncoder().encode(body)
    const subject = { controlPlane: options.plane ?? planeId, method, path: full, body: bytes }
    const signature = header ?? (yield* Effect.provide(signRequest(by, subject), random))
    const headers = { "content-type": "application/json", "x-infernet-auth": signature, ...options.headers }
    const sent = { method, headers, ...(key !== undefined && { key }), ...(body !== "" && { body }) }
    return { ...(yield* call(plane, full, sent)), signature }
  })
  const register = (by: Identity["Service"], part: object = {}, as: NodeId = id) =>
    send("", { public_key: by.publicKey, name: "pit", version: "1", ...part }, { by, as })
  const asked = (to = next, from = first) => ({ public_key: to.publicKey, replaces: from.publicKey })
  const nodes = Context.get(plane.services, Nodes)
  yield* register(first)
  yield* nodes.assign(id, alice.id)
  return { alice, asked, first, id, mallory, next, nodes, plane, register, send }
})

const upgrade = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ=="
}

describe("a node's key", () => {
  it.live("is changed by its owner, and from then on the old one opens nothing and is heard on receipts only", () =>
    Effect.gen(function* () {
      const { alice, asked, first, id, next, plane, register, send } = yield* world
      const changed = yield* send("/rotate", asked(), { by: next, key: alice.key })
      expect(jsonOf(changed)).toMatchObject({ id, public_key: next.publicKey })
      const { receipts_until, rotated_at } = jsonOf(changed)
      expect(Date.parse(receipts_until) - Date.parse(rotated_at)).toBe(86_400_000)
      const beat = { public_key: first.publicKey, state: stateOf() }
      const command = `/commands/cmd_${"0".repeat(20)}`
      const byOld = [
        yield* send("/heartbeat", beat, { by: first }),
        yield* send(command, { state: "running" }, { by: first }),
        yield* send("/link", undefined, { by: first, method: "GET", headers: upgrade }),
        yield* send("", undefined, { by: first, method: "DELETE" }),
        yield* register(first),
        // Back to itself: with the owner's word, as a key that was given up never returns.
        yield* send("/rotate", asked(first, next), { by: first, key: alice.key })
      ]
      expect(byOld.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 409])
      expect((yield* send("/heartbeat", { ...beat, public_key: next.publicKey }, { by: next })).status).toBe(200)
      expect((yield* register(next)).status).toBe(200)
      const keys = Context.get(plane.services, NodeKeys)
      expect((yield* keys.signers(id, "requests")).map(({ publicKey }) => publicKey)).toEqual([next.publicKey])
      const receipts = yield* keys.signers(id, "receipts")
      expect(receipts.map(({ publicKey }) => publicKey)).toEqual([next.publicKey, first.publicKey])
      expect(receipts.map(({ retiredAt }) => retiredAt !== null)).toEqual([false, true])
    })
  )

  it.live("is not changed by who has stolen it, by another account, nor by a word that was heard before", () =>
    Effect.gen(function* () {
      const { alice, asked, first, id, mallory, next, nodes, send } = yield* world
      const stranger = yield* newIdentity
      const elsewhere = ControlPlaneId.make(`0x${"dd".repeat(20)}`)
      const refusals = [
        yield* send("/rotate", asked(), { by: next }),
        yield* send("/rotate", asked(), { by: first }),
        yield* send("/rotate", asked(), { by: next, key: mallory.key }),
        // Signed by another key than the one that is to be the node's, by nobody, or for somebody else.
        yield* send("/rotate", asked(), { by: first, key: alice.key }),
        yield* send("/rotate", asked(), { by: next, key: alice.key, header: "" }),
        yield* send("/rotate", asked(), { by: next, key: alice.key, plane: elsewhere }),
        yield* send("/rotate", asked(), { by: next, key: alice.key, as: stranger.id }),
        yield* send("/rotate", asked(next, stranger), { by: next, key: alice.key }),
        yield* send("/rotate", { ...asked(), replaces: "03" }, { by: next, key: alice.key })
      ]
      expect(refusals.map(({ status }) => status)).toEqual([401, 401, 403, 401, 401, 401, 404, 409, 400])
      expect(nodes.publicKey(id)).toBe(first.publicKey)
      const { signature } = yield* send("/rotate", asked(), { by: next, key: alice.key })
      const replayed = yield* send("/rotate", asked(), { by: next, key: alice.key, header: signature })
      expect([replayed.status, jsonOf(replayed).error_message]).toEqual([401, expect.stringContaining("sent before")])
      // The same intent, told anew as by a node that has missed the answer.
      expect((yield* send("/rotate", asked(), { by: next, key: alice.key })).status).toBe(200)
      yield* send("/rotate", asked(stranger, next), { by: stranger, key: alice.key })
      expect((yield* send("/rotate", asked(), { by: next, key: alice.key })).status).toBe(409)
      expect(nodes.publicKey(id)).toBe(stranger.publicKey)
    })
  )

  it.live("is changed once by two who ask at the same time, and given up whole where it was stolen", () =>
    Effect.gen(function* () {
      const { alice, asked, id, next, nodes, plane, send } = yield* world
      const other = yield* newIdentity
      const rotate = (to: Identity["Service"]) =>
        send("/rotate", { ...asked(to), stolen: true }, { by: to, key: alice.key })
      const both = yield* Effect.all([rotate(next), rotate(other)], { concurrency: "unbounded" })
      expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409])
      const winner = both[0].status === 200 ? next : other
      expect(nodes.publicKey(id)).toBe(winner.publicKey)
      const receipts = yield* Context.get(plane.services, NodeKeys).signers(id, "receipts")
      expect(receipts).toEqual([{ publicKey: winner.publicKey, retiredAt: null }])
    })
  )

  it.live("of nobody's node is the administrator's to change, until a link code makes the node somebody's", () =>
    Effect.gen(function* () {
      const { alice, asked, first, id, next, nodes, plane, register, send } = yield* world
      yield* nodes.assign(id, null)
      const refused = yield* send("/rotate", asked(), { by: next, key: alice.key })
      expect([refused.status, jsonOf(refused).error_message]).toEqual([403, expect.stringContaining("link code")])
      const code = jsonOf(yield* call(plane, "/api/v1/link-codes", { method: "POST", key: alice.key })).code
      expect((yield* register(first, { link_code: code })).status).toBe(200)
      expect((yield* send("/rotate", asked(), { by: next, key: alice.key })).status).toBe(200)
      const admin = yield* Network.account(plane, "admin")
      const third = yield* newIdentity
      expect((yield* send("/rotate", asked(third, next), { by: third, key: admin.key })).status).toBe(200)
    })
  )

  it.live("does not move the node to a thief's account, and does not become another node", () =>
    Effect.gen(function* () {
      const { alice, asked, first, id, mallory, next, nodes, plane, register, send } = yield* world
      const code = jsonOf(yield* call(plane, "/api/v1/link-codes", { method: "POST", key: mallory.key })).code
      const moved = yield* register(first, { link_code: code })
      expect([moved.status, nodes.owner(id)]).toEqual([403, alice.id])
      yield* send("/rotate", asked(), { by: next, key: alice.key })
      const split = yield* register(next, {}, next.id)
      expect([split.status, jsonOf(split).error_message]).toEqual([403, expect.stringContaining(id)])
      // The code that was refused is as good as new, for a machine of its own account.
      const own = yield* newIdentity
      expect((yield* register(own, { link_code: code }, own.id)).status).toBe(200)
      expect(nodes.owner(own.id)).toBe(mallory.id)
    })
  )
})
