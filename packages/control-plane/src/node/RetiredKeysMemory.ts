/** Changes of keys in memory: each is one synchronous step, so it is as atomic as a transaction. */
import { isApiError } from "@infernet/contract/ApiError"
import type { NodeId } from "@infernet/contract/Id"
import { DateTime, Effect } from "effect"
import type { NodeStore, StoredNode } from "./NodeStore.ts"
import { dayBefore, judge, type KeyRotation, type RetiredKey, shortened } from "./rotation.ts"

/** Over the rows of a store of nodes. */
export const retiredKeysMemory = (
  nodes: Map<NodeId, StoredNode>
): Pick<NodeStore["Service"], "keyOwner" | "rotate" | "retiredKeys"> => {
  const retired = new Map<string, RetiredKey>()
  const of = (id: NodeId) => [...retired.values()].filter(({ nodeId }) => nodeId === id)

  const keyOwner = (key: string) =>
    retired.get(key)?.nodeId ?? [...nodes.values()].find(({ publicKey }) => publicKey === key)?.id

  const rotate = (rotation: KeyRotation) =>
    Effect.suspend(() => {
      const { at: retiredAt, from, id: nodeId, receiptsUntil, to } = rotation
      const node = nodes.get(nodeId)
      const verdict = judge(
        {
          node,
          retirement: retired.get(from),
          isUsed: keyOwner(to) !== undefined,
          recent: of(nodeId).flatMap(({ retiredAt: at }) =>
            DateTime.isGreaterThan(at, dayBefore(retiredAt)) ? [at] : []
          )
        },
        rotation
      )
      if (isApiError(verdict)) return Effect.fail(verdict)
      for (const key of of(nodeId)) retired.set(key.publicKey, shortened(key, receiptsUntil))
      if (verdict !== "rotate") return Effect.succeed(shortened(verdict, receiptsUntil))
      const retirement: RetiredKey = { publicKey: from, nodeId, retiredAt, receiptsUntil }
      if (node !== undefined) nodes.set(nodeId, { ...node, publicKey: to, keySince: retiredAt })
      retired.set(from, retirement)
      return Effect.succeed(retirement)
    })

  return {
    keyOwner: (key) => Effect.sync(() => keyOwner(key)),
    rotate,
    retiredKeys: (id, at) =>
      Effect.sync(() =>
        of(id)
          .filter(({ receiptsUntil }) => DateTime.isGreaterThan(receiptsUntil, at))
          .toReversed()
      )
  }
}
