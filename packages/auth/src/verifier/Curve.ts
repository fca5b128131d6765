/** ECDSA's bare equation over secp256k1 by one implementation or another, and what is asked of a signature before it. */
import { hexToBytes } from "@noble/hashes/utils.js"
import { isInForm } from "./form.ts"

export interface Curve {
  readonly name: "native" | "noble"
  /**
   * Whether `r‖s` (64 bytes) is the signature of 32 bytes by a compressed key. False or an exception where a number is
   * out of range or the key is no point of the curve. What it makes of a high `s` is its own affair.
   */
  readonly verify: (signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array) => boolean
}

const compressedKey = /^0[23][0-9a-f]{64}$/

/** The curve's answer for what has the form that is asked for; false for whatever has not. */
export const verifyWith =
  (curve: Curve) =>
  (signature: string, digest: Uint8Array, publicKey: string): boolean => {
    if (!isInForm(signature) || !compressedKey.test(publicKey) || digest.length !== 32) return false
    try {
      return curve.verify(hexToBytes(signature), digest, hexToBytes(publicKey))
    } catch {
      // Thrown for numbers out of range and for keys that are no point of the curve.
      return false
    }
  }
