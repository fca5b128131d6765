/** A stored job as its owner sees it. */
import type { AttemptView, JobView } from "@infernet/contract/Job"
import { DateTime } from "effect"
import type { StoredAttempt, StoredJob } from "./JobStore.ts"

const millisBetween = (from: DateTime.Utc, to: DateTime.Utc): number =>
  DateTime.toEpochMillis(to) - DateTime.toEpochMillis(from)

const attemptView = ({ finishedAt, id, nodeId, outcome, startedAt, usage }: StoredAttempt): AttemptView => ({
  id,
  node_id: nodeId,
  outcome,
  started_at: DateTime.formatIso(startedAt),
  ...(finishedAt === null ? {} : { finished_at: DateTime.formatIso(finishedAt) }),
  ...(usage === null ? {} : { usage })
})

export const jobView = (job: StoredJob): JobView => ({
  id: job.id,
  kind: job.kind,
  status: job.status,
  model: job.model,
  created_at: DateTime.formatIso(job.createdAt),
  ...(job.nodeId === null ? {} : { node_id: job.nodeId }),
  ...(job.result === null ? {} : { result: job.result }),
  ...(job.result === null && job.usage !== null ? { usage: job.usage } : {}),
  attempts: job.attempts.map(attemptView),
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
