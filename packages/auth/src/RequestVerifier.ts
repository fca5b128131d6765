/** Says whether a signed request is genuine, fresh and first; the cheap questions come before the dear ones. */
import { Unauthorized, type Unavailable } from "@infernet/contract/ApiError"
import type { ControlPlaneId, NodeId } from "@infernet/contract/Id"
import { clockToleranceSeconds, header, parse } from "@infernet/contract/SignedRequest"
import { Clock, Context, DateTime, Effect, Layer } from "effect"
import { ReplayGuard } from "./ReplayGuard.ts"
import { bodyHash, digestOf } from "./signature.ts"
import { Verifier } from "./verifier/Verifier.ts"

export interface RequestToVerify<E> {
  readonly controlPlane: ControlPlaneId
  /** The node that the path names: its nonces are its own. */
  readonly node: NodeId
  readonly method: string
  /** Path with its query, as it stood in the request line. */
  readonly path: string
  readonly body: Uint8Array
  readonly header: string | undefined
  /** The node's current key by the registry; `undefined` when it is unknown or banned. */
  readonly publicKey: Effect.Effect<string | undefined, E>
}

export class RequestVerifier extends Context.Service<
  RequestVerifier,
  {
    /** Shape, then time, then key, then signature, then nonce: an unknown key costs no signature and no nonce. */
    readonly verifyRequest: <E>(request: RequestToVerify<E>) => Effect.Effect<void, Unauthorized | Unavailable | E>
  }
>()("@infernet/auth/RequestVerifier") {
  static readonly layer = Layer.effect(
    RequestVerifier,
    Effect.gen(function* () {
      const guard = yield* ReplayGuard
      const { verify } = yield* Verifier
      const verifyRequest = Effect.fn("RequestVerifier.verifyRequest")(function* <E>(request: RequestToVerify<E>) {
        const { body, controlPlane, method, node, path } = request
        const parts = parse(request.header ?? "")
        if (parts === undefined) return yield* refuse(malformed)
        const now = yield* Clock.currentTimeMillis
        const offBy = Math.abs(Math.floor(now / 1000) - parts.timestamp)
        if (offBy > clockToleranceSeconds) return yield* refuse(clockOff(offBy, now))
        const publicKey = yield* request.publicKey
        if (publicKey === undefined) return yield* refuse("this node is not registered here, or it was banned")
        const digest = digestOf({ ...parts, controlPlane, method, path, bodyHash: bodyHash(body) })
        if (!verify(parts.signature, digest, publicKey)) return yield* refuse(mismatch(controlPlane))
        if (!(yield* guard.claim(node, parts.nonce, parts.timestamp))) {
          return yield* refuse("this request was sent before: each needs a fresh nonce")
        }
      })
      return { verifyRequest }
    })
  )
}

const refuse = (reason: string) => Effect.fail(new Unauthorized({ error_message: reason }))

const malformed = `the header ${header} is missing or is not v1.<signature>.<nonce>.<unix seconds> in lower-case hexadecimal`

const clockOff = (seconds: number, now: number): string => {
  const time = DateTime.formatIso(DateTime.makeUnsafe(now))
  return `the clock of the sender is off by ${seconds} s, more than ${clockToleranceSeconds} s: the server's time is ${time}, set yours by the network`
}

const mismatch = (controlPlane: ControlPlaneId): string =>
  `the signature is not by the node's current key over this request to control plane ${controlPlane}`
