/** Jobs as clients submit and see them. */
import { Schema } from "effect"
import { FinishReason, Messages, MaxTokens, ModelName, sampling, ToolCall, Usage } from "./Chat.ts"
import { AttemptId, JobId, NodeId } from "./Id.ts"
import { JobKind } from "./JobRequest.ts"
import { Logprobs } from "./Logprobs.ts"
import { ReceiptSummary } from "./Receipt.ts"
import { Micros } from "./Micros.ts"
import { Rate } from "./Price.ts"

export const JobStatus = Schema.Literals(["pending", "processing", "completed", "failed", "cancelled"])
export type JobStatus = typeof JobStatus.Type

/** Why a job ended without its answer; on the job and in its stream. */
export const JobErrorCode = Schema.Literals([
  "node_disconnected",
  "timeout",
  "backend_error",
  "bad_request",
  "no_capacity",
  "internal_error",
  "cancelled"
])
export type JobErrorCode = typeof JobErrorCode.Type

export const Metadata = Schema.Record(
  Schema.String.check(Schema.isMaxLength(64)),
  Schema.String.check(Schema.isMaxLength(512))
).check(Schema.isMaxProperties(16))

/** Body of `POST /api/v1/jobs`. Absent: `max_tokens` 512, `temperature` 0.7, `top_p` 1, `stream` false. */
export const SubmitJob = Schema.Struct({
  model: ModelName,
  messages: Messages,
  max_tokens: Schema.optionalKey(MaxTokens),
  ...sampling,
  stream: Schema.optionalKey(Schema.Boolean),
  node_id: Schema.optionalKey(NodeId),
  /** Seconds from the submission to the end; absent: 5 minutes to the first content and 30 in all. */
  timeout_s: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 86_400 }))),
  /** The most to pay for 1,000 output tokens: only nodes at that price or below may answer. Absent: the list price. */
  max_price_micros_per_1k: Schema.optionalKey(Rate),
  metadata: Schema.optionalKey(Metadata)
})
export type SubmitJob = typeof SubmitJob.Type

export const JobAccepted = Schema.Struct({
  id: JobId,
  status: JobStatus,
  model: Schema.String,
  created_at: Schema.String
})

export const JobResult = Schema.Struct({
  content: Schema.String,
  reasoning: Schema.optionalKey(Schema.String),
  tool_calls: Schema.optionalKey(Schema.Array(ToolCall)),
  /** Of all tokens, where the client asked for them. */
  logprobs: Schema.optionalKey(Logprobs),
  finish_reason: FinishReason,
  usage: Usage
})
export type JobResult = typeof JobResult.Type

/** Tokens by which an attempt is charged: the node's own counts, or less where its bytes cannot have been so many. */
export const BilledUsage = Schema.Struct({
  prompt_tokens: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  completion_tokens: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  amount_micros: Micros
})

export const AttemptView = Schema.Struct({
  id: AttemptId,
  node_id: NodeId,
  /** `done`, `lost`, or why it failed; null while it runs. */
  outcome: Schema.NullOr(Schema.String),
  started_at: Schema.String,
  finished_at: Schema.optionalKey(Schema.String),
  /** What its node says it did; absent where that said nothing, as when it was lost. */
  usage: Schema.optionalKey(Usage),
  /** What of that is charged; absent where nobody is charged for the attempt. */
  billed: Schema.optionalKey(BilledUsage)
})

export type AttemptView = typeof AttemptView.Type

export const JobView = Schema.Struct({
  id: JobId,
  kind: JobKind,
  status: JobStatus,
  model: Schema.String,
  created_at: Schema.String,
  node_id: Schema.optionalKey(NodeId),
  result: Schema.optionalKey(JobResult),
  /** What was done of a job that ended without a result: by its last attempt, as far as the node said. */
  usage: Schema.optionalKey(Usage),
  attempts: Schema.Array(AttemptView),
  metadata: Schema.optionalKey(Metadata),
  /** One of each attempt that is charged. */
  receipts: Schema.Array(ReceiptSummary),
  cost_micros: Micros,
  completed_at: Schema.optionalKey(Schema.String),
  latency_ms: Schema.optionalKey(Schema.Int),
  ttft_ms: Schema.optionalKey(Schema.Int),
  error: Schema.optionalKey(JobErrorCode),
  error_message: Schema.optionalKey(Schema.String)
})
export type JobView = typeof JobView.Type
