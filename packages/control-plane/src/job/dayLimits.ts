/**
 * What keys and accounts may spend on a day of UTC, held against each submission before it is stored.
 *
 * The database counts, and only for those that have such a limit: what the day's jobs cost and what is held for the open
 * ones. So the limit holds across replicas and restarts. A job takes its ceiling; what it did not cost comes back in the
 * statement that ends it. A process that dies between taking and storing leaves the ceiling taken until the day is over.
 */
import { encode } from "@infernet/contract/Id"
import { DateTime, Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { dayOf } from "./day.ts"
import { type DayLimits, type NewJob, StoreUnavailable, type Submit } from "./JobStore.ts"

const Refusals = Schema.Array(Schema.Struct({ whose: Schema.String, spent: Schema.BigInt }))

/** `patience`: as for the statements that store jobs. */
export const make = Effect.fnUntraced(function* (
  inTime: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E | StoreUnavailable>
) {
  const sql = yield* SqlClient.SqlClient

  /** Undefined: taken. */
  const take = Effect.fnUntraced(function* (job: NewJob, hold: bigint, { account, key }: DayLimits) {
    const { name, start } = dayOf(job.createdAt)
    const since = `job_${encode(DateTime.toEpochMillis(start), 0n)}`
    const rows = yield* inTime(
      sql`select whose, spent from take_of_day(${job.account}, ${job.keyId}, ${name}::date, ${since}, ${hold}::bigint,
            ${account}::bigint, ${job.keyId === null ? null : key}::bigint)`
    ).pipe(Effect.mapError((cause) => (cause instanceof StoreUnavailable ? cause : new StoreUnavailable({ cause }))))
    const [refusal] = yield* Effect.orDie(Schema.decodeUnknownEffect(Refusals)(rows))
    if (refusal === undefined) return undefined
    const isAccount = refusal.whose === job.account
    const most = (isAccount ? account : key) ?? 0n
    return { _tag: "Spent", whose: isAccount ? "account" : "key", spent: refusal.spent, most } as const
  })

  const giveBack = (job: NewJob, hold: bigint, { account, key }: DayLimits) =>
    inTime(
      sql`update day_spending set micros = micros - ${hold}::bigint
           where owner in (${account === null ? null : job.account}, ${key === null ? null : job.keyId})
             and day = ${dayOf(job.createdAt).name}::date`
    ).pipe(Effect.ignoreCause({ log: "Warn", message: "what a job took of its owner's day could not be given back" }))

  /** Submits what its owners may still spend, and gives back what was then not stored. */
  return (submit: (job: NewJob) => Effect.Effect<Submit, StoreUnavailable>) =>
    Effect.fnUntraced(function* (job: NewJob): Effect.fn.Return<Submit, StoreUnavailable> {
      const { dayLimits, quote } = job
      if (dayLimits === null || quote === null) return yield* submit(job)
      const refusal = yield* take(job, quote.ceiling, dayLimits)
      if (refusal !== undefined) return refusal
      // Where nobody knows whether it was stored it stays taken: its end gives back once what this would give back again.
      const result = yield* submit(job)
      if (result._tag !== "Stored") yield* giveBack(job, quote.ceiling, dayLimits)
      return result
    })
})
