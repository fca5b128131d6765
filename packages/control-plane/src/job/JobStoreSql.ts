/** Jobs in PostgreSQL. Writes of the same kind share a statement, so a busy plane commits many jobs at once. */
import { AccountId, JobId } from "@infernet/contract/Id"
import { Cause, DateTime, type Duration, Effect, Layer, Option, Schema } from "effect"
import { SqlClient, SqlSchema, type SqlError } from "effect/sql"
import * as dayLimits from "./dayLimits.ts"
import { end } from "./endStatement.ts"
import { type GroupWrite, make as groupWriter } from "./groupWriter.ts"
import { type Ending, JobStore, type NewAttempt, type NewJob, StoreUnavailable, type Submit } from "./JobStore.ts"
import {
  attemptRow,
  CountsRow,
  EndAnswer,
  endRow,
  entriesOf,
  JobRow,
  LogRow,
  openJob,
  OpenRow,
  sizeOf,
  SpeedRow,
  storedJob,
  SubmitAnswer,
  submitRow
} from "./rows.ts"
import * as statements from "./statements.ts"
import { submitCharged, submitFree } from "./submitStatement.ts"

const submission = (replica: string): GroupWrite<NewJob, typeof SubmitAnswer.Type, Submit> => ({
  statement: (jobs) => (jobs.some(({ quote }) => quote !== null) ? submitCharged : submitFree),
  toRow: submitRow(replica),
  size: ({ request }) => request.length,
  answer: SubmitAnswer,
  outcome: (answer, { quote }) => {
    if (answer?.stored === true) return { _tag: "Stored", source: answer.source }
    if (quote === null || answer == null || answer.available === null) return { _tag: "Repeated" }
    return { _tag: "Unfunded", available: answer.available, needed: quote.ceiling }
  }
})

const attemptStart: GroupWrite<NewAttempt, unknown, boolean> = {
  statement: () => statements.startAttempt,
  toRow: attemptRow,
  size: () => 0,
  answer: Schema.Unknown,
  outcome: (answer) => answer !== undefined
}

const ending: GroupWrite<Ending, typeof EndAnswer.Type, "written" | "stale" | "over"> = {
  statement: () => end,
  toRow: endRow,
  size: sizeOf,
  answer: EndAnswer,
  outcome: (answer) => (answer?.written === true ? "written" : answer?.over === true ? "over" : "stale")
}

const unavailable = (cause: unknown) => (cause instanceof StoreUnavailable ? cause : new StoreUnavailable({ cause }))

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

      const writer = <Row, Answer, Out>(write: GroupWrite<Row, Answer, Out>) =>
        Effect.map(groupWriter(write, inTime), (write) => (row: Row) => Effect.mapError(write(row), unavailable))
      const withinDay = yield* dayLimits.make(inTime)
      const writeSubmission = yield* writer(submission(replica))
      const writeAttempt = yield* writer(attemptStart)
      const writeEnding = yield* writer(ending)

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

      return JobStore.of({
        submit: withinDay(writeSubmission),
        startAttempt: writeAttempt,
        end: (ending) =>
          Effect.flatMap(writeEnding(ending), (written) =>
            written === "over"
              ? Effect.die(
                  new Error(`the bill of job ${ending.job} is over its hold: ${ending.bill?.amount} micro-USDC`)
                )
              : Effect.succeed(written === "written")
          ),
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
