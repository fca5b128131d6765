/** Tells requests apart that came with the same idempotency key. */
import type { Schema } from "effect"

/** JSON whose fields are in order, so that equal requests are equal texts however a client wrote them. */
const canonical = (_key: string, value: Schema.Json | bigint): unknown =>
  typeof value === "bigint"
    ? String(value)
    : typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value

/**
 * SHA-256 in hexadecimal of what a client asks for, in its own words, and at which door. Leave out whether the answer is
 * wanted as a stream: it is the same answer; and what is filled in for the client: it may be another at its next try.
 * Empty without a key, as nobody will ask then.
 */
export const fingerprint = (door: string, key: string | undefined, asked: unknown): string =>
  key === undefined ? "" : Bun.SHA256.hash(`${door}\n${JSON.stringify(asked, canonical)}`, "hex")
