/** Signatures whose answer is known: an implementation that errs on one of them is not used. */
import { hexToBytes } from "@noble/hashes/utils.js"
import { type Curve, verifyWith } from "./Curve.ts"

interface KnownAnswer {
  readonly name: string
  readonly signature: string
  readonly digest: string
  readonly publicKey: string
  readonly good: boolean
}

// SHA-256 of "infernet", signed by the secret keys 1 and 0xac09…ff80 with nonces after RFC 6979.
const digest = "f567257ff0262d8c68515e706dc2b6842ee3efa395e312ef2970195f9bcc766f"
const key = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
const r = "8444e4de228403424397cd2a32d45082c4d7de681402d69fecc072972d824344"
const s = "527d4e28080d8533aafd81a1f2dcc0fb936bf8070089dab16da0977c43405b1a"
const good = { name: "a good signature", signature: r + s, digest, publicKey: key, good: true }
const other = {
  name: "a good signature by another key",
  signature:
    "f5980e98523e8b0c074cd50659c4f03f498e3646277075c120916485063c78e07d9188e08a6eb0a37a3bed19bf75f301d72e0508f49a153f34d4770be84d9401",
  digest,
  publicKey: "038318535b54105d4a7aae60c08fc45f9687181b4fdfc625bd1a753fa7397fed75",
  good: true
}

const zero = "0".repeat(64)
const order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
const one = "1".padStart(64, "0")
// r as it comes of a point whose x is the order and 2 more, which is still a coordinate: found by search, s = 1.
const wrapping = {
  name: "an r that was reduced by the order",
  signature: "2".padStart(64, "0") + one,
  digest,
  publicKey: "0369d40c6fdd627efef227980606031c393cb20686a2bba13ca5e4f5e5766f78e0",
  good: true
}

const bad = (name: string, change: Partial<KnownAnswer>): KnownAnswer => ({ ...good, ...change, name, good: false })

export const knownAnswers: ReadonlyArray<KnownAnswer> = [
  good,
  other,
  wrapping,
  bad("another digest", { digest: digest.replace("f5", "f4") }),
  bad("another key's signature", { signature: other.signature }),
  bad("the key's mirror image", { publicKey: key.replace("02", "03") }),
  bad("the same with high s", { signature: `${r}ad82b1d7f7f27acc55027e5e0d233f032742e4dfaebec58a5231c7108cf5e627` }),
  bad("r of zero", { signature: zero + s }),
  bad("s of zero", { signature: r + zero }),
  bad("both of zero", { signature: zero + zero }),
  bad("r of the order", { signature: order + s }),
  bad("s of the order", { signature: r + order }),
  bad("an r that was not reduced", {
    signature: `fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364143${one}`,
    publicKey: wrapping.publicKey
  }),
  bad("r and s exchanged", { signature: s + r }),
  bad("a key that is no point of the curve", { publicKey: `02${"5".padStart(64, "0")}` }),
  bad("a key beyond the field", { publicKey: `02${"f".repeat(64)}` }),
  bad("an uncompressed key", { publicKey: `04${key.slice(2)}` }),
  bad("a signature in upper case", { signature: good.signature.toUpperCase() }),
  bad("a signature cut short", { signature: good.signature.slice(2) }),
  bad("a digest cut short", { digest: digest.slice(2) })
]

/** The names of those that it answers wrongly: none, or it must not be used. */
export const errors = (curve: Curve): ReadonlyArray<string> => {
  const verify = verifyWith(curve)
  return knownAnswers.flatMap(({ digest, good, name, publicKey, signature }) =>
    verify(signature, hexToBytes(digest), publicKey) === good ? [] : [name]
  )
}
