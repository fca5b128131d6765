/** What the daemon does, as it does it, for the operator's terminal. */
import type { AttemptId, ControlPlaneId, JobId } from "@infernet/contract/Id"
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
