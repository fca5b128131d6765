/** What must hold of the ledger, jobs and bills in any snapshot of the database, as queries that find what does not. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const broken: Record<string, string> = {
  "all postings together are not zero": `select sum(amount)::text as sum from posting having sum(amount) <> 0`,
  "an entry does not sum to zero": `select entry_id from posting group by entry_id having sum(amount) <> 0`,
  "an entry moves nothing": `
    select id from ledger_entry where not exists (select from posting where entry_id = ledger_entry.id)`,
  "somebody owes who may not": `
    select id, balance::text from ledger_account
     where balance < 0 and kind not in ('expense', 'promotion', 'gateway', 'escrow', 'outside')`,
  "a balance is not what its postings make it": `
    select id, balance::text, sum(amount)::text from ledger_account left join posting on account_id = id
     group by id having balance <> coalesce(sum(amount), 0)`,
  "what is held is not what open jobs hold": `
    select owner, kind, balance::text, holds::text
      from (select owner, kind, balance,
                   coalesce((select sum(hold_micros - cost_micros) from job
                              where account_id = owner and completed_at is null
                                and paid_from = case ledger_account.kind when 'held' then 'money' else 'credit' end), 0) as holds
              from ledger_account where kind in ('held', 'credit_held')) as held
     where balance <> holds`,
  "a job was not held once, settled for its cost, and given the rest back once": `
    select id, status, hold_micros::text, cost_micros::text
      from job
      left join lateral (
        select coalesce(sum(amount) filter (where kind = 'hold'), 0) as held,
               coalesce(-sum(amount) filter (where kind = 'settle'), 0) as settled,
               coalesce(-sum(amount) filter (where kind = 'release'), 0) as released
          from ledger_entry join posting on entry_id = ledger_entry.id
         where job_id = job.id
           and account_id = case paid_from when 'money' then 'held:' else 'credit_held:' end || job.account_id) as moved on true
     where held <> hold_micros or settled <> cost_micros
        or released <> case when completed_at is null then 0 else hold_micros - cost_micros end`,
  "a job's cost is not the sum of its bills": `
    select id from job
     where cost_micros <> coalesce((select sum(amount) from bill where job_id = job.id), 0)`,
  "a completed job has not one bill of its last attempt": `
    select id from job
     where status = 'completed' and paid_from is not null
       and 1 <> (select count(*) from bill join attempt on attempt.id = attempt_id
                  where bill.job_id = job.id and attempt.fence = job.fence)`,
  "a channel's sum is not that of its bills but for the disputed": `
    select id, cumulative::text from channel
     where cumulative <> coalesce((select sum(amount) from bill where channel_id = channel.id and state <> 'disputed'), 0)`,
  "a channel's bills are not numbered from 1 without a gap": `
    select id from channel
     where (seq, seq) <> (select count(*), coalesce(max(seq), 0) from bill where channel_id = channel.id)`,
  "a node has not what its bills earned": `
    select owner, balance::text from ledger_account
     where kind = 'earned'
       and balance <> (select coalesce(sum(amount), 0) from posting join ledger_entry on id = entry_id
                        where account_id = ledger_account.id and kind in ('expense', 'redeem'))
                    + (select coalesce(sum(amount - fee), 0) from bill join job on job.id = bill.job_id
                        where bill.node_id = owner and paid_from = 'money')`
}

/** Everything that does not hold, by name, in one snapshot. */
export const audit = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`set transaction isolation level repeatable read`
  const found = yield* Effect.forEach(Object.entries(broken), ([what, query]) =>
    Effect.map(sql.unsafe(query), (rows) => rows.slice(0, 3).map((row) => `${what}: ${JSON.stringify(row)}`))
  )
  return found.flat()
})

export const audited = Effect.flatMap(SqlClient.SqlClient, (sql) => sql.withTransaction(audit))
