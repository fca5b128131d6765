/**
 * How many charged jobs a second one control plane's database settles: the hold with the submission, then attempt, bill,
 * postings, balances and release with the end, each a transaction that is on the disk before it is answered.
 *
 * Run: `bun bench/settlement.ts` (`ROUNDS=n`, `JOBS=n`). The statements are the product's, over its group commit, on its
 * embedded PostgreSQL with `synchronous_commit` on, in a directory of its own. At the end the ledger is held against its
 * postings.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { AccountId, AttemptId, encode, JobId, NodeId, ReceiptId } from "../packages/contract/src/Id.ts"
import { ChannelId, zeroHash } from "../packages/contract/src/Receipt.ts"
import { type Ending, JobStore, type NewJob } from "../packages/control-plane/src/job/JobStore.ts"
import * as JobStoreSql from "../packages/control-plane/src/job/JobStoreSql.ts"
import { Ledger } from "../packages/control-plane/src/ledger/Ledger.ts"
import * as LedgerSql from "../packages/control-plane/src/ledger/LedgerSql.ts"
import * as Database from "../packages/platform/src/database/Database.ts"
import { Home } from "../packages/platform/src/Home.ts"
import { ConfigProvider, DateTime, Effect, Layer, References } from "effect"
import { SqlClient } from "effect/sql"

const rounds = Number(process.env["ROUNDS"] ?? 3)
const jobs = Number(process.env["JOBS"] ?? 10_000)
/** Requests under way at a time. */
const concurrency = 400

const name = (n: number) => encode(1_700_000_000_000, BigInt(n))
const accounts = Array.from({ length: 100 }, (_, n) => AccountId.make(`acc_${name(n)}`))
const nodes = Array.from({ length: 20 }, (_, n) => NodeId.make(`0x${n.toString(16).padStart(40, "0")}`))
const channelOf = (node: NodeId) => ChannelId.make(`0x${node.slice(2).padStart(64, "0")}`)
const pick = <A>(among: ReadonlyArray<A>, n: number): A => among[n % among.length] as A

const at = DateTime.makeUnsafe(1_700_000_000_000)
const request = JSON.stringify({
  model: "m",
  messages: [{ role: "user", content: "x".repeat(1_000) }],
  max_tokens: 512
})
const content = "word ".repeat(200)

const job = (n: number): NewJob => ({
  id: JobId.make(`job_${name(n)}`),
  account: pick(accounts, n),
  keyId: null,
  idempotencyKey: null,
  requestHash: zeroHash,
  kind: "chat",
  model: "m",
  request,
  metadata: null,
  pin: null,
  timeoutSeconds: null,
  createdAt: at,
  quote: { ceiling: 1_500n, price: { input_micros_per_1k: 500n, output_micros_per_1k: 2_000n } },
  dayLimits: null,
  attempt: {
    id: AttemptId.make(`att_${name(n)}`),
    job: JobId.make(`job_${name(n)}`),
    fence: 1,
    node: pick(nodes, n),
    startedAt: at
  }
})

const ending = (n: number): Ending => {
  const usage = { prompt_tokens: 300, completion_tokens: 200, total_tokens: 500 }
  const [id, attempt, amount] = [JobId.make(`job_${name(n)}`), AttemptId.make(`att_${name(n)}`), 550n]
  return {
    attempt: { id: attempt, outcome: "done", message: null },
    job: id,
    fence: 1,
    usage,
    firstTokenAt: at,
    at,
    final: {
      status: "completed",
      result: { content, finish_reason: "stop", usage },
      log: [{ kind: "text", text: content }]
    },
    bill: {
      id: ReceiptId.make(`cpr_${name(n)}`),
      channel: channelOf(pick(nodes, n)),
      amount,
      usageHash: zeroHash,
      usage: {
        job_id: id,
        attempt_id: attempt,
        previous: zeroHash,
        model: "m",
        request_hash: zeroHash,
        response_hash: zeroHash,
        prompt_tokens: 300,
        completion_tokens: 200,
        input_micros_per_1k: "500",
        output_micros_per_1k: "2000",
        amount: String(amount),
        started_at: 1_700_000_000,
        finished_at: 1_700_000_003
      },
      basis: { claimed_prompt_tokens: 300, claimed_completion_tokens: 200, prompt_bytes: 1_200, response_bytes: 1_000 }
    }
  }
}

