/** The text that a node's signature covers. Known answers for other implementations: `test/signed-request.json`. */
import type { ControlPlaneId } from "./Id.ts"

/** The request header that carries `v1.<signature>.<nonce>.<timestamp>`. */
export const header = "x-infernet-auth"

/** How far a node's clock may be off, and how long a nonce is remembered, in seconds. */
export const clockToleranceSeconds = 30
export const nonceLifeSeconds = 300

export interface SignedParts {
  /** 64-byte compact `r‖s` with low `s`, in lower-case hexadecimal. */
  readonly signature: string
  /** 16 random bytes, in lower-case hexadecimal. */
  readonly nonce: string
  /** Unix seconds. */
  readonly timestamp: number
}

/** Everything but the signature that the digest covers. */
export interface SignedSubject {
  readonly controlPlane: ControlPlaneId
  readonly method: string
  /** Path with its query, as it stands in the request line. */
  readonly path: string
  /** SHA-256 of the body in lower-case hexadecimal; an empty body hashes to the hash of nothing. */
  readonly bodyHash: string
  readonly nonce: string
  readonly timestamp: number
}

const shape = /^v1\.([0-9a-f]{128})\.([0-9a-f]{32})\.([1-9][0-9]{0,11})$/

/** Reads the header; `undefined` when it has not exactly the documented shape. */
export const parse = (text: string): SignedParts | undefined => {
  const [, signature, nonce, timestamp] = shape.exec(text) ?? []
  if (signature === undefined || nonce === undefined || timestamp === undefined) return undefined
  return { signature, nonce, timestamp: Number(timestamp) }
}

export const format = ({ nonce, signature, timestamp }: SignedParts): string => `v1.${signature}.${nonce}.${timestamp}`

/** The text whose SHA-256 is signed. */
export const subject = (parts: SignedSubject): string =>
  [
    "infernet-auth-v1",
    parts.controlPlane,
    parts.method,
    parts.path,
    parts.bodyHash,
    parts.nonce,
    String(parts.timestamp)
  ].join("\n")
