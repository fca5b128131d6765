/** Keys that clients carry: 200 random bits in text, stored only as a hash, shown only as a fingerprint. */
import { Redacted } from "effect"
import * as Secret from "./Secret.ts"

const prefix = "inft_"

export const { generate, parse } = Secret.make(prefix, "API key")
export { hash } from "./Secret.ts"

/** Enough to tell one's keys apart in a list, and 160 bits short of the key. */
export const fingerprint = (key: Redacted.Redacted): string => {
  const text = Redacted.value(key)
  return `${text.slice(0, prefix.length + 4)}…${text.slice(-4)}`
}
