/** Tells requests apart that came with the same idempotency key. */
import type { Schema } from "effect"

/** JSON whose fields are in order, so that equal requests are equal texts however a client wrote them. */
const canonical = (_key: string, value: Schema.Json): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

/**
 * SHA-256 in hexadecimal of what a request asks for, and at which door. Whether the answer is wanted as a stream is no
 * part of it: it is the same answer. Empty without a key, as nobody will ask then.
 */
export const fingerprint = (door: string, key: string | undefined, asked: unknown): string =>
  key === undefined ? "" : Bun.SHA256.hash(`${door}\n${JSON.stringify(asked, canonical)}`, "hex")
