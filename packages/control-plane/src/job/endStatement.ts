/**
 * Ends as one statement: job, attempt, bill and what follows from them for channels and balances.
 *
 * Locks are taken in one order, accounts of the ledger, channels, jobs, each by id: whatever is read of a channel is still
 * so when the bill is written. Balances that many endings change are written once a statement.
 */
export const end = `
  with input as (
    select * from json_to_recordset($1::json) as x(
      n int, attempt_id text, outcome text, message text, job_id text, fence int,
      prompt_tokens int, completion_tokens int, cached_tokens int, first_token_at timestamptz, at timestamptz,
      status text, result text, log text, error text, error_message text,
      bill_id text, channel_id text, amount bigint, usage text, usage_hash text, basis text)
  ), paid as (
    -- Of each job what never changes.
    select account_id, paid_from, channel.node_id
      from input join job on job.id = job_id left join channel on channel.id = channel_id
     where paid_from is not null and (input.status is not null or bill_id is not null)
  ), locked as materialized (
    select id from ledger_account
     where id in (select kind || ':' || account_id
                    from paid
                    join (values ('money', 'available'), ('money', 'held'), ('credit', 'credit'), ('credit', 'credit_held'))
                         as side (source, kind) on side.source = paid_from
                  union all
                  select case paid_from when 'money' then 'earned:' else 'credit_earned:' end || node_id from paid
                  union all
                  select 'fee' from paid where node_id is not null)
     order by id
       for no key update
  ), numbered as materialized (
    select id, node_id, seq, cumulative, fee_bps from channel
     where id in (select channel_id from input) and (select count(*) from locked) >= 0
     order by id
       for no key update
  ), ended as (
    update job
       set status = coalesce(input.status, job.status),
           result = input.result,
           log = input.log,
           prompt_tokens = input.prompt_tokens,
           completion_tokens = input.completion_tokens,
           cached_tokens = input.cached_tokens,
           cost_micros = job.cost_micros + coalesce(input.amount, 0),
           error = input.error,
           error_message = input.error_message,
           first_token_at = coalesce(job.first_token_at, input.first_token_at),
           completed_at = case when input.status is null then null else input.at end,
           request = case when input.status is null then job.request end
      from input
     where job.id = input.job_id and job.fence = input.fence and job.status in ('pending', 'processing')
       and job.cost_micros + coalesce(input.amount, 0) <= job.hold_micros
       and (select count(*) from numbered) >= 0
    returning input.n, job.account_id, job.paid_from, job.hold_micros - job.cost_micros as rest
  ), attempted as (
    update attempt
       set outcome = input.outcome,
           message = input.message,
           prompt_tokens = input.prompt_tokens,
           completion_tokens = input.completion_tokens,
           first_token_at = input.first_token_at,
           finished_at = input.at
      from input join ended on ended.n = input.n
     where attempt.id = input.attempt_id
  ), summed as (
    select input.*, ended.account_id, ended.paid_from, numbered.node_id, numbered.fee_bps,
           numbered.seq + row_number() over bills as seq,
           numbered.cumulative + (sum(amount) over bills)::bigint as cumulative
      from ended join input using (n) left join numbered on numbered.id = channel_id
     where bill_id is not null
    window bills as (partition by channel_id order by n)
  ), owed as (
    select summed.*, cumulative * fee_bps / 10000 - (cumulative - amount) * fee_bps / 10000 as fee from summed
  ), billed as (
    insert into bill (id, attempt_id, job_id, account_id, node_id, channel_id, seq, cumulative, amount, fee,
                      usage, usage_hash, basis, created_at)
    select bill_id, attempt_id, job_id, account_id, node_id, channel_id, seq, cumulative, amount, fee,
           usage, usage_hash, basis, at
      from owed
  ), counted as (
    update channel set seq = channel.seq + sums.bills, cumulative = channel.cumulative + sums.amount
      from (select channel_id, count(*) as bills, sum(amount)::bigint as amount from owed group by channel_id) as sums
     where channel.id = sums.channel_id
  ), entered as (
    insert into ledger_entry (kind, reference, job_id, at)
    select 'settle', attempt_id, job_id, at from owed where amount > 0
     union all
    select 'release', job_id, job_id, at from ended join input using (n) where status is not null and rest > 0
    returning id, kind, reference
  ), moves as (
    select entered.id as entry_id, move.kind, move.owner, move.amount
      from entered join owed on entered.kind = 'settle' and entered.reference = attempt_id,
           lateral (values (case paid_from when 'money' then 'held' else 'credit_held' end, account_id, -owed.amount),
                           (case paid_from when 'money' then 'earned' else 'credit_earned' end, node_id, owed.amount - fee),
                           ('fee', null, fee)) as move (kind, owner, amount)
     where move.amount <> 0
     union all
    select entered.id, move.kind, account_id, move.amount
      from entered join (select ended.*, job_id from ended join input using (n)) as given
                     on entered.kind = 'release' and entered.reference = job_id,
           lateral (values (case paid_from when 'money' then 'held' else 'credit_held' end, -rest),
                           (case paid_from when 'money' then 'available' else 'credit' end, rest)) as move (kind, amount)
  ), posted as (
    insert into posting (entry_id, account_id, amount)
    select entry_id, concat_ws(':', kind, owner), amount from moves
  ), changes as (
    select kind, owner, concat_ws(':', kind, owner) as id, sum(amount)::bigint as amount from moves group by kind, owner
  ), taken as (
    update ledger_account set balance = balance + changes.amount
      from changes
     where ledger_account.id = changes.id and changes.kind not in ('earned', 'credit_earned', 'fee')
  ), given as (
    -- A node's first earnings make its account.
    insert into ledger_account as earned (id, kind, owner, balance)
    select id, kind, owner, amount from changes where kind in ('earned', 'credit_earned', 'fee') order by id
    on conflict (id) do update set balance = earned.balance + excluded.balance
  )
  select input.n, ended.n is not null as written, job.id is not null as over
    from input
    left join ended on ended.n = input.n
    left join job on ended.n is null and job.id = input.job_id and job.fence = input.fence
                 and job.status in ('pending', 'processing') and job.cost_micros + input.amount > job.hold_micros`
