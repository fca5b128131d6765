/** Remembers which nonces were used: the insert is the check, so two requests can never both be first. */
import type { Unavailable } from "@infernet/contract/ApiError"
import type { NodeId } from "@infernet/contract/Id"
import { nonceLifeSeconds } from "@infernet/contract/SignedRequest"
import { Clock, Context, Effect, Layer } from "effect"

export class ReplayGuard extends Context.Service<
  ReplayGuard,
  {
    /** False when this node has used the nonce before. `timestamp` is the request's, in unix seconds. */
    readonly claim: (node: NodeId, nonce: string, timestamp: number) => Effect.Effect<boolean, Unavailable>
  }
>()("@infernet/auth/ReplayGuard") {
  /**
   * Nonces of the last five minutes, in memory: five times longer than a request can be valid.
   *
   * Only a request with a good signature costs an entry, so its size is bounded by what known nodes send.
   */
  static readonly layerMemory = Layer.sync(ReplayGuard, () => {
    // In order of insertion, which is the order of expiry.
    const claimedAt = new Map<string, number>()
    const forget = (before: number) => {
      for (const [key, at] of claimedAt) {
        if (at > before) return
        claimedAt.delete(key)
      }
    }
    return {
      claim: (node, nonce) =>
        Effect.map(Clock.monotonicTimeNanos, (nanos) => {
          const now = Number(nanos) / 1e9
          forget(now - nonceLifeSeconds)
          const key = `${node} ${nonce}`
          if (claimedAt.has(key)) return false
          claimedAt.set(key, now)
          return true
        })
    }
  })
}
