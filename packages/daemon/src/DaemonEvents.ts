/** What the daemon does, as it does it, for the operator's terminal. */
import type { AttemptId, ControlPlaneId, JobId, ReceiptId } from "@infernet/contract/Id"
import type { AttemptFault } from "@infernet/contract/Link"
import type { Command } from "@infernet/contract/Command"
import { Context, Effect, Layer, PubSub, Stream } from "effect"

export type DaemonEvent =
  | { readonly type: "waiting"; readonly reason: string }
  | { readonly type: "refused"; readonly reason: string }
  | { readonly type: "registered"; readonly controlPlane: ControlPlaneId }
  /** The control plane gives it no jobs before an administrator has approved it; or not any more. */
  | { readonly type: "pending"; readonly on: boolean }
  | { readonly type: "linked"; readonly replica: string }
  | { readonly type: "link_lost"; readonly reason: string }
  /** One was answered; how long the whole exchange took. */
  | { readonly type: "heartbeat"; readonly latencyMillis: number }
  | { readonly type: "command"; readonly command: Command; readonly outcome: string }
  /** A model comes or goes, by whomever it was asked for. */
  | { readonly type: "model"; readonly model: string; readonly news: string }
  | { readonly type: "draining"; readonly on: boolean }
  | { readonly type: "job_received"; readonly job: JobId; readonly attempt: AttemptId; readonly model: string }
  | { readonly type: "job_streaming"; readonly attempt: AttemptId; readonly firstTokenMillis: number }
  | {
      readonly type: "job_done"
      readonly attempt: AttemptId
      readonly tokens: number
      readonly tokensPerSecond: number
      readonly totalMillis: number
    }
  | {
      readonly type: "job_failed"
      readonly attempt: AttemptId
      readonly error: AttemptFault
      readonly message: string
    }
  /** Signed by both: what the attempt has earned, and the sum over its channel, in micro-USDC. */
  | {
      readonly type: "receipt"
      readonly receipt: ReceiptId
      readonly job: JobId
      readonly attempt: AttemptId
      readonly amount: bigint
      readonly tokens: number
      readonly cumulative: bigint
    }
  /** This node does not sign the bill of the attempt. */
  | {
      readonly type: "bill_disputed"
      readonly receipt: ReceiptId
      readonly job: JobId
      readonly attempt: AttemptId
      readonly reason: string
    }
  /** So many have waited for the control plane's signature for too long; none: that is over. */
  | { readonly type: "countersignatures"; readonly bills: number; readonly amount: bigint }
  /** Nothing is signed, as it cannot be written down. */
  | { readonly type: "receipts_unwritten"; readonly reason: string }

export class DaemonEvents extends Context.Service<
  DaemonEvents,
  {
    readonly publish: (event: DaemonEvent) => void
    /** Events from the subscription on; a reader that is far behind misses the oldest. */
    readonly stream: Stream.Stream<DaemonEvent>
  }
>()("@infernet/daemon/DaemonEvents") {
  static readonly layer = Layer.effect(
    DaemonEvents,
    Effect.gen(function* () {
      const hub = yield* Effect.acquireRelease(PubSub.sliding<DaemonEvent>(256), PubSub.shutdown)
      return {
        publish: (event) => void PubSub.publishUnsafe(hub, event),
        stream: Stream.fromPubSub(hub)
      }
    })
  )
}
