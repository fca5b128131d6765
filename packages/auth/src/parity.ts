/** Which of the two keys of a signature signed it: what chains want to know besides the 64 bytes. */
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import * as secp256k1 from "@noble/secp256k1"
import { addressOf } from "./signature.ts"

const compactSignature = /^[0-9a-f]{128}$/

/** The parity of a point of the curve, by the signer's address; `undefined` where it did not sign, or `s` is high. */
export const parityOf = (signature: string, digest: Uint8Array, signer: string): 0 | 1 | undefined => {
  if (!compactSignature.test(signature)) return undefined
  const bytes = hexToBytes(signature)
  const isKeyOf = (parity: 0 | 1) => {
    const key = secp256k1.recoverPublicKey(Uint8Array.of(parity, ...bytes), digest, { prehash: false })
    return addressOf(bytesToHex(key)) === signer
  }
  try {
    if (secp256k1.Signature.fromBytes(bytes).hasHighS()) return undefined
    return isKeyOf(0) ? 0 : isKeyOf(1) ? 1 : undefined
  } catch {
    // Thrown for numbers out of range and where there is no such point.
    return undefined
  }
}
