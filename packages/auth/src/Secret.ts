/** Secrets that somebody carries: 200 random bits in text, stored only as a hash. */
import { createHash } from "node:crypto"
import { bytesToHex } from "@noble/hashes/utils.js"
import { Effect, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
const body = "[0-9a-hjkmnp-tv-z]{40}"

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

/**
 * SHA-256 in lower-case hexadecimal: what is stored. The secret is random, so it needs no salt and no slow hash. Native,
 * as it runs for every request, and would take longer in JavaScript than everything else that a key is asked.
 */
export const hash = (secret: Redacted.Redacted): string =>
  createHash("sha256").update(Redacted.value(secret)).digest("hex")

/** A kind of secret, told by its prefix; `label` is what is shown in its place. */
export const make = (prefix: string, label: string) => {
  const shape = new RegExp(`^${prefix}${body}$`)
  return {
    /** A new one: the prefix and 40 characters. */
    generate: Effect.gen(function* () {
      const bytes = yield* (yield* SecureRandom.SecureRandom).randomBytes(25)
      return Redacted.make(prefix + encode(bytes), { label })
    }),
    /** The secret in a text; `undefined` when it has not the shape of one, so that no look-up is spent on it. */
    parse: (text: string): Redacted.Redacted | undefined =>
      shape.test(text) ? Redacted.make(text, { label }) : undefined
  }
}
