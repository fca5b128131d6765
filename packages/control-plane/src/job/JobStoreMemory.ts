/** Jobs in memory: each operation is one synchronous function, so it is as atomic as a transaction. */
import type { Usage } from "@infernet/contract/Chat"
import type { AccountId, JobId, ReceiptId } from "@infernet/contract/Id"
import type { Source } from "@infernet/payment/price/Quote"
import { DateTime, Effect, Layer, Option } from "effect"
import { BooksMemory } from "../ledger/BooksMemory.ts"
import * as LedgerMemory from "../ledger/LedgerMemory.ts"
import { settleEnding, takeHold } from "../ledger/settlingMemory.ts"
import { dayOf } from "./day.ts"
import type { Entry } from "./JobLog.ts"
import {
  type Ending,
  JobStore,
  type ModelSpeed,
  type NewAttempt,
  type NewJob,
  type OpenJob,
  type StoredAttempt,
  type StoredJob,
  type Submit
} from "./JobStore.ts"

type Row = StoredJob &
  Pick<NewJob, "idempotencyKey" | "keyId" | "request" | "pin" | "timeoutSeconds"> & {
    readonly fence: number
    readonly log: ReadonlyArray<Entry> | null
  }

const isOpen = (row: Row) => row.status === "pending" || row.status === "processing"

const fresh = (job: NewJob, source: Source | null): Row => ({
  id: job.id,
  accountId: job.account,
  idempotencyKey: job.idempotencyKey,
  keyId: job.keyId,
  request: job.request,
  pin: job.pin,
  timeoutSeconds: job.timeoutSeconds,
  requestHash: job.requestHash,
  kind: job.kind,
  model: job.model,
  metadata: job.metadata === null ? null : JSON.parse(job.metadata),
  status: job.attempt === null ? "pending" : "processing",
  fence: job.attempt?.fence ?? 0,
  nodeId: job.attempt?.node ?? null,
  result: null,
  usage: null,
  log: null,
  costMicros: 0n,
  quote: job.quote,
  source,
  error: null,
  errorMessage: null,
  createdAt: job.createdAt,
  firstTokenAt: null,
  completedAt: null,
  attempts: job.attempt === null ? [] : [storedAttempt(job.attempt)]
})

const storedAttempt = ({ id, node, startedAt }: NewAttempt): StoredAttempt => ({
  id,
  nodeId: node,
  outcome: null,
  startedAt,
  finishedAt: null,
  usage: null
})

const attemptUsage = (usage: Usage | null): Usage | null => {
  if (usage === null) return null
  const { cached_tokens: _cached, ...kept } = usage
  return kept
}

const endedAttempt = (stored: StoredAttempt, { at, attempt, usage }: Ending): StoredAttempt =>
  stored.id === attempt?.id
    ? { ...stored, outcome: attempt.outcome, finishedAt: at, usage: attemptUsage(usage) }
    : stored

const withEnding = (row: Row, ending: Ending): Row => {
  const { at, final, firstTokenAt, usage } = ending
  return {
    ...row,
    usage,
    status: final?.status ?? row.status,
    result: final?.status === "completed" ? final.result : null,
    log: final === null || final.log === null ? null : [...final.log],
    error: final === null || final.status === "completed" ? null : final.error,
    errorMessage: final === null || final.status === "completed" ? null : final.message,
    firstTokenAt: row.firstTokenAt ?? firstTokenAt,
    completedAt: final === null ? null : at,
    costMicros: row.costMicros + (ending.bill?.amount ?? 0n),
    attempts: row.attempts.map((stored) => endedAttempt(stored, ending))
  }
}

const openJob = ({ attempts, fence, idempotencyKey, keyId, pin, request, timeoutSeconds, ...row }: Row): OpenJob => {
  const last = attempts.at(-1)
  const runs = last !== undefined && last.outcome === null
  return {
    id: row.id,
    account: row.accountId,
    model: row.model,
    keyId,
    idempotencyKey,
    requestHash: row.requestHash,
    request: JSON.parse(request),
    metadata: row.metadata,
    pin,
    timeoutSeconds,
    createdAt: row.createdAt,
    quote: row.quote,
    source: row.source,
    costMicros: row.costMicros,
    fence,
    attempt: runs ? { id: last.id, job: row.id, fence, node: last.nodeId, startedAt: last.startedAt } : null
  }
}

const seconds = (from: DateTime.Utc, to: DateTime.Utc) =>
  (DateTime.toEpochMillis(to) - DateTime.toEpochMillis(from)) / 1000

const median = (values: ReadonlyArray<number>): number | null => {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]]
  return low === undefined || high === undefined ? null : (low + high) / 2
}

const speedOf = (model: string, rows: ReadonlyArray<Row>): ModelSpeed => {
  const decoding = rows.flatMap(({ completedAt, firstTokenAt, result }) => {
    const tokens = result?.usage.completion_tokens ?? 0
    const time = completedAt && firstTokenAt && seconds(firstTokenAt, completedAt)
    return time !== null && time > 0 && tokens > 1 ? [{ tokens, time }] : []
  })
  const tokens = decoding.reduce((sum, each) => sum + each.tokens, 0)
  const time = decoding.reduce((sum, each) => sum + each.time, 0)
  const first = rows.flatMap((row) => (row.firstTokenAt ? [seconds(row.createdAt, row.firstTokenAt) * 1000] : []))
  return { model, tokensPerSecond: time > 0 ? tokens / time : null, firstTokenMillis: median(first) }
}

