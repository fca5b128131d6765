/** Jobs as rows: what the statements take, and what they answer. */
import type { Usage } from "@infernet/contract/Chat"
import { AccountId, ApiKeyId, AttemptId, JobId, NodeId } from "@infernet/contract/Id"
import { JobErrorCode, JobResult, JobStatus, Metadata } from "@infernet/contract/Job"
import { JobKind, JobRequest } from "@infernet/contract/JobRequest"
import { kinds } from "@infernet/contract/LinkRecord"
import type { Source } from "@infernet/payment/price/Quote"
import { DateTime, Schema } from "effect"
import { JsonText, storable } from "../database/json.ts"
import type { NewBill } from "../bill/NewBill.ts"
import type { Entry } from "./JobLog.ts"
import type { Ending, NewAttempt, NewJob, OpenJob, StoredJob } from "./JobStore.ts"

const Time = Schema.DateTimeUtcFromDate
const Tokens = Schema.NullOr(Schema.Int)

const PaidFrom = Schema.Literals(["money", "credit"])

/** What a job may cost, and from which source. */
const charged = {
  holdMicros: Schema.BigInt,
  paidFrom: Schema.NullOr(PaidFrom),
  inputMicrosPer1k: Schema.BigInt,
  outputMicrosPer1k: Schema.BigInt,
  costMicros: Schema.BigInt
}

interface Charged {
  readonly holdMicros: bigint
  readonly paidFrom: Source | null
  readonly inputMicrosPer1k: bigint
  readonly outputMicrosPer1k: bigint
}

const quoted = ({ holdMicros, inputMicrosPer1k, outputMicrosPer1k, paidFrom }: Charged) => ({
  source: paidFrom,
  quote:
    paidFrom === null
      ? null
      : {
          price: { input_micros_per_1k: inputMicrosPer1k, output_micros_per_1k: outputMicrosPer1k },
          ceiling: holdMicros
        }
})

/** In JSON, where PostgreSQL writes times as text. */
const AttemptRow = Schema.Struct({
  id: AttemptId,
  nodeId: NodeId,
  outcome: Schema.NullOr(Schema.String),
  startedAt: Schema.DateTimeUtcFromString,
  finishedAt: Schema.NullOr(Schema.DateTimeUtcFromString),
  promptTokens: Tokens,
  completionTokens: Tokens
})

export const JobRow = Schema.Struct({
  id: JobId,
  accountId: AccountId,
  requestHash: Schema.String,
  kind: JobKind,
  model: Schema.String,
  metadata: Schema.NullOr(JsonText(Metadata)),
  status: JobStatus,
  nodeId: Schema.NullOr(NodeId),
  result: Schema.NullOr(JsonText(JobResult)),
  promptTokens: Tokens,
  completionTokens: Tokens,
  cachedTokens: Tokens,
  ...charged,
  error: Schema.NullOr(JobErrorCode),
  errorMessage: Schema.NullOr(Schema.String),
  createdAt: Time,
  firstTokenAt: Schema.NullOr(Time),
  completedAt: Schema.NullOr(Time),
  attempts: Schema.Array(AttemptRow)
})

const usageOf = (prompt: number | null, completion: number | null, cached: number | null): Usage | null =>
  prompt === null || completion === null
    ? null
    : {
        prompt_tokens: prompt,
        completion_tokens: completion,
        total_tokens: prompt + completion,
        ...(cached === null ? {} : { cached_tokens: cached })
      }

export const storedJob = ({
  attempts,
  cachedTokens,
  completionTokens,
  holdMicros,
  inputMicrosPer1k,
  outputMicrosPer1k,
  paidFrom,
  promptTokens,
  ...row
}: typeof JobRow.Type): StoredJob => ({
  ...row,
  ...quoted({ holdMicros, inputMicrosPer1k, outputMicrosPer1k, paidFrom }),
  usage: usageOf(promptTokens, completionTokens, cachedTokens),
  attempts: attempts.map(({ completionTokens, promptTokens, ...attempt }) => ({
    ...attempt,
    usage: usageOf(promptTokens, completionTokens, null)
  }))
})

export const OpenRow = Schema.Struct({
  id: JobId,
  accountId: AccountId,
  model: Schema.String,
  keyId: Schema.NullOr(ApiKeyId),
  idempotencyKey: Schema.NullOr(Schema.String),
  requestHash: Schema.String,
  request: JsonText(JobRequest),
  metadata: Schema.NullOr(JsonText(Metadata)),
  pin: Schema.NullOr(NodeId),
  timeoutSeconds: Schema.NullOr(Schema.Int),
  ...charged,
  fence: Schema.Int,
  createdAt: Time,
  attemptId: Schema.NullOr(AttemptId),
  attemptNodeId: Schema.NullOr(NodeId),
  attemptStartedAt: Schema.NullOr(Time)
})

