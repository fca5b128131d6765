/** What an account asked for, summed up from its jobs. */
import { BadRequest, type Unavailable } from "@infernet/contract/ApiError"
import { type AccountId, ApiKeyId, encode } from "@infernet/contract/Id"
import type { Usage, UsageBy, UsageLine } from "@infernet/contract/Usage"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { away, unavailable } from "../database/away.ts"

export interface AskUsage {
  /** From then on; 30 days before `until` unless given. */
  readonly since: DateTime.Utc | undefined
  /** Before then; now unless given. */
  readonly until: DateTime.Utc | undefined
  readonly by: UsageBy
}

export class UsageReport extends Context.Service<
  UsageReport,
  { readonly of: (account: AccountId, ask: AskUsage) => Effect.Effect<Usage, BadRequest | Unavailable> }
>()("@infernet/control-plane/account/UsageReport") {
  static readonly layer = Layer.effect(
    UsageReport,
    Effect.suspend(() => make)
  )
}

const usualDays = 30
const longestDays = 366
/** Clients choose the names of models. */
const longestList = 1_000

const Row = Schema.Struct({
  name: Schema.NullOr(Schema.String),
  requests: Schema.Int,
  failed: Schema.Int,
  promptTokens: Schema.Int,
  completionTokens: Schema.Int,
  cachedTokens: Schema.Int,
  costMicros: Schema.BigInt
})

/** Ids begin with the time of submission, so that the index by which jobs are listed finds a time as well. */
const firstId = (time: DateTime.Utc): string => `job_${encode(DateTime.toEpochMillis(time), 0n)}`

const grouped: Record<UsageBy, readonly [column: string, order: string]> = {
  day: ["to_char(created_at at time zone 'UTC', 'YYYY-MM-DD')", "name"],
  model: ["model", "prompt + completion desc, name"],
  key: ["key_id", "prompt + completion desc, name"]
}

const statement = (by: UsageBy) => {
  const [column, order] = grouped[by]
  return `
    select name, requests, failed, prompt as prompt_tokens, completion as completion_tokens, cached_tokens, cost_micros
      from (select ${column} as name, count(*)::float8 as requests,
                   (count(*) filter (where status = 'failed'))::float8 as failed,
                   coalesce(sum(prompt_tokens), 0)::float8 as prompt,
                   coalesce(sum(completion_tokens), 0)::float8 as completion,
                   coalesce(sum(cached_tokens), 0)::float8 as cached_tokens,
                   sum(cost_micros)::bigint as cost_micros
              from job where account_id = $1 and id >= $2 and id < $3 group by 1) as sums
     order by ${order} limit ${longestList}`
}

const nameOf = (by: UsageBy, name: string | null) => {
  if (by === "key") return { key_id: name === null ? null : ApiKeyId.make(name) }
  return by === "day" ? { day: name ?? "" } : { model: name ?? "" }
}

const countsOf = ({ name: _name, ...row }: typeof Row.Type) => ({
  requests: row.requests,
  failed: row.failed,
  prompt_tokens: row.promptTokens,
  completion_tokens: row.completionTokens,
  cached_tokens: row.cachedTokens,
  total_tokens: row.promptTokens + row.completionTokens,
  cost_micros: row.costMicros
})

type Counts = ReturnType<typeof countsOf>
const nothing: Counts = {
  requests: 0,
  failed: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  cached_tokens: 0,
  total_tokens: 0,
  cost_micros: 0n
}

const sum = (a: Counts, b: Counts): Counts => ({
  requests: a.requests + b.requests,
  failed: a.failed + b.failed,
  prompt_tokens: a.prompt_tokens + b.prompt_tokens,
  completion_tokens: a.completion_tokens + b.completion_tokens,
  cached_tokens: a.cached_tokens + b.cached_tokens,
  total_tokens: a.total_tokens + b.total_tokens,
  cost_micros: a.cost_micros + b.cost_micros
})

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const decode = Schema.decodeUnknownEffect(Schema.Array(Row))

  const of = Effect.fn("UsageReport.of")(function* (account: AccountId, ask: AskUsage) {
    const until = ask.until ?? (yield* DateTime.now)
    const since = ask.since ?? DateTime.max(DateTime.makeUnsafe(0), DateTime.subtract(until, { days: usualDays }))
    if (DateTime.isGreaterThan(since, until)) {
      return yield* new BadRequest({ field: "since", error_message: "since: expected a time before until" })
    }
    if (DateTime.isGreaterThan(until, DateTime.add(since, { days: longestDays }))) {
      const error_message = `since: expected a time at most ${longestDays} days before until`
      return yield* new BadRequest({ field: "since", error_message })
    }
    const rows = yield* away(
      Effect.flatMap(sql.unsafe(statement(ask.by), [account, firstId(since), firstId(until)]), decode)
    ).pipe(Effect.timeoutOrElse({ duration: "20 seconds", orElse: () => Effect.fail(unavailable()) }))
    const usage: ReadonlyArray<UsageLine> = rows.map((row) => ({ ...nameOf(ask.by, row.name), ...countsOf(row) }))
    return {
      since: DateTime.formatIso(since),
      until: DateTime.formatIso(until),
      by: ask.by,
      usage,
      total: rows.map(countsOf).reduce(sum, nothing)
    }
  })

  return UsageReport.of({ of })
})
