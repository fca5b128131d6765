/** A stored job as its owner sees it. */
import type { JobView } from "@infernet/contract/Job"
import { DateTime } from "effect"
import type { StoredJob } from "./JobStore.ts"

const millisBetween = (from: DateTime.Utc, to: DateTime.Utc): number =>
  DateTime.toEpochMillis(to) - DateTime.toEpochMillis(from)

export const jobView = (job: StoredJob): JobView => ({
  id: job.id,
  status: job.status,
  model: job.model,
  created_at: DateTime.formatIso(job.createdAt),
  ...(job.nodeId === null ? {} : { node_id: job.nodeId }),
  ...(job.result === null ? {} : { result: job.result }),
  attempts: job.attempts.map(({ id, nodeId, outcome }) => ({ id, node_id: nodeId, outcome })),
  ...(job.metadata === null ? {} : { metadata: job.metadata }),
  cost_micros: job.costMicros,
  ...(job.completedAt === null
    ? {}
    : {
        completed_at: DateTime.formatIso(job.completedAt),
        latency_ms: millisBetween(job.createdAt, job.completedAt)
      }),
  ...(job.firstTokenAt === null ? {} : { ttft_ms: millisBetween(job.createdAt, job.firstTokenAt) }),
  ...(job.error === null ? {} : { error: job.error }),
  ...(job.errorMessage === null ? {} : { error_message: job.errorMessage })
})
