/**
 * For which attempts a client is charged: the one that completed its job, and the one that it stopped itself, for what was
 * done of it.
 *
 * What failed by a node's or the network's fault, or was too late, costs its client nothing and earns its node nothing:
 * else an operator could be its own client, cut each stream before its end, and be paid by the platform.
 */
import type { Usage } from "@infernet/contract/Chat"
import type { Decision } from "../job/decide.ts"
import type { Outcome } from "../relay/RelayAttempt.ts"

/** The node's own counts of an attempt that is charged; `undefined` in it where the node told none. */
export interface Charged {
  readonly claimed: Usage | undefined
}

/** `hasOutput`: something of it was relayed. */
export const chargedFor = (outcome: Outcome, decision: Decision, hasOutput: boolean): Charged | undefined => {
  if (outcome._tag === "Done") return { claimed: outcome.done.usage }
  if (decision._tag !== "Fail" || decision.status !== "cancelled") return undefined
  // It has failed by itself, at the moment when it was to stop.
  if (outcome._tag === "Failed" && outcome.error !== "cancelled") return undefined
  const claimed = outcome._tag === "Failed" ? outcome.usage : undefined
  return claimed === undefined && !hasOutput ? undefined : { claimed }
}
