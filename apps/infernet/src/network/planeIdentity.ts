/** The control plane's key in this home: nodes sign for its address, and receipts carry its signature. */
import { Identity } from "@infernet/auth/Identity"
import { Home } from "@infernet/platform/Home"
import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { join } from "node:path"

export const planeIdentity = Effect.gen(function* () {
  const { keys } = yield* Home
  const file = Identity.layerFile(join(keys, "control-plane.key"))
  return Context.get(yield* Layer.build(file.pipe(Layer.provide(SecureRandom.layerWebCrypto))), Identity)
})
