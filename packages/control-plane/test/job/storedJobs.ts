/** Jobs, attempts and ends as stores take them, and a store over a database of its own. */
import { AccountId, AttemptId, JobId, NodeId } from "@infernet/contract/Id"
import type { Ending, JobStore, NewAttempt, NewJob } from "@infernet/control-plane/job/JobStore"
import * as JobStoreSql from "@infernet/control-plane/job/JobStoreSql"
import * as TestDatabase from "@infernet/testing/TestDatabase"
import { DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"

export type Store = JobStore["Service"]

export const [alice, bob] = ["a", "b"].map((letter) => AccountId.make(`acc_${letter.repeat(20)}`)) as [
  AccountId,
  AccountId
]
export const jobId = (n: number) => JobId.make(`job_${String(n).padStart(20, "0")}`)
export const attemptId = (n: number) => AttemptId.make(`att_${String(n).padStart(20, "0")}`)
export const node = NodeId.make(`0x${"1".repeat(40)}`)
export const start = DateTime.makeUnsafe(1_700_000_000_000)
export const later = (seconds: number) => DateTime.add(start, { seconds })
export const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, cached_tokens: 1 }

export const attempt = (n: number, fence = 1): NewAttempt => ({
  id: attemptId(n * 10 + fence),
  job: jobId(n),
  fence,
  node,
  startedAt: start
})

export const newJob = (n: number, part: Partial<NewJob> = {}): NewJob => ({
  id: jobId(n),
  account: alice,
  keyId: null,
  idempotencyKey: null,
  requestHash: "hash",
  kind: "chat",
  model: "m",
  request: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }], max_tokens: 64 }),
  metadata: null,
  pin: null,
  timeoutSeconds: null,
  createdAt: start,
  quote: null,
  dayLimits: null,
  attempt: attempt(n),
  ...part
})

export const base = (n: number, fence: number) => ({
  attempt: { id: attemptId(n * 10 + fence), outcome: "done", message: null },
  job: jobId(n),
  fence,
  usage: null,
  firstTokenAt: later(1),
  at: later(3),
  bill: null
})
export const finished = (n: number, fence = 1, content = "hi"): Ending => ({
  ...base(n, fence),
  usage,
  final: {
    status: "completed",
    result: { content, finish_reason: "stop", usage },
    log: [{ kind: "text", text: content }]
  }
})
export const failed = (n: number, fence = 1, message = "why"): Ending => ({
  ...base(n, fence),
  attempt: { id: attemptId(n * 10 + fence), outcome: "backend_error", message },
  final: { status: "failed", error: "backend_error", message, log: [] }
})
export const cancelled = (n: number, fence = 1): Ending => ({
  ...base(n, fence),
  final: { status: "cancelled", error: "cancelled", message: "the job was cancelled", log: [] }
})
export const failedOver = (n: number, fence = 1): Ending => ({
  ...base(n, fence),
  attempt: { id: attemptId(n * 10 + fence), outcome: "lost", message: null },
  final: null
})

export const accounts = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const id of [alice, bob]) {
    yield* sql`insert into account (id, name, role, created_at) values (${id}, 'n', 'client', now())`
  }
})

export const sqlLayer = JobStoreSql.layer("r1").pipe(
  Layer.provideMerge(Layer.effectDiscard(accounts)),
  Layer.provideMerge(TestDatabase.layer)
)
