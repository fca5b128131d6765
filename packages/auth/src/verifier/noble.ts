/** Verification in JavaScript: the reference, and what is used where no addon loads. */
import * as secp256k1 from "@noble/secp256k1"
import type { Curve } from "./Curve.ts"

export const noble: Curve = {
  name: "noble",
  verify: (signature, digest, publicKey) =>
    secp256k1.verify(signature, digest, publicKey, { prehash: false, lowS: false })
}
