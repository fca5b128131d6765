/** Making this machine a node of a network: asked whether it is known there, and registered. */
import { Identity } from "@infernet/auth/Identity"
import * as KeyFile from "@infernet/auth/KeyFile"
import { Info } from "@infernet/contract/api/Network"
import { ControlPlane } from "@infernet/daemon/node/ControlPlane"
import { Keyring } from "@infernet/daemon/node/Keyring"
import { Pin } from "@infernet/daemon/node/Pin"
import { Home } from "@infernet/platform/Home"
import { Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpClient, HttpClientRequest } from "effect/http"
import { join } from "node:path"
import { decode } from "../client/api.ts"
import * as Http from "../client/Http.ts"
import { version } from "../version.ts"

const patience = "8 seconds"

const get = Effect.fnUntraced(function* (url: string) {
  const client = yield* HttpClient.HttpClient
  return yield* client.execute(HttpClientRequest.get(url))
})

/** The id of the key in this home; none where there is none yet, or where it cannot be used. */
const ownId = Effect.gen(function* () {
  const { keys } = yield* Home
  return yield* Effect.option(Effect.map(KeyFile.read(join(keys, "node.key")), (key) => Identity.fromStoredKey(key).id))
})

/** Of a control plane that does not answer nothing is known but that a code is possible. */
export const needsCode = (url: string) =>
  Effect.gen(function* () {
    const info = yield* Effect.flatMap(get(`${url}/api/v1/info`), decode(Info))
    const id = yield* ownId
    if (id._tag === "Some") {
      const { status } = yield* get(`${url}/api/v1/nodes/${id.value}/status`)
      if (status === 200) return "known" as const
    }
    return info.invite_required === true ? ("needed" as const) : ("possible" as const)
  }).pipe(
    Effect.timeout(patience),
    Effect.orElseSucceed(() => "possible" as const)
  )

export interface Wanted {
  readonly url: string
  readonly self: Keyring["Service"]
  readonly name: string
  readonly linkCode: string | undefined
}

/** Registers once; fails with `ControlPlaneAway`, with `ControlPlaneRefused`, or where another one was joined before. */
export const register = Effect.fnUntraced(function* ({ linkCode, name, self, url }: Wanted) {
  const { keys } = yield* Home
  const services = Layer.merge(ControlPlane.layer(url), Pin.layerFile(join(keys, "control-plane.pin"))).pipe(
    Layer.provide([Layer.succeed(Keyring, self), Http.layer, SecureRandom.layerWebCrypto])
  )
  const registered = Effect.gen(function* () {
    const plane = yield* ControlPlane
    const { control_plane_id: id } = yield* plane.info
    yield* (yield* Pin).check(id)
    const code = linkCode === undefined ? {} : { link_code: linkCode }
    yield* plane.register(id, { name, version, ...code })
  })
  return yield* Effect.provide(registered, services)
})
