/** Keys that clients carry: 200 random bits in text, stored only as a hash, shown only as a fingerprint. */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { Effect, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"

const prefix = "inft_"
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
const shape = /^inft_[0-9a-hjkmnp-tv-z]{40}$/

/** 25 bytes are exactly 40 characters of Crockford base32, so no byte of randomness is lost or favoured. */
const encode = (bytes: Uint8Array): string => {
  let value = BigInt(`0x${bytesToHex(bytes)}`)
  let text = ""
  for (let i = 0; i < 40; i++) {
    text = alphabet[Number(value & 31n)] + text
    value >>= 5n
  }
  return text
}

/** A new key: `inft_` and 40 characters. */
export const generate = Effect.gen(function* () {
  const bytes = yield* (yield* SecureRandom.SecureRandom).randomBytes(25)
  return Redacted.make(prefix + encode(bytes), { label: "API key" })
})

/** The key in a text; `undefined` when it has not the shape of one, so that no look-up is spent on it. */
export const parse = (text: string): Redacted.Redacted | undefined =>
  shape.test(text) ? Redacted.make(text, { label: "API key" }) : undefined

/** SHA-256 in lower-case hexadecimal: what is stored. The key is random, so it needs no salt and no slow hash. */
export const hash = (key: Redacted.Redacted): string => bytesToHex(sha256(utf8ToBytes(Redacted.value(key))))

/** Enough to tell one's keys apart in a list, and 160 bits short of the key. */
export const fingerprint = (key: Redacted.Redacted): string => {
  const text = Redacted.value(key)
  return `${text.slice(0, prefix.length + 4)}…${text.slice(-4)}`
}
