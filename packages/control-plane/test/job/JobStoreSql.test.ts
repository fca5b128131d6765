import { describe, expect } from "bun:test"
import { JobStore, StoreUnavailable } from "@infernet/control-plane/job/JobStore"
import * as JobStoreSql from "@infernet/control-plane/job/JobStoreSql"
import * as Database from "@infernet/platform/database/Database"
import * as TestDatabase from "@infernet/testing/TestDatabase"
import { it } from "@infernet/testing/harness"
import { Cause, Context, Deferred, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { alice, attempt, finished, jobId, newJob, sqlLayer, accounts, type Store } from "./storedJobs.ts"

const refusals = (store: Store) => [
  store.submit(newJob(9)),
  store.startAttempt(attempt(9, 2)),
  store.end(finished(9)),
  Effect.asVoid(store.find(jobId(1))),
  Effect.asVoid(store.findByKey(alice, "k")),
  Effect.asVoid(store.counts),
  Effect.asVoid(store.speeds),
  store.ready
]

const away = (connection: Layer.Layer<SqlClient.SqlClient, unknown>) =>
  Effect.map(Layer.build(Layer.fresh(JobStoreSql.layer("r1").pipe(Layer.provide(connection)))), (context) =>
    Context.get(context, JobStore)
  )

describe("while PostgreSQL is away", () => {
  it.live("every operation says so", () =>
    Effect.gen(function* () {
      const store = yield* away(Database.client({ host: "127.0.0.1", port: 1, username: "nobody" }))
      for (const operation of refusals(store)) {
        expect(yield* Effect.flip(Effect.asVoid<unknown, StoreUnavailable, never>(operation))).toBeInstanceOf(
          StoreUnavailable
        )
      }
    })
  )

  it.live("and so it does once its connections are closed", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const database = yield* Layer.buildWithScope(Layer.fresh(TestDatabase.layer), scope)
      const store = yield* away(Layer.succeedContext(database))
      yield* store.ready
      yield* Scope.close(scope, Exit.void)
      for (const operation of refusals(store)) {
        expect(yield* Effect.flip(Effect.asVoid<unknown, StoreUnavailable, never>(operation))).toBeInstanceOf(
          StoreUnavailable
        )
      }
    })
  )

  it.live("a connection that is cut costs at most the operation under way", () =>
    Effect.gen(function* () {
      const context = yield* Layer.build(Layer.fresh(sqlLayer))
      const [store, sql] = [Context.get(context, JobStore), Context.get(context, SqlClient.SqlClient)]
      yield* store.submit(newJob(1))
      const others = sql`
        select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()`
      const ends = Array.from({ length: 20 }, (_, n) => store.end(finished(n)))
      const [exits] = yield* Effect.all([Effect.forEach(ends, Effect.exit), Effect.exit(others)], {
        concurrency: "unbounded"
      })
      for (const exit of exits)
        if (Exit.isFailure(exit)) expect(Cause.squash(exit.cause)).toBeInstanceOf(StoreUnavailable)
      expect(yield* Effect.retry(store.ready, { times: 20 })).toBeUndefined()
    })
  )

  it.live("a database that stands still is as good as away", () =>
    Effect.gen(function* () {
      const context = yield* Layer.build(
        Layer.fresh(Layer.provideMerge(JobStoreSql.layer("r1", "300 millis"), Layer.fresh(TestDatabase.layer)))
      )
      const [store, sql] = [Context.get(context, JobStore), Context.get(context, SqlClient.SqlClient)]
      yield* accounts.pipe(Effect.provideService(SqlClient.SqlClient, sql))
      yield* store.submit(newJob(1))
      const locked = yield* Deferred.make<void>()
      const held = yield* Effect.forkChild(
        sql.withTransaction(
          sql`lock table job in access exclusive mode`.pipe(
            Effect.andThen(Deferred.succeed(locked, undefined)),
            Effect.andThen(Effect.never)
          )
        )
      )
      yield* Deferred.await(locked)
      const errors = yield* Effect.all([store.end(finished(1)), Effect.asVoid(store.find(jobId(1)))].map(Effect.flip), {
        concurrency: "unbounded"
      })
      expect(errors.every((error) => error instanceof StoreUnavailable)).toBe(true)
      yield* Fiber.interrupt(held)
      expect(yield* store.end(finished(1))).toBe(true)
    })
  )
})
