/** ECDSA over secp256k1 as signed requests use it: digests, signatures and addresses, all pure. `verifier` has the check. */
import { type SignedSubject, subject } from "@infernet/contract/SignedRequest"
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { keccak_256 } from "@noble/hashes/sha3.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import * as secp256k1 from "@noble/secp256k1"

// The curve ships without hash functions; with these its signatures are synchronous and deterministic (RFC 6979).
secp256k1.hashes.sha256 = sha256
secp256k1.hashes.hmacSha256 = (key, message) => hmac(sha256, key, message)

const compressedKey = /^0[23][0-9a-f]{64}$/

/** SHA-256 of a body, in lower-case hexadecimal. */
export const bodyHash = (body: Uint8Array): string => bytesToHex(sha256(body))

/** The 32 bytes that are signed. */
export const digestOf = (parts: SignedSubject): Uint8Array => sha256(utf8ToBytes(subject(parts)))

/** The 64-byte compact signature with low `s`, in hexadecimal. The same key and digest always give the same one. */
export const sign = (digest: Uint8Array, secretKey: Uint8Array): string =>
  bytesToHex(secp256k1.sign(digest, secretKey, { prehash: false }))

/** Whether a secret key is a number that the curve takes. */
export const isSecretKey = (secretKey: Uint8Array): boolean => secp256k1.utils.isValidSecretKey(secretKey)

/** The 33-byte compressed public key of a secret key, in hexadecimal. */
export const publicKeyOf = (secretKey: Uint8Array): string => bytesToHex(secp256k1.getPublicKey(secretKey))

/** The Ethereum address of a compressed public key, in lower case; `undefined` when it is no point of the curve. */
export const addressOf = (publicKey: string): string | undefined => {
  if (!compressedKey.test(publicKey)) return undefined
  try {
    const uncompressed = secp256k1.Point.fromHex(publicKey).toBytes(false)
    return `0x${bytesToHex(keccak_256(uncompressed.subarray(1)).subarray(12))}`
  } catch {
    return undefined
  }
}
