/** Control planes on one database that crash, lose their connections and their answers. */
import { JobStore, StoreUnavailable } from "@infernet/control-plane/job/JobStore"
import * as JobStoreSql from "@infernet/control-plane/job/JobStoreSql"
import { Ledger } from "@infernet/control-plane/ledger/Ledger"
import * as LedgerSql from "@infernet/control-plane/ledger/LedgerSql"
import { Unavailable } from "@infernet/contract/ApiError"
import * as Database from "@infernet/platform/database/Database"
import * as DatabaseServer from "@infernet/testing/DatabaseServer"
import { Cause, Context, Effect, Exit, Layer, Scope } from "effect"
import { SqlClient } from "effect/sql"

/** A number in [0, 1) for each call, the same for the same seed. */
export type Chance = () => number

export const chances = (seed: number): Chance => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const start = Effect.fnUntraced(function* (name: string) {
  const { connection } = yield* DatabaseServer.server
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ name: string }>`select current_database() as name`
  const client = Database.client({ ...connection(row?.name ?? ""), applicationName: name, maxConnections: 4 })
  const scope = yield* Scope.make()
  const context = yield* Layer.buildWithScope(
    Layer.fresh(Layer.merge(JobStoreSql.layer(name), LedgerSql.layer).pipe(Layer.provide(client))),
    scope
  )
  return { scope, store: Context.get(context, JobStore), ledger: Context.get(context, Ledger) }
})

/** `lost`: how likely it is that an answer is lost after the deed. */
export const replica = Effect.fnUntraced(function* (name: string, lost: number) {
  const sql = yield* SqlClient.SqlClient
  let current = yield* start(name)
  yield* Effect.addFinalizer(() => Scope.close(current.scope, Exit.void))

  /** A process that is gone answers nothing: a pool that was closed interrupts whoever waits for it. */
  const answered =
    <E>(chance: Chance, error: E) =>
    <A, E2>(operation: Effect.Effect<A, E2>) =>
      operation.pipe(
        Effect.flatMap((answer) => (chance() < lost ? Effect.fail(error) : Effect.succeed(answer))),
        Effect.catchCause((cause): Effect.Effect<never, E | E2> =>
          Cause.hasInterruptsOnly(cause) ? Effect.fail(error) : Effect.failCause(cause)
        )
      )

  return {
    /** The store as this process has it now; what it answers may be lost on the way. */
    store: <A>(chance: Chance, ask: (store: JobStore["Service"]) => Effect.Effect<A, StoreUnavailable>) =>
      Effect.suspend(() => ask(current.store)).pipe(answered(chance, new StoreUnavailable({ cause: "lost" }))),
    ledger: <A, E>(chance: Chance, ask: (ledger: Ledger["Service"]) => Effect.Effect<A, E>) =>
      Effect.suspend(() => ask(current.ledger)).pipe(answered(chance, new Unavailable({ error_message: "lost" }))),
    /** Cuts its connections, whatever they are at. */
    cut: sql`
      select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = ${name}`,
    /** Another process takes the place of this one, which gets no further. */
    crash: Effect.gen(function* () {
      const next = yield* start(name)
      const before = current
      current = next
      yield* Scope.close(before.scope, Exit.void)
    }).pipe(Effect.uninterruptible)
  }
})

export type Replica = Effect.Success<ReturnType<typeof replica>>
