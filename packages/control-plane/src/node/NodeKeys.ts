/** The keys of nodes: gives a node another one, and tells by which of them it may sign what at this moment. */
import type { Conflict, Forbidden, NotFound, RateLimited, Unavailable } from "@infernet/contract/ApiError"
import type { NodeId } from "@infernet/contract/Id"
import { receiptGraceHours, type Rotated, type Rotation } from "@infernet/contract/Node"
import { Context, DateTime, Effect, Layer } from "effect"
import { Relay } from "../relay/Relay.ts"
import { Nodes } from "./Nodes.ts"
import { NodeStore } from "./NodeStore.ts"
import type { Operator } from "./rotation.ts"

/** `requests`: heartbeats, links, commands and all else. `receipts`: bills of the node's work. */
export type Use = "requests" | "receipts"

export interface Signer {
  /** 33 bytes, compressed, in hexadecimal. */
  readonly publicKey: string
  /** When it was the node's key for the last time: it may sign for what was pending then. Null: it is the current one. */
  readonly retiredAt: DateTime.Utc | null
}

export class NodeKeys extends Context.Service<
  NodeKeys,
  {
    /** Changes the key, once its holder has proved it. From then on the old one opens nothing, and its link is closed. */
    readonly rotate: (
      id: NodeId,
      operator: Operator,
      rotation: Rotation
    ) => Effect.Effect<Rotated, NotFound | Forbidden | Conflict | RateLimited | Unavailable>
    /** The keys that may sign this now, the current one first; none of a node that is unknown or banned. */
    readonly signers: (id: NodeId, use: Use) => Effect.Effect<ReadonlyArray<Signer>, Unavailable>
  }
>()("@infernet/control-plane/node/NodeKeys") {
  static readonly layer = Layer.effect(
    NodeKeys,
    Effect.gen(function* () {
      const nodes = yield* Nodes
      const relay = yield* Relay
      const store = yield* NodeStore

      const rotate = Effect.fn("NodeKeys.rotate")(
        function* (id: NodeId, by: Operator, { public_key: to, replaces: from, stolen = false }: Rotation) {
          const at = yield* DateTime.now
          const receiptsUntil = stolen ? at : DateTime.add(at, { hours: receiptGraceHours })
          const retired = yield* store.rotate({ id, by, from, to, at, receiptsUntil })
          nodes.rekeyed(id, to, retired.retiredAt)
          relay.rotated(id)
          yield* Effect.logInfo("node key rotated", { node: id, from, to, account: by.account, stolen })
          return {
            id,
            public_key: to,
            rotated_at: DateTime.formatIso(retired.retiredAt),
            receipts_until: DateTime.formatIso(retired.receiptsUntil)
          }
        },
        // Who asked may hang up: what is stored and what is known here must not part.
        Effect.uninterruptible
      )

      const signers = Effect.fn("NodeKeys.signers")(function* (id: NodeId, use: Use) {
        const publicKey = nodes.publicKey(id)
        if (publicKey === undefined) return []
        const current: Signer = { publicKey, retiredAt: null }
        return use === "requests" ? [current] : [current, ...(yield* store.retiredKeys(id, yield* DateTime.now))]
      })

      return NodeKeys.of({ rotate, signers })
    })
  )
}