const spentBy = (jobs: ReadonlyArray<Row>): bigint =>
  jobs.reduce((sum, row) => sum + (isOpen(row) ? (row.quote?.ceiling ?? 0n) : row.costMicros), 0n)

const make = (books: BooksMemory["Service"]): JobStore["Service"] => {
  const rows = new Map<JobId, Row>()
  const billed = new Set<ReceiptId>()
  const byKey = (account: AccountId, key: string) =>
    [...rows.values()].find((row) => row.accountId === account && row.idempotencyKey === key)
  const count = (status: (row: Row) => boolean) => [...rows.values()].filter(status).length

  /** What the owner's jobs of the day cost, or hold while they are open. */
  const overspends = ({ account, createdAt, dayLimits, keyId, quote }: NewJob): Submit | undefined => {
    if (dayLimits === null || quote === null) return undefined
    const day = dayOf(createdAt).name
    const today = [...rows.values()].filter((row) => row.accountId === account && dayOf(row.createdAt).name === day)
    const spent = { account: spentBy(today), key: spentBy(today.filter((row) => row.keyId === keyId)) }
    for (const whose of ["account", "key"] as const) {
      const most = dayLimits[whose]
      if (most === null || spent[whose] + quote.ceiling <= most) continue
      return { _tag: "Spent", whose, spent: spent[whose], most }
    }
    return undefined
  }

  return {
    submit: (job) =>
      Effect.sync(() => {
        if (job.idempotencyKey !== null && byKey(job.account, job.idempotencyKey) !== undefined)
          return { _tag: "Repeated" }
        const refusal = overspends(job)
        if (refusal !== undefined) return refusal
        const result = takeHold(books, job)
        if (result._tag === "Stored") rows.set(job.id, fresh(job, result.source))
        return result
      }),
    startAttempt: (attempt) =>
      Effect.sync(() => {
        const row = rows.get(attempt.job)
        if (row === undefined || !isOpen(row) || row.fence !== attempt.fence - 1) return false
        rows.set(row.id, {
          ...row,
          status: "processing",
          fence: attempt.fence,
          nodeId: attempt.node,
          attempts: [...row.attempts, storedAttempt(attempt)]
        })
        return true
      }),
    end: (ending) =>
      Effect.sync(() => {
        const row = rows.get(ending.job)
        if (row === undefined || !isOpen(row) || row.fence !== ending.fence) return false
        // An attempt has one bill: where its job goes on, it may be told again.
        if (ending.bill !== null && billed.has(ending.bill.id)) return ending.final === null
        const held = (row.quote?.ceiling ?? 0n) - row.costMicros
        if (ending.bill !== null && ending.bill.amount > held)
          throw new Error(`the bill of job ${row.id} is over its hold`)
        const { accountId: account, id, nodeId: node, source } = row
        if (source !== null) settleEnding(books, { id, account, node, source, held }, ending)
        if (ending.bill !== null) billed.add(ending.bill.id)
        rows.set(row.id, withEnding(row, ending))
        return true
      }),
    find: (id) => Effect.sync(() => Option.fromNullishOr(rows.get(id))),
    findByKey: (account, key) => Effect.sync(() => Option.fromNullishOr(byKey(account, key))),
    log: (id) => Effect.sync(() => Option.fromNullishOr(rows.get(id)?.log)),
    forget: (before) =>
      Effect.sync(() => {
        for (const row of rows.values()) {
          const isOld = row.completedAt !== null && DateTime.isLessThan(row.completedAt, before.ended)
          const log = isOld && (row.kind !== "embedding" || row.idempotencyKey === null) ? null : row.log
          const idempotencyKey = DateTime.isLessThan(row.createdAt, before.submitted) ? null : row.idempotencyKey
          rows.set(row.id, { ...row, log, idempotencyKey })
        }
      }),
    list: ({ account, before, limit, since, status }) =>
      Effect.sync(() =>
        [...rows.values()]
          .filter((row) => row.accountId === account)
          .filter((row) => status === undefined || row.status === status)
          .filter((row) => since === undefined || !DateTime.isLessThan(row.createdAt, since))
          .filter((row) => before === undefined || row.id < before)
          .sort((a, b) => (a.id < b.id ? 1 : -1))
          .slice(0, limit)
      ),
    open: Effect.sync(() => [...rows.values()].filter(isOpen).map(openJob)),
    speeds: Effect.map(DateTime.now, (now) => {
      const done = [...rows.values()].filter(
        ({ completedAt, status }) => status === "completed" && completedAt && seconds(completedAt, now) < 3_600
      )
      return [...Map.groupBy(done, ({ model }) => model)].map(([model, rows]) => speedOf(model, rows))
    }),
    counts: Effect.sync(() => ({
      completed: count((row) => row.status === "completed"),
      failed: count((row) => row.status === "failed"),
      pending: count(isOpen)
    })),
    ready: Effect.void
  }
}

/** Holds everything for the life of the layer, balances included: for simulations and tests. */
export const layer = Layer.merge(Layer.effect(JobStore, Effect.map(BooksMemory, make)), LedgerMemory.layer).pipe(
  Layer.provideMerge(BooksMemory.layer)
)
