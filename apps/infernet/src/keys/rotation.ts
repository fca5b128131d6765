/** A change of this node's key, by the node that runs from this home or, where none does, by this process. */
import { ControlPlane } from "@infernet/daemon/node/ControlPlane"
import { Keyring } from "@infernet/daemon/node/Keyring"
import { Pin } from "@infernet/daemon/node/Pin"
import { type Asked, Rotation } from "@infernet/daemon/node/Rotation"
import { Home } from "@infernet/platform/Home"
import { Effect, Layer, Logger } from "effect"
import { SecureRandom } from "effect/crypto"
import { join } from "node:path"
import * as Http from "../client/Http.ts"
import { NotRotated } from "../client/KeysApi.ts"

const again = "Run `infernet keys rotate` again: it goes on with the key that waits"

/** Each failure as what it means for the key, and what to do. */
const explain = (error: Effect.Error<ReturnType<Rotation["Service"]["rotate"]>>): NotRotated => {
  const { _tag, message } = error
  const sentence = message.replace(/\.$/, "")
  if (_tag === "RotationUncertain") {
    const whether = "so whether it has the new key is found out when it answers"
    return new NotRotated({ error_message: `${sentence}, ${whether}. ${again}` })
  }
  if (_tag === "ControlPlaneRefused" && error.status === 409) {
    const meant = "If this home is to be the node all the same, name that key with --replaces"
    return new NotRotated({ error_message: `${sentence}. ${meant}` })
  }
  if (_tag === "KeyFileError") return new NotRotated({ error_message: `${sentence}. ${again}` })
  return new NotRotated({ error_message: `the key was not changed: ${sentence}` })
}

/** Over the services of a node. */
export const by = ({ rotate }: Rotation["Service"], asked: Asked) => Effect.mapError(rotate(asked), explain)

/** For a node that does not run; holds the home, so that none starts meanwhile. */
export const alone = Effect.fnUntraced(function* (controlPlaneUrl: string, asked: Asked) {
  const { keys, lock } = yield* Home
  yield* lock
  const services = Rotation.layer.pipe(
    Layer.provide([ControlPlane.layer(controlPlaneUrl), Pin.layerFile(join(keys, "control-plane.pin"))]),
    Layer.provide([Keyring.layerFiles(keys), Http.layer]),
    Layer.provide(SecureRandom.layerWebCrypto),
    // What is printed is for whoever has asked, in words or as JSON.
    Layer.merge(Logger.layer([]))
  )
  return yield* Effect.flatMap(Rotation, (rotation) => by(rotation, asked)).pipe(Effect.provide(services))
}, Effect.scoped)
