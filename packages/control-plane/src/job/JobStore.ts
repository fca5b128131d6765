/** The durable truth about jobs. Each operation is atomic: it happens whole, once, or not at all. */
import type { Usage } from "@infernet/contract/Chat"
import type { AccountId, ApiKeyId, AttemptId, JobId, NodeId } from "@infernet/contract/Id"
import type { JobErrorCode, JobResult, JobStatus } from "@infernet/contract/Job"
import type { JobKind, JobRequest } from "@infernet/contract/JobRequest"
import type { Quote, Source } from "@infernet/payment/price/Quote"
import { Context, Data, type DateTime, type Effect, type Option } from "effect"
import type { NewBill } from "../bill/NewBill.ts"
import type { Entry } from "./JobLog.ts"

/** The database cannot be reached, or has more to write than it may buffer. Nothing was stored. */
export class StoreUnavailable extends Data.TaggedError("StoreUnavailable")<{ readonly cause: unknown }> {}

/** The most that may be spent on the job's day, in micro-USDC; null: no limit. */
export interface DayLimits {
  readonly account: bigint | null
  readonly key: bigint | null
}

export interface NewJob {
  readonly id: JobId
  readonly account: AccountId
  /** The API key that it came with, if any. */
  readonly keyId: ApiKeyId | null
  readonly idempotencyKey: string | null
  /** SHA-256 of the submission: tells a repeat from another request under the same key. */
  readonly requestHash: string
  readonly kind: JobKind
  readonly model: string
  /** The request as JSON, kept until the job ends. */
  readonly request: string
  readonly metadata: string | null
  /** Only this node, if given. */
  readonly pin: NodeId | null
  /** The client's own limit from submission to end, if given. */
  readonly timeoutSeconds: number | null
  readonly createdAt: DateTime.Utc
  /** What it may cost, which is held; null where nothing is charged. */
  readonly quote: Quote | null
  /** Of its owners; null where neither has any. Nothing where nothing is charged. */
  readonly dayLimits: DayLimits | null
  /** The dispatch that goes out with the submission. */
  readonly attempt: NewAttempt | null
}

/** What came of a submission. But for the first nothing was stored. */
export type Submit =
  /** `source` is what it is paid from; null where nothing is charged. */
  | { readonly _tag: "Stored"; readonly source: Source | null }
  /** The account has used the idempotency key before. */
  | { readonly _tag: "Repeated" }
  /** Neither credit nor money covers the ceiling: `available` is the larger of the two, both in micro-USDC. */
  | { readonly _tag: "Unfunded"; readonly available: bigint; readonly needed: bigint }
  /** With its ceiling more would be spent on this day than may: `spent` is charged or held, `most` the limit. */
  | { readonly _tag: "Spent"; readonly whose: "account" | "key"; readonly spent: bigint; readonly most: bigint }

export interface NewAttempt {
  readonly id: AttemptId
  readonly job: JobId
  /** The attempt's number within its job, from 1. */
  readonly fence: number
  readonly node: NodeId
  readonly startedAt: DateTime.Utc
}

/**
 * How an attempt ended, and with it the job, unless `final` is null: then another attempt follows. The log is null where
 * nobody will read it again.
 */
export interface Ending {
  readonly attempt: { readonly id: AttemptId; readonly outcome: string; readonly message: string | null } | null
  readonly job: JobId
  readonly fence: number
  readonly usage: Usage | null
  readonly firstTokenAt: DateTime.Utc | null
  readonly at: DateTime.Utc
  readonly final:
    | { readonly status: "completed"; readonly result: JobResult; readonly log: Iterable<Entry> | null }
    | {
        readonly status: "failed" | "cancelled"
        readonly error: JobErrorCode
        readonly message: string
        readonly log: Iterable<Entry> | null
      }
    | null
  /** What its node is owed; null where it did nothing that is paid for. */
  readonly bill: NewBill | null
}

export interface StoredAttempt {
  readonly id: AttemptId
  readonly nodeId: NodeId
  readonly outcome: string | null
  readonly startedAt: DateTime.Utc
  readonly finishedAt: DateTime.Utc | null
  /** Without `cached_tokens`: those are kept of the job only. */
  readonly usage: Usage | null
}

