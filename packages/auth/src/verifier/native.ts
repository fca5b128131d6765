/** Verification by libsecp256k1, where its addon is installed and made for this machine. */
import { Effect } from "effect"
import type { Curve } from "./Curve.ts"

/**
 * Fails with what is missing. `bindings.js` throws where there is no addon; the package's front door would go on with
 * `elliptic` in silence, which is slower than our own fallback by a factor of five.
 */
export const native: Effect.Effect<Curve, string> = Effect.tryPromise({
  try: () => import("secp256k1/bindings.js"),
  catch: (cause) => String(cause)
}).pipe(
  Effect.map(({ default: addon }) => ({
    name: "native",
    verify: (signature, digest, publicKey) => addon.ecdsaVerify(signature, digest, publicKey)
  }))
)
