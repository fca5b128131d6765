/** Takes leave of the network for a node that does not run: one that runs says it as it stops. */
import { ControlPlane } from "@infernet/daemon/node/ControlPlane"
import { Keyring } from "@infernet/daemon/node/Keyring"
import { Home } from "@infernet/platform/Home"
import { Context, Effect, FileSystem, Layer, Option } from "effect"
import { SecureRandom } from "effect/crypto"
import { join } from "node:path"
import * as Http from "../client/Http.ts"
import * as options from "../settings/options.ts"

const patience = "5 seconds"

/** Whether the network has been told; false where there is none, or it does not answer: then it hears no more of it. */
export const say = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const { keys } = yield* Home
  const url = yield* options.controlPlane()
  const isNode = Effect.orElseSucceed(fs.exists(join(keys, "node.key")), () => false)
  if (Option.isNone(url) || !(yield* isNode)) return false
  const layer = ControlPlane.layer(url.value).pipe(
    Layer.provide([Keyring.layerFiles(keys), Http.layer]),
    Layer.provide(SecureRandom.layerWebCrypto)
  )
  return yield* Effect.gen(function* () {
    const controlPlane = Context.get(yield* Layer.build(layer), ControlPlane)
    const { control_plane_id } = yield* controlPlane.info
    yield* controlPlane.leave(control_plane_id)
    return true
  }).pipe(
    Effect.scoped,
    Effect.timeout(patience),
    Effect.orElseSucceed(() => false)
  )
})