const prepare = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const ledger = yield* Ledger
  for (const id of accounts) {
    yield* sql`insert into account (id, name, role, created_at) values (${id}, 'bench', 'client', now())`
    yield* ledger.deposit({ account: id, amount: 1_000_000_000n, reference: id })
  }
  for (const id of nodes) {
    yield* sql`
      insert into node (id, public_key, name, version, registered_at) values (${id}, ${id}, 'bench', '1.0.0', now())`
    yield* sql`
      insert into channel (id, node_id, replica, chain_id, contract, terms, fee_bps, created_at)
      values (${channelOf(id)}, ${id}, 'bench', 0, '0x', '{}', 1500, now())`
  }
})

/** Milliseconds of CPU that the processes of these numbers have used, from the kernel's accounting. */
const cpuMillis = (pids: ReadonlyArray<number>): number =>
  pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? []
    return sum + (Number(fields[11]) + Number(fields[12])) * 10
  }, 0)

interface Figures {
  /** On the wall clock. */
  readonly perSecond: number
  /** Of CPU, a job: this process, and the database. */
  readonly ownMicros: number
  readonly databaseMicros: number
}

const measure = Effect.fnUntraced(function* <E>(
  of: (n: number) => Effect.Effect<unknown, E>,
  numbers: ReadonlyArray<number>
) {
  const sql = yield* SqlClient.SqlClient
  const servers = (yield* sql<{ pid: number }>`select pid from pg_stat_activity`).map(({ pid }) => pid)
  const [began, own, database] = [performance.now(), cpuMillis([process.pid]), cpuMillis(servers)]
  yield* Effect.forEach(numbers, of, { concurrency, discard: true })
  const figures: Figures = {
    perSecond: (numbers.length / (performance.now() - began)) * 1_000,
    ownMicros: ((cpuMillis([process.pid]) - own) * 1_000) / numbers.length,
    databaseMicros: ((cpuMillis(servers) - database) * 1_000) / numbers.length
  }
  return figures
})

const median = (values: ReadonlyArray<number>): number =>
  Math.round(values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0)

const bench = Effect.gen(function* () {
  const store = yield* JobStore
  const ledger = yield* Ledger
  yield* Effect.provideService(prepare, References.MinimumLogLevel, "Warn")
  let next = 0
  const some = (count: number) => Array.from({ length: count }, () => (next += 1))
  const submit = (n: number) => store.submit(job(n))
  const end = (n: number) => store.end(ending(n))
  const both = (n: number) => Effect.andThen(submit(n), end(n))
  // So that the database knows its tables, and has seen the statements.
  yield* measure(both, some(4_000))
  yield* (yield* SqlClient.SqlClient)`analyze`

  const [holds, ends, whole]: Array<Array<Figures>> = [[], [], []]
  for (let round = 0; round < rounds; round++) {
    const numbers = some(jobs)
    holds?.push(yield* measure(submit, numbers))
    ends?.push(yield* measure(end, numbers))
    whole?.push(yield* measure(both, some(jobs)))
  }
  process.stdout.write("| what | a second | CPU µs a job, control plane | CPU µs a job, PostgreSQL |\n")
  process.stdout.write("| --- | --- | --- | --- |\n")
  for (const [what, figures = []] of [
    ["hold, with the submission", holds],
    ["settlement, with the end", ends],
    ["both", whole]
  ] as const) {
    const of = (name: keyof Figures) => median(figures.map((one) => one[name]))
    process.stdout.write(`| ${what} | ${of("perSecond")} | ${of("ownMicros")} | ${of("databaseMicros")} |\n`)
  }
  const began = performance.now()
  const { differing, sum } = yield* ledger.rebuilt
  if (sum !== 0n || differing.length > 0) throw new Error("the ledger does not agree with its postings")
  process.stdout.write(`\n${next} jobs; the ledger agrees, seen in ${Math.round(performance.now() - began)} ms\n`)
})

const home = mkdtempSync(join(tmpdir(), "infernet-bench-"))
const database = Database.layer().pipe(
  Layer.provide(Home.at(home)),
  Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({})))
)
try {
  await Effect.runPromise(
    Effect.scoped(
      Effect.provide(
        bench,
        Layer.mergeAll(JobStoreSql.layer("bench"), LedgerSql.layer).pipe(Layer.provideMerge(database))
      )
    )
  )
} finally {
  rmSync(home, { recursive: true, force: true })
}
