/** This node as it is at this moment: its backends' models, its hardware, and what it is busy with. */
import type { Ask } from "@infernet/payment/price/ask"
import { Backends, type Snapshot } from "@infernet/backend/Backends"
import { HardwareReadings } from "@infernet/backend/Hardware"
import type { ModelOffer, NodeState } from "@infernet/contract/Node"
import { Context, Effect, Layer, Stream } from "effect"
import { Jobs } from "../job/Jobs.ts"
import { asking } from "./asking.ts"

export class NodeStates extends Context.Service<
  NodeStates,
  {
    readonly current: Effect.Effect<NodeState>
    /** The state now, then again whenever backends or models change, or whether this node takes jobs. */
    readonly changes: Stream.Stream<NodeState>
  }
>()("@infernet/daemon/node/NodeStates") {
  /** `asks`: what its operator wants for the models, where that is less than the list price. */
  static readonly layer = (options: { readonly version: string; readonly asks?: ReadonlyArray<Ask> | undefined }) =>
    Layer.effect(
      NodeStates,
      Effect.gen(function* () {
        const backends = yield* Backends
        const hardware = yield* HardwareReadings
        const jobs = yield* Jobs
        const priced = asking(options.asks ?? [])
        const from = (snapshot: Snapshot) =>
          Effect.map(Effect.all([hardware.read, priced(snapshot.models)]), ([hardware, models]): NodeState => {
            const { backends } = snapshot
            const in_flight = jobs.running()
            const slots = slotsOf(models)
            const draining = jobs.draining() && { draining: true }
            return { version: options.version, hardware, backends, models, slots, in_flight, ...draining }
          })
        const current = Effect.flatMap(backends.snapshot, from)
        return {
          current,
          // Heard from before the first state is read, so that no word is missed between the two.
          changes: Stream.unwrap(
            Effect.map(jobs.drains, (drains) =>
              Stream.merge(
                Stream.mapEffect(backends.changes, from),
                Stream.mapEffect(drains, () => current)
              )
            )
          )
        }
      })
    )
}

/** Chats side by side: all that loaded models can do, and where none is loaded, the most that loading one gives. */
const slotsOf = (models: ReadonlyArray<ModelOffer>): number => {
  const loaded = models.filter(({ state }) => state === "loaded")
  if (loaded.length > 0) return loaded.reduce((sum, { slots }) => sum + slots, 0)
  return models.reduce((most, { slots }) => Math.max(most, slots), 0)
}
