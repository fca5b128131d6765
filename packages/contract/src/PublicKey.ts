/** The public half of a secp256k1 key, as it stands in requests and documents. */
import { Schema } from "effect"

export const PublicKey = Schema.String.check(
  Schema.isPattern(/^0[23][0-9a-f]{64}$/, { message: "expected a 33-byte compressed secp256k1 key in hexadecimal" })
)
export type PublicKey = typeof PublicKey.Type
