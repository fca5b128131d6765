/** A node as strangers may see it, and as its operator may. */
import type { NodeDetails } from "@infernet/contract/api/Commands"
import type { Hardware, NodeStatus, NodeView, Tier } from "@infernet/contract/Node"
import { DateTime } from "effect"
import type { StoredNode } from "./NodeStore.ts"

const gibibyte = 1024 ** 3

/** The class of its GPUs' memory together; the exact figure would help to recognise a machine. */
export const tierOf = (hardware: Hardware | undefined): Tier => {
  const total = (hardware?.gpus ?? []).reduce((sum, gpu) => sum + gpu.memory_total_bytes, 0) / gibibyte
  // Drivers report a little less than what is printed on the card.
  if (total >= 47) return ">=48gb"
  if (total >= 23) return ">=24gb"
  if (total >= 11) return ">=12gb"
  if (total >= 7.5) return ">=8gb"
  return "cpu"
}

const statusOf = (node: StoredNode, isOnline: boolean): NodeStatus => {
  if (!node.approved) return "pending"
  if (!isOnline) return "offline"
  return node.draining || node.state?.draining === true ? "draining" : "online"
}

export const nodeView = (node: StoredNode, isOnline: boolean): NodeView => ({
  id: node.id,
  name: node.name,
  status: statusOf(node, isOnline),
  tier: tierOf(node.state?.hardware),
  gpu_vendor: node.state?.hardware.gpus[0]?.vendor ?? null,
  models: isOnline ? (node.state?.models ?? []).map(({ id }) => id) : [],
  slots: node.state?.slots ?? 0,
  in_flight: isOnline ? (node.state?.in_flight ?? 0) : 0,
  version: node.version,
  registered_at: DateTime.formatIso(node.registeredAt),
  last_heartbeat: node.lastHeardAt === null ? null : DateTime.formatIso(node.lastHeardAt)
})

/** Also here no address: the node's owner knows it, and nobody else is told. */
export const nodeDetails = (node: StoredNode, isOnline: boolean): NodeDetails => ({
  ...nodeView(node, isOnline),
  account_id: node.accountId,
  drained: node.draining,
  hardware: node.state?.hardware ?? null,
  backends: node.state?.backends ?? [],
  models: node.state?.models ?? []
})