export const openJob = ({
  accountId,
  attemptId,
  attemptNodeId,
  attemptStartedAt,
  holdMicros,
  inputMicrosPer1k,
  outputMicrosPer1k,
  paidFrom,
  ...row
}: typeof OpenRow.Type): OpenJob => ({
  ...row,
  ...quoted({ holdMicros, inputMicrosPer1k, outputMicrosPer1k, paidFrom }),
  account: accountId,
  attempt:
    attemptId === null || attemptNodeId === null || attemptStartedAt === null
      ? null
      : { id: attemptId, job: row.id, fence: row.fence, node: attemptNodeId, startedAt: attemptStartedAt }
})

export const SpeedRow = Schema.Struct({
  model: Schema.String,
  tokensPerSecond: Schema.NullOr(Schema.Finite),
  firstTokenMillis: Schema.NullOr(Schema.Finite)
})

export const CountsRow = Schema.Struct({ completed: Schema.Finite, failed: Schema.Finite, pending: Schema.Finite })

/** What came of a submission; `available` is null where it was not for want of money. */
export const SubmitAnswer = Schema.Struct({
  stored: Schema.Boolean,
  source: Schema.NullOr(PaidFrom),
  available: Schema.NullOr(Schema.BigInt)
})

/** What came of an ending; `over`: its bill is more than what is held. */
export const EndAnswer = Schema.Struct({ written: Schema.Boolean, over: Schema.Boolean })

const iso = (time: DateTime.Utc | null): string | null => (time === null ? null : DateTime.formatIso(time))

/** A count that an `integer` column accepts: a node says these, and may say anything. */
const integer = (count: number | undefined): number | null =>
  count === undefined ? null : Math.min(count, 2 ** 31 - 1)

export const attemptRow = (attempt: NewAttempt) => ({
  attempt_id: attempt.id,
  job_id: attempt.job,
  fence: attempt.fence,
  node_id: attempt.node,
  started_at: iso(attempt.startedAt)
})

export const submitRow = (replica: string) => (job: NewJob) => ({
  id: job.id,
  account_id: job.account,
  key_id: job.keyId,
  idempotency_key: job.idempotencyKey,
  request_hash: job.requestHash,
  kind: job.kind,
  model: job.model,
  request: job.request,
  metadata: job.metadata,
  pin: job.pin,
  timeout_seconds: job.timeoutSeconds,
  replica,
  created_at: iso(job.createdAt),
  ...(job.attempt === null ? {} : attemptRow(job.attempt)),
  ...(job.quote === null
    ? {}
    : {
        hold: String(job.quote.ceiling),
        input_price: String(job.quote.price.input_micros_per_1k),
        output_price: String(job.quote.price.output_micros_per_1k)
      })
})

/** A stream as JSON: `[kind, text]` an entry, with the kind by its number. */
const LogText = JsonText(Schema.Array(Schema.Tuple([Schema.Int, Schema.String])))

const logText = (log: Iterable<Entry>): string =>
  JSON.stringify(Array.from(log, ({ kind, text }) => [kinds.indexOf(kind), text]))

export const LogRow = Schema.Struct({ log: LogText })

export const entriesOf = ({ log }: typeof LogRow.Type): ReadonlyArray<Entry> =>
  log.map(([kind, text]) => ({ kind: kinds[kind] ?? "text", text }))

const billRow = (bill: NewBill | null) =>
  bill === null
    ? {}
    : {
        bill_id: bill.id,
        channel_id: bill.channel,
        amount: String(bill.amount),
        usage: JSON.stringify(bill.usage),
        usage_hash: bill.usageHash,
        basis: JSON.stringify(bill.basis)
      }

export const endRow = ({ at, attempt, bill, fence, final, firstTokenAt, job, usage }: Ending) => ({
  attempt_id: attempt?.id ?? null,
  outcome: attempt?.outcome ?? null,
  message: attempt?.message == null ? null : storable(attempt.message),
  job_id: job,
  fence,
  prompt_tokens: integer(usage?.prompt_tokens),
  completion_tokens: integer(usage?.completion_tokens),
  cached_tokens: integer(usage?.cached_tokens),
  first_token_at: iso(firstTokenAt),
  at: iso(at),
  status: final?.status ?? null,
  result: final?.status === "completed" ? JSON.stringify(final.result) : null,
  log: final === null || final.log === null ? null : logText(final.log),
  error: final === null || final.status === "completed" ? null : final.error,
  error_message: final === null || final.status === "completed" ? null : storable(final.message),
  ...billRow(bill)
})

/** The text is in both the result and the log. */
export const sizeOf = ({ final }: Ending): number => {
  let length = 0
  for (const { text } of final?.log ?? []) length += text.length
  return 2 * length
}
