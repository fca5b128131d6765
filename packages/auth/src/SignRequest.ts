/** Signs requests to a control plane: gives the value of the header that `SignedRequest.header` names. */
import type { ControlPlaneId } from "@infernet/contract/Id"
import { format } from "@infernet/contract/SignedRequest"
import { bytesToHex } from "@noble/hashes/utils.js"
import { Clock, Effect } from "effect"
import { SecureRandom } from "effect/crypto"
import type { Identity } from "./Identity.ts"
import { bodyHash, digestOf } from "./signature.ts"

export interface RequestToSign {
  /** Who is to accept it; nobody else will. */
  readonly controlPlane: ControlPlaneId
  readonly method: string
  /** Path with its query, as it will stand in the request line. */
  readonly path: string
  readonly body: Uint8Array
}

/** A header value that holds for this request, once, for half a minute. */
export const signRequest = Effect.fnUntraced(function* (identity: Identity["Service"], request: RequestToSign) {
  const { controlPlane, method, path, body } = request
  const timestamp = Math.floor((yield* Clock.currentTimeMillis) / 1000)
  const nonce = bytesToHex(yield* (yield* SecureRandom.SecureRandom).randomBytes(16))
  const subject = { controlPlane, method, path, bodyHash: bodyHash(body), nonce, timestamp }
  return format({ signature: identity.sign(digestOf(subject)), nonce, timestamp })
})
