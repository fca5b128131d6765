/**
 * Three control planes on one database do whatever moves money, in an order by seed, while connections are cut, answers
 * are lost and processes die: every snapshot of the database must be sound. `LEDGER_OPERATIONS=100000` runs it at length.
 */
import { describe, expect } from "bun:test"
import type { Unavailable } from "@infernet/contract/ApiError"
import { type AccountId, NodeId } from "@infernet/contract/Id"
import * as BillStoreSql from "@infernet/control-plane/bill/BillStoreSql"
import { BillStore } from "@infernet/control-plane/bill/BillStore"
import type { Ending } from "@infernet/control-plane/job/JobStore"
import { it } from "@infernet/testing/harness"
import * as TestDatabase from "@infernet/testing/TestDatabase"
import { SqlClient } from "effect/sql"
import { Cause, Effect, Exit, Fiber, Layer, Schedule } from "effect"
import { bill, channel, channelId, charged } from "../job/chargedJobs.ts"
import {
  accounts,
  alice,
  attempt,
  attemptId,
  bob,
  cancelled,
  failed,
  failedOver,
  finished,
  later,
  node
} from "../job/storedJobs.ts"
import { audited } from "./audit.ts"
import { type Chance, chances, replica } from "./replicas.ts"

const operations = Number(process.env["LEDGER_OPERATIONS"] ?? 4_000)
const seed = Number(process.env["LEDGER_SEED"] ?? 1)
/** Operations under way at a time. */
const concurrency = 100

const nodes = [node, NodeId.make(`0x${"2".repeat(40)}`)] as const
const channels = [channelId(1), channelId(2)] as const
const patience = Schedule.spaced("5 millis").pipe(Schedule.upTo({ times: 2_000 }))

const database = Layer.effectDiscard(
  Effect.gen(function* () {
    yield* accounts
    yield* channel(nodes[0], channels[0])
    yield* channel(nodes[1], channels[1])
  })
).pipe(Layer.provideMerge(TestDatabase.layer))
const world = BillStoreSql.layer("r1").pipe(Layer.provideMerge(database), Layer.fresh)

const pick = <A>(chance: Chance, among: readonly [A, ...ReadonlyArray<A>]): A =>
  among[Math.floor(chance() * among.length)] ?? among[0]
const upTo = (chance: Chance, most: number): bigint => BigInt(Math.floor(chance() * (most + 1)))

/** As a person does it: again, until it is known whether it was done. */
const again = <A, E>(ask: Effect.Effect<A, E | Unavailable>) =>
  Effect.retry(ask, {
    schedule: patience,
    while: (error) => (error as { readonly _tag?: string })._tag === "Unavailable"
  })

/** A job that was submitted, whether or not anybody knows that it was stored. */
interface Known {
  readonly n: number
  readonly ceiling: bigint
  fence: number
}

