/** Codes by which a machine joins an account: short enough to be read out, stored only as a hash, known for minutes. */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { Effect, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
/** 60 random bits: whoever reads the hash needs years to find the code, which holds for minutes. */
const characters = 12
const shape = new RegExp(`^[${alphabet}]{${characters}}$`)

/** A new code, in capitals: 12 characters of Crockford base32. */
export const generate = Effect.gen(function* () {
  const bytes = yield* (yield* SecureRandom.SecureRandom).randomBytes(characters)
  // 256 is eight times 32: each character is as likely as any other.
  const text = [...bytes].map((byte) => alphabet.charAt(byte & 31)).join("")
  return Redacted.make(text, { label: "link code" })
})

/** As people are shown it: `K7QM-2XRD-9FTA`. */
export const format = (code: Redacted.Redacted): string => Redacted.value(code).replace(/(.{4})(?=.)/g, "$1-")

/** The code in what somebody typed, whatever its case, its dashes and its mistaken letters; `undefined` when it is none. */
export const parse = (text: string): Redacted.Redacted | undefined => {
  const typed = text.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1")
  return shape.test(typed) ? Redacted.make(typed, { label: "link code" }) : undefined
}

/** SHA-256 in lower-case hexadecimal: what is stored. */
export const hash = (code: Redacted.Redacted): string => bytesToHex(sha256(utf8ToBytes(Redacted.value(code))))
