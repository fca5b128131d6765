/** A job this process runs or still remembers: its log, and the handle that stops it. */
import type { CallerKey } from "@infernet/contract/api/Authorization"
import type { AccountId, JobId, NodeId } from "@infernet/contract/Id"
import { type JobKind, type JobRequest, kindOf } from "@infernet/contract/JobRequest"
import { type Hash, zeroHash } from "@infernet/contract/Receipt"
import type { Quote, Source } from "@infernet/payment/price/Quote"
import { type DateTime, Deferred, type Effect } from "effect"
import type { Stop } from "./decide.ts"
import { type Entry, JobLog } from "./JobLog.ts"
import type { StoreUnavailable } from "./JobStore.ts"

export interface Submission {
  readonly account: AccountId
  /** The API key that it came with; undefined where a person came without one. */
  readonly apiKey: CallerKey | undefined
  readonly idempotencyKey: string | undefined
  /** SHA-256 of what the client sent. */
  readonly requestHash: string
  readonly request: JobRequest
  readonly pin: NodeId | undefined
  /** From submission to end, in place of the usual limits. */
  readonly timeoutSeconds?: number | undefined
  /** The most that it pays for 1,000 output tokens, in micro-USDC; undefined: the list price. */
  readonly maxPrice?: bigint | undefined
  readonly metadata: Readonly<Record<string, string>> | undefined
}

export class LiveJob {
  readonly log = new JobLog()
  readonly id: JobId
  readonly account: AccountId
  readonly requestHash: string
  readonly kind: JobKind
  readonly keyed: boolean
  /** As every client sees it, whatever this one and the node call it. */
  readonly model: string
  readonly timeoutSeconds: number | undefined
  readonly createdAt: DateTime.Utc
  /** What it may cost; null where nothing is charged. */
  readonly quote: Quote | null
  /** What it is paid from, once its row is stored; null where nothing is charged. */
  source: Source | null = null
  /** Its row is in the store. */
  readonly stored = Deferred.makeUnsafe<void, StoreUnavailable>()
  /** Completed by whoever stops the job first. */
  readonly stop = Deferred.makeUnsafe<Stop>()
  firstTokenAt: DateTime.Utc | null = null
  /** The newest of its billed segments by its hash, and what all of them cost, in micro-USDC. */
  billed: { readonly last: Hash; readonly micros: bigint } = { last: zeroHash, micros: 0n }

  /** Keeps nothing of the request: a job is remembered for longer than its prompt is needed. */
  constructor(id: JobId, submission: Submission, model: string, createdAt: DateTime.Utc, quote: Quote | null) {
    this.id = id
    this.account = submission.account
    this.requestHash = submission.requestHash
    this.kind = kindOf(submission.request)
    this.keyed = submission.idempotencyKey !== undefined
    this.model = model
    this.timeoutSeconds = submission.timeoutSeconds
    this.createdAt = createdAt
    this.quote = quote
  }

  /** What is stored of its log: no vectors that nobody can ask for again, as there is much of them. */
  get logToStore(): Iterable<Entry> | null {
    return this.kind === "embedding" && !this.keyed ? null : this.log
  }

  get stopRequested(): Effect.Effect<Stop> {
    return Deferred.await(this.stop)
  }
}