export interface StoredJob {
  readonly id: JobId
  readonly accountId: AccountId
  readonly requestHash: string
  readonly kind: JobKind
  readonly model: string
  readonly metadata: Readonly<Record<string, string>> | null
  readonly status: JobStatus
  readonly nodeId: NodeId | null
  readonly result: JobResult | null
  /** Of the attempt it ended with. */
  readonly usage: Usage | null
  /** What it was charged so far. */
  readonly costMicros: bigint
  /** What was held for it and at which price; null where nothing is charged. */
  readonly quote: Quote | null
  /** What it is paid from; null where nothing is charged. */
  readonly source: Source | null
  readonly error: JobErrorCode | null
  readonly errorMessage: string | null
  readonly createdAt: DateTime.Utc
  readonly firstTokenAt: DateTime.Utc | null
  readonly completedAt: DateTime.Utc | null
  readonly attempts: ReadonlyArray<StoredAttempt>
}

/** A job that has not ended, with all that is needed to go on with it. */
export interface OpenJob {
  readonly id: JobId
  readonly account: AccountId
  /** As clients see it; the request has it as this one spelled it. */
  readonly model: string
  readonly keyId: ApiKeyId | null
  readonly idempotencyKey: string | null
  readonly requestHash: string
  readonly request: JobRequest
  readonly metadata: Readonly<Record<string, string>> | null
  readonly pin: NodeId | null
  readonly timeoutSeconds: number | null
  readonly createdAt: DateTime.Utc
  /** What was held for it and at which price; null where nothing is charged. */
  readonly quote: Quote | null
  readonly source: Source | null
  /** What of it was charged already. */
  readonly costMicros: bigint
  /** The number of its last attempt. */
  readonly fence: number
  /** The attempt that may still run at its node; none when the job waits for a place. */
  readonly attempt: NewAttempt | null
}

export interface ListJobs {
  readonly account: AccountId
  readonly limit: number
  readonly status: JobStatus | undefined
  readonly since: DateTime.Utc | undefined
  /** Jobs older than this one. */
  readonly before: JobId | undefined
}

export interface ModelSpeed {
  readonly model: string
  readonly tokensPerSecond: number | null
  readonly firstTokenMillis: number | null
}

export interface JobCounts {
  readonly completed: number
  readonly failed: number
  readonly pending: number
}

export class JobStore extends Context.Service<
  JobStore,
  {
    /** Stores job and attempt and takes the hold, all or nothing. */
    readonly submit: (job: NewJob) => Effect.Effect<Submit, StoreUnavailable>
    /** Makes this the job's current attempt; `false` when the job has ended or a later attempt exists. */
    readonly startAttempt: (attempt: NewAttempt) => Effect.Effect<boolean, StoreUnavailable>
    /**
     * Writes an outcome, its bill and what follows from both for the balances: the bill's amount goes from the hold to the
     * node and the fee, and, once the job has ended, the rest goes back. `false` when the job has ended already or the
     * attempt is not its current one. Dies of a bill that is more than is held: such a bill is our own mistake.
     */
    readonly end: (ending: Ending) => Effect.Effect<boolean, StoreUnavailable>
    readonly find: (id: JobId) => Effect.Effect<Option.Option<StoredJob>, StoreUnavailable>
    readonly findByKey: (
      account: AccountId,
      idempotencyKey: string
    ) => Effect.Effect<Option.Option<StoredJob>, StoreUnavailable>
    /** The stream of an ended job, entry by entry; none once it was forgotten. */
    readonly log: (id: JobId) => Effect.Effect<Option.Option<ReadonlyArray<Entry>>, StoreUnavailable>
    /**
     * Forgets the streams of jobs that ended, and the idempotency keys of jobs that were submitted, before these. Vectors
     * are nowhere but in the stream: it is kept for as long as a key may ask for them again.
     */
    readonly forget: (before: {
      readonly ended: DateTime.Utc
      readonly submitted: DateTime.Utc
    }) => Effect.Effect<void, StoreUnavailable>
    /** Newest first. */
    readonly list: (query: ListJobs) => Effect.Effect<ReadonlyArray<StoredJob>, StoreUnavailable>
    /** What an earlier process of this replica left open, oldest first. */
    readonly open: Effect.Effect<ReadonlyArray<OpenJob>, StoreUnavailable>
    /** Means over the last hour. */
    readonly speeds: Effect.Effect<ReadonlyArray<ModelSpeed>, StoreUnavailable>
    readonly counts: Effect.Effect<JobCounts, StoreUnavailable>
    /** Succeeds when the store answers; costs nothing worth counting. */
    readonly ready: Effect.Effect<void, StoreUnavailable>
  }
>()("@infernet/control-plane/job/JobStore") {}
