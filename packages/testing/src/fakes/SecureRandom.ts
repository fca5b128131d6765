/** Secure randomness that is not: drawn from the seeded `Random`, so that keys, nonces and instances repeat by seed. */
import { Effect, Layer, Random } from "effect"
import { SecureRandom } from "effect/crypto"

export const layer = Layer.effect(
  SecureRandom.SecureRandom,
  Effect.map(Effect.service(Random.Random), (random) =>
    SecureRandom.make((size) => Uint8Array.from({ length: size }, () => Math.floor(random.nextDoubleUnsafe() * 256)))
  )
)
