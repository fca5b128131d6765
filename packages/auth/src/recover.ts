/** The key behind a signature by an address, which the signature itself does not name. */
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import * as secp256k1 from "@noble/secp256k1"
import { addressOf } from "./signature.ts"
import { isInForm } from "./verifier/form.ts"

export interface Recovered {
  /** Compressed, in hexadecimal. */
  readonly publicKey: string
  /** Of a point of the curve: which of the two keys of the signature it is, as chains want to know. */
  readonly parity: 0 | 1
}

/** Who has signed the digest, if it is this address: that a key comes out of a signature proves nothing by itself. */
export const recovered = (signature: string, digest: Uint8Array, address: string): Recovered | undefined => {
  if (!isInForm(signature) || digest.length !== 32) return undefined
  const compact = hexToBytes(signature)
  for (const parity of [0, 1] as const) {
    try {
      const key = secp256k1.recoverPublicKey(Uint8Array.of(parity, ...compact), digest, { prehash: false })
      const publicKey = bytesToHex(key)
      if (addressOf(publicKey) === address) return { publicKey, parity }
    } catch {
      // No point of the curve has this coordinate, or a number is out of range.
    }
  }
  return undefined
}

/** Its compressed public key, in hexadecimal; `undefined` where this address has not signed the digest. */
export const recover = (signature: string, digest: Uint8Array, address: string): string | undefined =>
  recovered(signature, digest, address)?.publicKey