const run = Effect.gen(function* () {
  const bills = yield* BillStore
  const replicas = yield* Effect.all([replica("r1", 0.02), replica("r2", 0.02), replica("r3", 0.02)])
  const known: Array<Known> = []
  /** By account and source: what came by a person's word, less what went. */
  const given = new Map<string, bigint>()
  const done = { stored: 0, unfunded: 0, repeated: 0, ended: 0, refused: 0, transfers: 0, lost: 0 }
  const any = (chance: Chance) => pick(chance, replicas)

  const submit = Effect.fnUntraced(function* (n: number, chance: Chance) {
    const ceiling = upTo(chance, 3_000)
    const idempotencyKey = chance() < 0.2 ? `key ${Math.floor(chance() * operations * 0.1)}` : null
    const job = charged(n, ceiling, {
      account: pick(chance, [alice, bob]),
      idempotencyKey,
      attempt: { ...attempt(n), node: pick(chance, nodes) }
    })
    const result = yield* Effect.exit(any(chance).store(chance, (store) => store.submit(job)))
    if (Exit.isFailure(result)) done.lost += 1
    if (Exit.isFailure(result) || result.value._tag === "Stored") known.push({ n, ceiling, fence: 1 })
    if (Exit.isFailure(result)) return
    const { _tag } = result.value
    done[_tag === "Stored" ? "stored" : _tag === "Unfunded" ? "unfunded" : "repeated"] += 1
  })

  /** As the control plane does it: again, until it knows. */
  const insist = (chance: Chance, ending: Ending) =>
    Effect.retry(
      any(chance).store(chance, (store) => store.end(ending)),
      patience
    )

  const ending = ({ ceiling, fence, n }: Known, chance: Chance): Ending => {
    const paid = bill(n, upTo(chance, Number(ceiling)), fence, pick(chance, channels))
    const kind = chance()
    if (kind < 0.6) return { ...finished(n, fence), bill: paid }
    if (kind < 0.75) return { ...cancelled(n, fence), bill: paid }
    return failed(n, fence)
  }

  const end = Effect.fnUntraced(function* (chance: Chance) {
    const at = Math.floor(chance() * known.length)
    const job = known[at]
    if (job === undefined) return
    const kind = chance()
    if (kind < 0.1) {
      // Another node goes on, and a part may be paid already.
      const part = chance() < 0.5 ? bill(job.n, upTo(chance, Number(job.ceiling) / 4), job.fence) : null
      if (yield* insist(chance, { ...failedOver(job.n, job.fence), bill: part })) {
        const next = { ...attempt(job.n, job.fence + 1), startedAt: later(job.fence) }
        const began = yield* Effect.exit(any(chance).store(chance, (store) => store.startAttempt(next)))
        if (Exit.isSuccess(began) && began.value) job.fence += 1
      }
      return
    }
    if (kind < 0.13) {
      // Our own mistakes: more than is held, and a channel that is not there.
      const wrong =
        chance() < 0.5
          ? { ...finished(job.n, job.fence), bill: bill(job.n, job.ceiling + 1n, job.fence) }
          : { ...finished(job.n, job.fence), bill: bill(job.n, 1n, job.fence, channelId(99)) }
      const exit = yield* Effect.exit(any(chance).store(chance, (store) => store.end(wrong)))
      expect(Exit.isFailure(exit) || !exit.value).toBe(true)
      done.refused += 1
      return
    }
    const racing = chance() < 0.2 ? [ending(job, chance), ending(job, chance)] : [ending(job, chance)]
    const won = yield* Effect.forEach(racing, (one) => Effect.exit(insist(chance, one)), { concurrency: "unbounded" })
    // A part that was billed before leaves less than this bill asks for: the plane's rule would not have made it.
    if (won.some((exit) => Exit.isFailure(exit) && Cause.hasDies(exit.cause)))
      yield* insist(chance, failed(job.n, job.fence))
    known.splice(known.indexOf(job), 1)
    done.ended += 1
  })

  const transfer = Effect.fnUntraced(function* (n: number, chance: Chance) {
    const account: AccountId = pick(chance, [alice, bob])
    const kind = chance()
    const amount = upTo(chance, 20_000) + 1n
    const asked = { account, amount, reference: `transfer ${n}` }
    const by = any(chance)
    const count = (kind: "available" | "credit", by: bigint) =>
      given.set(`${kind}:${account}`, (given.get(`${kind}:${account}`) ?? 0n) + by)
    done.transfers += 1
    if (kind < 0.4) {
      yield* again(by.ledger(chance, (ledger) => ledger.deposit(asked)))
      count("available", amount)
      // The same again, and something else under its name.
      expect(yield* again(by.ledger(chance, (ledger) => ledger.deposit(asked)))).toBe(false)
      const other = yield* Effect.flip(again(by.ledger(chance, (l) => l.deposit({ ...asked, amount: amount + 1n }))))
      expect(other).toMatchObject({ _tag: "Conflict" })
    } else if (kind < 0.55) {
      yield* again(by.ledger(chance, (ledger) => ledger.credit(asked)))
      count("credit", amount)
    } else if (kind < 0.75) {
      const exit = yield* Effect.exit(again(by.ledger(chance, (ledger) => ledger.withdraw(asked))))
      if (Exit.isSuccess(exit)) count("available", -amount)
    } else if (kind < 0.9) {
      const expense = { attempt: attemptId(n), node: pick(chance, nodes), amount, fee: amount / 7n, note: "canary" }
      yield* again(by.ledger(chance, (ledger) => ledger.expense(expense)))
    } else {
      const redemption = { node, channel: channels[0], amount, fee: amount / 7n, reference: `0x${n}:1` }
      yield* Effect.exit(again(by.ledger(chance, (ledger) => ledger.redeemed(redemption))))
    }
  })

  const dispute = Effect.fnUntraced(function* (chance: Chance) {
    const among = { of: undefined, job: undefined, node: pick(chance, nodes), before: undefined }
    const waiting = yield* bills.list({ ...among, status: "offered", limit: 50 })
    const one = waiting[Math.floor(chance() * waiting.length)]
    if (one === undefined) return
    yield* bills.dispute({ bill: one.offer.bill.id, node: one.node, reason: "no", at: later(1) })
  })

  const operate = Effect.fnUntraced(function* (n: number) {
    const chance = chances(seed * 1_000_003 + n)
    const kind = chance()
    if (kind < 0.42) yield* submit(n, chance)
    else if (kind < 0.84) yield* end(chance)
    else if (kind < 0.96) yield* transfer(n, chance)
    else if (kind < 0.99) yield* dispute(chance)
    else if (kind < 0.998) yield* any(chance).cut
    else yield* any(chance).crash
  })

  const watching = yield* audited.pipe(
    Effect.tap((broken) => Effect.sync(() => expect(broken).toEqual([]))),
    Effect.repeat(Schedule.spaced("2 seconds")),
    Effect.forkScoped
  )
  yield* Effect.raceFirst(
    Effect.forEach(
      Array.from({ length: operations }, (_, n) => n + 1),
      operate,
      { concurrency, discard: true }
    ),
    Fiber.join(watching)
  )
  yield* Fiber.interrupt(watching)
  expect(yield* audited).toEqual([])

  // All faults are over: whatever is open ends, and nothing stays held.
  const calm = chances(seed)
  const open = yield* Effect.forEach(replicas, (one) =>
    Effect.retry(
      one.store(calm, (store) => store.open),
      patience
    )
  )
  yield* Effect.forEach(open.flat(), ({ fence, id }) => insist(calm, { ...failed(0, fence), attempt: null, job: id }), {
    concurrency,
    discard: true
  })
  expect(yield* audited).toEqual([])
  return { done, given }
})

describe("the ledger", () => {
  it.live(
    `agrees with itself through ${operations} operations and crashes (LEDGER_SEED=${seed})`,
    () =>
      Effect.gen(function* () {
        const { done, given } = yield* Effect.scoped(run)
        yield* Effect.logInfo("the ledger agrees", { seed, operations, ...done })
        // Nobody has more or less than what was given to them, less what their jobs cost.
        const sql = yield* SqlClient.SqlClient
        const rows = yield* sql<{ name: string; had: bigint }>`
          select kind || ':' || owner as name,
                 balance + (select coalesce(sum(cost_micros), 0)::bigint from job
                             where account_id = owner
                               and paid_from = case ledger_account.kind when 'available' then 'money' else 'credit' end) as had
            from ledger_account where kind in ('available', 'credit')`
        for (const { had, name } of rows) expect([name, had]).toEqual([name, given.get(name) ?? 0n])
        const held = yield* sql`select id from ledger_account where kind in ('held', 'credit_held') and balance <> 0`
        expect(held).toEqual([])
        for (const count of Object.values(done)) expect(count).toBeGreaterThan(0)
      }).pipe(Effect.provide(world)),
    { timeout: 60_000 + operations * 20 }
  )
})
