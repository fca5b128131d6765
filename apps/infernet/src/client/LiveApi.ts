/** How the node of this home is doing, told for as long as somebody watches: `infernet tui` reads it. */
import { AttemptFault } from "@infernet/contract/Link"
import { AttemptId, JobId, NodeId } from "@infernet/contract/Id"
import { Micros } from "@infernet/contract/Micros"
import { BackendStatus, GpuReading, ModelOffer } from "@infernet/contract/Node"
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { BackendView, InstallView } from "./MachineApi.ts"

const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
/** Milliseconds of the epoch. */
const instant = Schema.Finite

/** A job that this node runs; `tokens` is what it has sent so far, a piece of text counted as one. */
export const RunningJob = Schema.Struct({
  attempt: AttemptId,
  job: JobId,
  model: Schema.String,
  started_at: instant,
  /** Milliseconds from its start; none before the first token. */
  first_token_ms: Schema.optionalKey(Schema.Finite),
  tokens: count
})
export type RunningJob = typeof RunningJob.Type

export const EndedJob = Schema.Struct({
  attempt: AttemptId,
  job: JobId,
  model: Schema.String,
  ended_at: instant,
  total_ms: Schema.Finite,
  tokens: count,
  tokens_per_second: Schema.Finite,
  /** Why it failed; none when it is done. */
  fault: Schema.optionalKey(Schema.Struct({ error: AttemptFault, message: Schema.String }))
})
export type EndedJob = typeof EndedJob.Type

/** One side of the picture. Each is whole in itself: the newest of a kind takes the place of the one before. */
export const LivePart = Schema.Union([
  /** First of all, and once. */
  Schema.TaggedStruct("Node", {
    pid: Schema.Int,
    version: Schema.String,
    started_at: instant,
    node: NodeId,
    control_plane: Schema.String
  }),
  /** At each change, and every five seconds so that silence means trouble. */
  Schema.TaggedStruct("Link", {
    linked: Schema.Boolean,
    /** What it waits for while it is not linked, in words. */
    trouble: Schema.optionalKey(Schema.String),
    heartbeat: Schema.optionalKey(Schema.Struct({ at: instant, latency_ms: Schema.Finite })),
    /** Who has asked it to take no new jobs: the control plane's operator, the person at this machine. */
    drained_by: Schema.Array(Schema.Literals(["network", "machine"])),
    /** It takes no new jobs, for these or because it stops. */
    draining: Schema.Boolean
  }),
  /** Running ones oldest first, ended ones newest first, of either the first 64. */
  Schema.TaggedStruct("Jobs", {
    completed: count,
    failed: count,
    /** Of all jobs since the start of the node, ended or not. */
    tokens: count,
    running: Schema.Array(RunningJob),
    running_count: count,
    ended: Schema.Array(EndedJob)
  }),
  /** By the bills that it has signed; `waiting` are those whose countersignature is overdue. */
  Schema.TaggedStruct("Earnings", { today_micros: Micros, total_micros: Micros, waiting: count }),
  Schema.TaggedStruct("Offer", { backends: Schema.Array(BackendStatus), models: Schema.Array(ModelOffer) }),
  Schema.TaggedStruct("Verdicts", { backends: Schema.Array(BackendView) }),
  Schema.TaggedStruct("Gpus", { gpus: Schema.Array(GpuReading) }),
  Schema.TaggedStruct("Installs", { installs: Schema.Array(InstallView) })
])
export type LivePart = typeof LivePart.Type
export type LivePartOf<Tag extends LivePart["_tag"]> = Extract<LivePart, { readonly _tag: Tag }>

export class LiveApi extends HttpApi.make("infernet-live").add(
  HttpApiGroup.make("live").add(
    /** Goes on until one of the two leaves. */
    HttpApiEndpoint.get("watch", "/live", { success: HttpApiSchema.StreamSse({ data: LivePart }) }),
    /** Whether to take no new jobs, for the person at this machine; forgotten when the node stops. */
    HttpApiEndpoint.post("drain", "/live/drain", {
      payload: Schema.Struct({ on: Schema.Boolean }),
      success: Schema.Struct({ draining: Schema.Boolean })
    })
  )
) {}
