/** A node of the test's own making: registered and signed like any other, then free to send what it likes. */
import { planeId } from "@infernet/testing/fakes/planeIdentity"
import { Identity } from "@infernet/auth/Identity"
import { signRequest } from "@infernet/auth/SignRequest"
import type { NodeMessage, PlaneMessage } from "@infernet/contract/Link"
import { encode, type LinkRecord } from "@infernet/contract/LinkRecord"
import { offer } from "@infernet/testing/fakes/ScriptedBackends"
import type { Plane } from "@infernet/testing/Network"
import { Context, Deferred, Effect, Layer, Queue } from "effect"
import { SecureRandom } from "effect/crypto"
import { stateOf } from "../world.ts"
import { call } from "./client.ts"

const random = SecureRandom.layerWebCrypto
const controlPlane = planeId

/** Bun's constructor, which the browser's types, also in scope, do not have. */
const BunWebSocket = WebSocket as unknown as new (url: string, options: Bun.WebSocketOptions) => Bun.WebSocket

interface Closed {
  readonly code: number
  readonly reason: string
}

/** A key of its own, and requests signed with it. */
export const signer = Effect.fnUntraced(function* (plane: Plane) {
  const built = yield* Layer.build(Layer.fresh(Layer.provide(Identity.layerRandom, random)))
  const identity = Context.get(built, Identity)
  const path = `/api/v1/nodes/${identity.id}`
  const header = (method: string, at: string, body: Uint8Array) =>
    Effect.provide(signRequest(identity, { controlPlane, method, path: at, body }), random)
  const post = Effect.fnUntraced(function* (at: string, body: string | Uint8Array<ArrayBuffer>) {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body
    const signature = yield* header("POST", path + at, bytes)
    const headers = { "content-type": "application/json", "x-infernet-auth": signature }
    return yield* call(plane, path + at, { body: bytes, headers })
  })
  const registration = { public_key: identity.publicKey, name: "rogue", version: "1.0.0" }
  return { header, identity, path, post, registration }
})

/** A linked node that offers one model. */
export const rogue = Effect.fnUntraced(function* (plane: Plane, model: string) {
  const { header, identity, path, post, registration } = yield* signer(plane)
  yield* post("", JSON.stringify(registration))
  const signature = yield* header("GET", `${path}/link`, new Uint8Array())
  const heard = yield* Queue.bounded<PlaneMessage>(1_000)
  const closed = Deferred.makeUnsafe<Closed>()
  const socket = yield* Effect.acquireRelease(
    Effect.sync(
      () =>
        new BunWebSocket(`${plane.url.replace("http", "ws")}${path}/link`, {
          headers: { "x-infernet-auth": signature }
        })
    ),
    (socket) => Effect.sync(() => socket.terminate())
  )
  socket.binaryType = "arraybuffer"
  socket.addEventListener("message", ({ data }: MessageEvent<string>) => {
    for (const message of JSON.parse(data) as ReadonlyArray<PlaneMessage>) Queue.offerUnsafe(heard, message)
  })
  socket.addEventListener("close", ({ code, reason }) => Deferred.doneUnsafe(closed, Effect.succeed({ code, reason })))
  yield* Effect.callback<void>((resume) => socket.addEventListener("open", () => resume(Effect.void)))

  const send = (data: string | Uint8Array) => void socket.send(data)
  const say = (...messages: ReadonlyArray<NodeMessage>) => send(JSON.stringify(messages))
  /** The next message of this type; others are passed over. */
  const next = <T extends PlaneMessage["type"]>(type: T): Effect.Effect<Extract<PlaneMessage, { type: T }>> =>
    Effect.flatMap(Queue.take(heard), (message) =>
      message.type === type ? Effect.succeed(message as Extract<PlaneMessage, { type: T }>) : next(type)
    )
  const instance = identity.id.slice(2, 34)
  say({ type: "hello", version: "1", instance, epoch: 0, state: stateOf([offer(model)]), inflight: [] })
  yield* next("welcome")
  return {
    id: identity.id,
    send,
    say,
    next,
    report: (command: string, body: object) => post(`/commands/${command}`, JSON.stringify(body)),
    beat: post("/heartbeat", JSON.stringify({ public_key: identity.publicKey, state: stateOf([offer(model)]) })),
    records: (...records: ReadonlyArray<LinkRecord>) => send(encode(records)),
    closed: Effect.timeout(Deferred.await(closed), "3 seconds")
  }
})

export type Rogue = Effect.Success<ReturnType<typeof rogue>>
