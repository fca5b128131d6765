/** A change of a node's key over real sockets: while the node works, and with whatever of it is lost on the way. */
import { planeId } from "@infernet/testing/fakes/planeIdentity"
import { describe, expect } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { Nodes } from "@infernet/control-plane/node/Nodes"
import { Link } from "@infernet/daemon/link/Link"
import { ControlPlane } from "@infernet/daemon/node/ControlPlane"
import { Keyring } from "@infernet/daemon/node/Keyring"
import { Pin } from "@infernet/daemon/node/Pin"
import { Rotation } from "@infernet/daemon/node/Rotation"
import * as Chats from "@infernet/testing/fakes/Chats"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Context, Effect, Fiber, Layer, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"
import { FetchHttpClient, HttpClient, HttpClientError } from "effect/http"
import * as client from "../../control-plane/test/http/client.ts"

const asAdmin = Effect.fnUntraced(function* (plane: Network.Plane) {
  const { key } = yield* Network.account(plane, "admin")
  return { key, apiKey: Redacted.make(key) }
})

describe("a key that is changed while its node works", () => {
  it.live("costs no job and no word of one, and the network does not lose the node", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { apiKey, key } = yield* asAdmin(plane)
      const { chat, next } = yield* Chats.make
      const { daemon, id, keys } = yield* Network.node(plane, { chat })
      const nodes = Context.get(plane.services, Nodes)
      const { rotate } = Context.get(daemon, Rotation)
      const body = { stream: true, ...client.chat() }
      const opening = yield* Effect.forkChild(client.open(plane, "/v1/chat/completions", { json: body, key }))
      const running = yield* next
      running.say("before ")
      const answer = yield* Fiber.join(opening)
      yield* answer.until("before ")
      // Twice, so that also a node that has changed its key before does it under way.
      for (const word of ["between ", "after"]) {
        const { public_key } = yield* rotate({ apiKey, stolen: false })
        expect(nodes.publicKey(id)).toBe(public_key)
        running.say(word)
        yield* answer.until(word)
      }
      running.finish()
      yield* answer.until("[DONE]")
      const { jobs } = client.jsonOf(yield* client.call(plane, "/api/v1/jobs", { key }))
      expect(jobs).toMatchObject([{ status: "completed", node_id: id }])
      expect(yield* Context.get(daemon, Link).linked).toBe(true)
      const second = yield* Effect.forkChild(client.call(plane, "/v1/chat/completions", { json: client.chat(), key }))
      const other = yield* next
      other.say("hello")
      other.finish()
      expect((yield* Fiber.join(second)).status).toBe(200)
      expect(readdirSync(keys).toSorted()).toEqual(["node.key", "node.old.key"])
    })
  )
})

type Loss = "nothing" | "request" | "answer"

/** A node that is not running, as `infernet keys rotate` finds it; each of its processes reads its files anew. */
const world = Effect.gen(function* () {
  const plane = yield* Network.plane()
  const { apiKey } = yield* asAdmin(plane)
  const folder = yield* plane.files.makeTempDirectoryScoped({ prefix: "infernet-keys-" })
  const pin = `${folder}/plane.pin`
  const started = Effect.fnUntraced(function* (loses: Loss) {
    const losing = Layer.effect(
      HttpClient.HttpClient,
      Effect.map(HttpClient.HttpClient, (client) =>
        HttpClient.make((request) => {
          const lost = Effect.fail(
            new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request }) })
          )
          if (loses === "nothing" || !request.url.endsWith("/rotate")) return client.execute(request)
          return loses === "request" ? lost : Effect.andThen(client.execute(request), lost)
        })
      )
    ).pipe(Layer.provide(FetchHttpClient.layer))
    const services = Rotation.layer.pipe(
      Layer.provideMerge(ControlPlane.layer(plane.url)),
      Layer.provide([Pin.layerFile(pin), losing]),
      Layer.provideMerge(Keyring.layerFiles(folder)),
      Layer.provide([Layer.succeedContext(plane.http), SecureRandom.layerWebCrypto])
    )
    const context = yield* Layer.build(Layer.fresh(services))
    const keyring = Context.get(context, Keyring)
    const register = Context.get(context, ControlPlane).register(planeId, { name: "pit", version: "1" })
    return { keyring, register, rotate: Context.get(context, Rotation).rotate({ apiKey, stolen: false }) }
  })
  const known = (id: Keyring["Service"]["id"]) => Context.get(plane.services, Nodes).publicKey(id)
  return { folder, known, pin, started }
})

describe("a key whose change is broken off", () => {
  for (const loses of ["request", "answer"] as const) {
    it.live(`is the one that the control plane knows from the next start on: ${loses} lost`, () =>
      Effect.gen(function* () {
        const { folder, known, pin, started } = yield* world
        const first = yield* started(loses)
        const { id } = first.keyring
        const before = first.keyring.current().publicKey
        yield* first.register
        expect(yield* Effect.flip(first.rotate)).toMatchObject({ _tag: "RotationUncertain" })
        const truth = known(id)
        expect(truth === before).toBe(loses === "request")
        expect(readdirSync(folder)).toContain("node.next.key")
        // The process is killed here; the next one finds out with its first request.
        const second = yield* started("nothing")
        yield* second.register
        expect([second.keyring.id, second.keyring.current().publicKey]).toEqual([id, truth ?? ""])
        // Asked for again, it goes on with the key that waited, if it still waits.
        const { public_key } = yield* second.rotate
        expect(known(id)).toBe(public_key)
        const third = yield* started("nothing")
        yield* third.register
        expect([third.keyring.id, third.keyring.current().publicKey]).toEqual([id, public_key])
        expect(readFileSync(pin, "utf8").trim()).toBe(planeId)
      })
    )
  }

  it.live("is tried again with the same key, so that a change that had arrived is not made twice", () =>
    Effect.gen(function* () {
      const { known, started } = yield* world
      const first = yield* started("answer")
      yield* first.register
      yield* Effect.flip(first.rotate)
      const arrived = known(first.keyring.id)
      const second = yield* started("nothing")
      expect((yield* second.rotate).public_key).toBe(arrived ?? "")
      expect(second.keyring.current().publicKey).toBe(arrived ?? "")
    })
  )
})
