/** A stored job as its owner sees it. */
import type { AttemptView, JobView } from "@infernet/contract/Job"
import { DateTime } from "effect"
import type { StoredBill } from "../bill/BillStore.ts"
import type { StoredAttempt, StoredJob } from "./JobStore.ts"

const millisBetween = (from: DateTime.Utc, to: DateTime.Utc): number =>
  DateTime.toEpochMillis(to) - DateTime.toEpochMillis(from)

const attemptView = (
  { finishedAt, id, nodeId, outcome, startedAt, usage }: StoredAttempt,
  bill: StoredBill | undefined
): AttemptView => ({
  id,
  node_id: nodeId,
  outcome,
  started_at: DateTime.formatIso(startedAt),
  ...(finishedAt === null ? {} : { finished_at: DateTime.formatIso(finishedAt) }),
  ...(usage === null ? {} : { usage }),
  ...(bill === undefined ? {} : { billed: billed(bill) })
})

const billed = ({ amount, offer }: StoredBill) => ({
  prompt_tokens: offer.bill.usage.prompt_tokens,
  completion_tokens: offer.bill.usage.completion_tokens,
  amount_micros: amount
})

/** `bills` are those of the job. */
export const jobView = (job: StoredJob, bills: ReadonlyArray<StoredBill>): JobView => ({
  id: job.id,
  kind: job.kind,
  status: job.status,
  model: job.model,
  created_at: DateTime.formatIso(job.createdAt),
  ...(job.nodeId === null ? {} : { node_id: job.nodeId }),
  ...(job.result === null ? {} : { result: job.result }),
  ...(job.result === null && job.usage !== null ? { usage: job.usage } : {}),
  attempts: job.attempts.map((attempt) =>
    attemptView(
      attempt,
      bills.find((bill) => bill.attempt === attempt.id)
    )
  ),
  ...(job.metadata === null ? {} : { metadata: job.metadata }),
  receipts: bills.map(({ amount, offer, status }) => ({ id: offer.bill.id, status, amount_micros: amount })),
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
