/** Jobs in PostgreSQL. Writes of the same kind share a statement, so a busy plane commits many jobs at once. */
import { AccountId, JobId } from "@infernet/contract/Id"
import { Cause, DateTime, type Duration, Effect, Layer, Option, Schema } from "effect"
import { SqlClient, SqlSchema, type SqlError } from "effect/sql"
import { make as groupCommit } from "../database/GroupCommit.ts"
import { JobStore, type NewJob, StoreUnavailable } from "./JobStore.ts"
import {
  attemptRow,
  CountsRow,
  endRow,
  entriesOf,
  JobRow,
  LogRow,
  openJob,
  OpenRow,
  sizeOf,
  SpeedRow,
  storedJob,
  submitRow
} from "./rows.ts"
import * as statements from "./statements.ts"

/** The rows, each with its place in the group, as one parameter: the statement's text never changes. */
const numbered = (rows: ReadonlyArray<object>): string => JSON.stringify(rows.map((row, n) => ({ n, ...row })))

const unavailable = (cause: unknown) => (cause instanceof StoreUnavailable ? cause : new StoreUnavailable({ cause }))

/** What one statement may carry: many short jobs, or one large one. */
const maxStatementSize = 8 << 20

const Numbers = Schema.Array(Schema.Struct({ n: Schema.Int }))

const gone = (cause: string) => Effect.fail(new StoreUnavailable({ cause }))

/** Also turns the interruption into a failure with which a pool that was closed answers. */
const within =
  (patience: Duration.Input) =>
  <A, E>(effect: Effect.Effect<A, E>) =>
    Effect.catchCause(effect, (cause): Effect.Effect<never, E | StoreUnavailable> =>
      Cause.hasInterruptsOnly(cause) ? gone("its connections were closed") : Effect.failCause(cause)
    ).pipe(Effect.timeoutOrElse({ duration: patience, orElse: () => gone("no answer in time") }))

/**
 * `replica` is written on each job: only its own jobs are a restarted process's to go on with. A statement that takes longer
 * than `patience`, as none of ours does, is given up: a database that stands still is as good as away.
 */
export const layer = (replica: string, patience: Duration.Input = "10 seconds") =>
  Layer.effect(
    JobStore,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const inTime = within(patience)
      const rows = <A>(effect: Effect.Effect<A, SqlError.SqlError | Schema.SchemaError>) =>
        effect.pipe(
          Effect.catchTag("SchemaError", (error) => Effect.die(error)),
          inTime,
          Effect.mapError(unavailable)
        )

      const writer = <Row>(statement: string, toRow: (row: Row) => object, size: (row: Row) => number) =>
        Effect.map(
          groupCommit({
            write: Effect.fnUntraced(function* (rows: ReadonlyArray<Row>) {
              const answer = yield* inTime(sql.unsafe(statement, [numbered(rows.map(toRow))]))
              const written = yield* Effect.orDie(Schema.decodeUnknownEffect(Numbers)(answer))
              const winners = new Set(written.map(({ n }) => n))
              return rows.map((_, n) => winners.has(n))
            }),
            isolate: (error: SqlError.SqlError | StoreUnavailable) =>
              error._tag === "SqlError" && error.reason._tag !== "ConnectionError",
            maxRows: 200,
            maxWaiting: 10_000,
            size,
            maxSize: maxStatementSize
          }),
          (write) => (row: Row) => Effect.mapError(write(row), unavailable)
        )

      const select = (condition: ReturnType<typeof sql.and> | ReturnType<typeof sql.literal>) =>
        sql`select ${sql.literal(statements.jobColumns)} from job where ${condition}`

      const byId = SqlSchema.findOneOption({
        Request: JobId,
        Result: JobRow,
        execute: (id) => select(sql.and([sql`id = ${id}`]))
      })
      const byKey = SqlSchema.findOneOption({
        Request: Schema.Struct({ account: AccountId, key: Schema.String }),
        Result: JobRow,
        execute: ({ account, key }) => select(sql.and([sql`account_id = ${account}`, sql`idempotency_key = ${key}`]))
      })
      const logById = SqlSchema.findOneOption({
        Request: JobId,
        Result: LogRow,
        execute: (id) => sql`select log from job where id = ${id} and log is not null`
      })
      const many = Schema.decodeUnknownEffect(Schema.Array(JobRow))

      const submit = yield* writer(statements.submit, submitRow(replica), ({ request }: NewJob) => request.length)

      return JobStore.of({
        submit: Effect.fnUntraced(function* (job) {
          const stored = yield* submit(job)
          return stored ? { _tag: "Stored", source: null } : { _tag: "Repeated" }
        }),
        startAttempt: yield* writer(statements.startAttempt, attemptRow, () => 0),
        end: yield* writer(statements.end, endRow, sizeOf),
        find: (id) => Effect.map(rows(byId(id)), Option.map(storedJob)),
        findByKey: (account, key) => Effect.map(rows(byKey({ account, key })), Option.map(storedJob)),
        log: (id) => Effect.map(rows(logById(id)), Option.map(entriesOf)),
        forget: ({ ended, submitted }) =>
          Effect.asVoid(
            Effect.all([
              rows(sql.unsafe(statements.forgetLogs, [DateTime.toDate(ended)])),
              rows(sql.unsafe(statements.forgetKeys, [DateTime.toDate(submitted)]))
            ])
          ),
        list: ({ account, before, limit, since, status }) =>
          rows(
            Effect.flatMap(
              sql`${select(
                sql.and([
                  sql`account_id = ${account}`,
                  ...(status === undefined ? [] : [sql`status = ${status}`]),
                  ...(since === undefined ? [] : [sql`created_at >= ${DateTime.toDate(since)}`]),
                  ...(before === undefined ? [] : [sql`id < ${before}`])
                ])
              )} order by id desc limit ${limit}`,
              many
            )
          ).pipe(Effect.map((jobs) => jobs.map(storedJob))),
        open: rows(
          Effect.flatMap(sql.unsafe(statements.open, [replica]), Schema.decodeUnknownEffect(Schema.Array(OpenRow)))
        ).pipe(Effect.map((jobs) => jobs.map(openJob))),
        speeds: rows(Effect.flatMap(sql.unsafe(statements.speeds), Schema.decodeUnknownEffect(Schema.Array(SpeedRow)))),
        counts: rows(
          Effect.flatMap(sql.unsafe(statements.counts), Schema.decodeUnknownEffect(Schema.Array(CountsRow))).pipe(
            Effect.map((answer) => Option.getOrElse(Option.fromNullishOr(answer[0]), () => noCounts))
          )
        ),
        ready: Effect.asVoid(rows(sql`select from job limit 1`))
      })
    })
  )

const noCounts = { completed: 0, failed: 0, pending: 0 }
