/** What a node says of itself, and what the network says of nodes. */
import { Schema } from "effect"
import { ModelName } from "./Chat.ts"
import { Command } from "./Command.ts"
import { NodeId } from "./Id.ts"
import { TypedLinkCode } from "./LinkCode.ts"
import { PriceText } from "./Price.ts"
import { PublicKey } from "./PublicKey.ts"
import { BillOffer, billsAtOnce } from "./Receipt.ts"
import { printable } from "./Text.ts"

const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const ratio = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const short = Schema.String.check(Schema.isMaxLength(256))

/** Which server runs a model. A word and not a list: a node may know servers that its control plane has not heard of. */
export const BackendKind = Schema.String.check(
  Schema.isPattern(/^[a-z][a-z0-9-]{0,31}$/, { message: "expected a backend's name, such as vllm" })
)
export type BackendKind = typeof BackendKind.Type

export const Capability = Schema.Literals([
  "chat",
  "completion",
  "embedding",
  "tools",
  "json",
  "vision",
  "reasoning",
  "logprobs"
])
export type Capability = typeof Capability.Type

/** One GPU now. Absent fields are those its driver does not tell; `utilization` is 0 to 1. */
export const GpuReading = Schema.Struct({
  index: count,
  vendor: Schema.Literals(["nvidia", "amd", "apple"]),
  name: short,
  memory_total_bytes: count,
  memory_used_bytes: Schema.optionalKey(count),
  utilization: Schema.optionalKey(ratio),
  temperature_celsius: Schema.optionalKey(Schema.Finite),
  driver: Schema.optionalKey(short)
})
export type GpuReading = typeof GpuReading.Type

export const Hardware = Schema.Struct({
  cpu_model: short,
  cpu_cores: count,
  load_average: Schema.optionalKey(Schema.Finite),
  memory_total_bytes: count,
  memory_free_bytes: count,
  gpus: Schema.Array(GpuReading).check(Schema.isMaxLength(64))
})
export type Hardware = typeof Hardware.Type

/** A model that a node serves now (`loaded`) or could load on demand (`loadable`). */
export const ModelOffer = Schema.Struct({
  id: ModelName,
  backend: BackendKind,
  state: Schema.Literals(["loaded", "loadable"]),
  digest: Schema.optionalKey(short),
  bytes: Schema.optionalKey(count),
  context_length: Schema.optionalKey(count),
  quantization: Schema.optionalKey(short),
  capabilities: Schema.Array(Capability),
  /** Chats that run side by side before one waits. */
  slots: count,
  /** What its operator asks for it; absent: the list price, which is also the most that counts. */
  price: Schema.optionalKey(PriceText),
  /** A toy for trying things out: never offered as a useful model. */
  demo: Schema.optionalKey(Schema.Boolean)
})
export type ModelOffer = typeof ModelOffer.Type

/** How busy a backend is, by its own counters. An absent field is one that it does not tell, never 0. */
export const BackendReadings = Schema.Struct({
  running: Schema.optionalKey(count),
  waiting: Schema.optionalKey(count),
  slots: Schema.optionalKey(count),
  /** Share of the KV cache in use. */
  kv_usage: Schema.optionalKey(ratio),
  /** Prompt tokens asked for and found in the prefix cache since the backend started. */
  prefix_query_tokens: Schema.optionalKey(count),
  prefix_hit_tokens: Schema.optionalKey(count)
})
export type BackendReadings = typeof BackendReadings.Type

export const BackendStatus = Schema.Struct({
  kind: BackendKind,
  version: Schema.optionalKey(short),
  healthy: Schema.Boolean,
  readings: Schema.optionalKey(BackendReadings)
})

/** The node as it is at this moment: sent on every heartbeat, and over the link whenever it changes. */
export const NodeState = Schema.Struct({
  version: short,
  hardware: Hardware,
  backends: Schema.Array(BackendStatus).check(Schema.isMaxLength(64)),
  models: Schema.Array(ModelOffer).check(Schema.isMaxLength(1024)),
  slots: count,
  in_flight: count,
  /** Takes no new jobs and finishes what it runs: its operator asked it to, or it is stopping. */
  draining: Schema.optionalKey(Schema.Boolean)
})
export type NodeState = typeof NodeState.Type

export { PublicKey }

export const Heartbeat = Schema.Struct({
  public_key: PublicKey,
  /** A node may publish no address at all: its link is outbound. */
  address: Schema.optionalKey(short),
  port: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65_535 }))),
  state: NodeState
})
export type Heartbeat = typeof Heartbeat.Type

export const Registration = Schema.Struct({
  public_key: PublicKey,
  name: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(64), printable),
  version: short.check(printable),
  /** Joins the account that the code is of. The node that has used it may bring it again. */
  link_code: Schema.optionalKey(TypedLinkCode)
})
export type Registration = typeof Registration.Type

/** Another key for a node that is known. The request is signed by the new one, as `X-Infernet-Auth` says. */
export const Rotation = Schema.Struct({
  /** The key that is the node's from now on; never one that was a node's before. */
  public_key: PublicKey,
  /** The key whose place it takes: while that is not the node's current one, nothing is changed. */
  replaces: PublicKey,
  /** The old key is somebody else's: it signs nothing more, not even what was pending. */
  stolen: Schema.optionalKey(Schema.Boolean)
})
export type Rotation = typeof Rotation.Type

export const Rotated = Schema.Struct({
  id: NodeId,
  public_key: PublicKey,
  rotated_at: Schema.String,
  /** Until then the old key may sign receipts that were pending, and nothing else. */
  receipts_until: Schema.String
})
export type Rotated = typeof Rotated.Type

/** How long after its rotation an old key may sign receipts that were pending. */
export const receiptGraceHours = 24

export const HeartbeatReply = Schema.Struct({
  server_time: Schema.String,
  commands: Schema.Array(Command),
  /** Link addresses of all control-plane replicas; empty where there is one. */
  replicas: Schema.Array(Schema.String),
  drain: Schema.Boolean,
  /** It gets no jobs before an administrator has approved it. */
  pending: Schema.optionalKey(Schema.Boolean),
  /** Bills of its work that it has not signed yet, oldest first; absent: none. */
  bills: Schema.optionalKey(Schema.Array(BillOffer).check(Schema.isMaxLength(billsAtOnce)))
})
export type HeartbeatReply = typeof HeartbeatReply.Type

/** `pending`: an administrator has not approved it yet, whether or not it is there. */
export const NodeStatus = Schema.Literals(["online", "offline", "draining", "pending"])
export type NodeStatus = typeof NodeStatus.Type

/** The largest total GPU memory class a node reaches; all that strangers learn of its hardware. */
export const Tier = Schema.Literals(["cpu", ">=8gb", ">=12gb", ">=24gb", ">=48gb"])
export type Tier = typeof Tier.Type

/** A node as everybody may see it: no address, no host name, no CPU model. */
export const NodeView = Schema.Struct({
  id: NodeId,
  name: Schema.String,
  status: NodeStatus,
  tier: Tier,
  gpu_vendor: Schema.NullOr(Schema.Literals(["nvidia", "amd", "apple"])),
  models: Schema.Array(Schema.String),
  slots: count,
  in_flight: count,
  version: Schema.String,
  registered_at: Schema.String,
  last_heartbeat: Schema.NullOr(Schema.String)
})
export type NodeView = typeof NodeView.Type
