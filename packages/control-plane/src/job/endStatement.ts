/**
 * Ends as one statement: job, attempt, bill and what follows from them for channels and balances.
 *
 * Locks are taken in one order, accounts of the ledger, channels, jobs, each by id: whatever is read of a channel is still
 * so when the bill is written. A job is open until it has been completed: by that it is found by its id, where its status
 * would lead over the index of open jobs, which holds those that ended a while ago as well. Balances that many endings change are written once a statement.
 *
 * An attempt has one bill. Where its job goes on, an ending that comes again, as its first answer was lost, finds the bill
 * there: it is written, and nothing is done twice.
 */
export const end = `
  with input as (
    select x.*, bill_id is not null and exists (select from bill where bill.attempt_id = x.attempt_id) as is_billed
      from json_to_recordset($1::json) as x(
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
     where id = any (array(
             select kind || ':' || account_id
               from paid
               join (values ('money', 'available'), ('money', 'held'), ('credit', 'credit'), ('credit', 'credit_held'))
                    as side (source, kind) on side.source = paid_from
              union
             select case paid_from when 'money' then 'earned:' else 'credit_earned:' end || node_id from paid
              union
             select 'fee' from paid where node_id is not null))
     order by id
       for no key update
  ), numbered as materialized (
    select id, node_id, seq, cumulative, fee_bps from channel
     where id = any (array(select distinct channel_id from input)) and (select count(*) from locked) >= 0
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
     where job.id = input.job_id and job.fence = input.fence and job.completed_at is null and not is_billed
       and job.cost_micros + coalesce(input.amount, 0) <= job.hold_micros
       and (select count(*) from numbered) >= 0
    returning input.*, job.account_id, job.key_id, job.created_at, job.paid_from, job.hold_micros - job.cost_micros as rest
  ), attempted as (
    update attempt
       set outcome = ended.outcome,
           message = ended.message,
           prompt_tokens = ended.prompt_tokens,
           completion_tokens = ended.completion_tokens,
           first_token_at = ended.first_token_at,
           finished_at = ended.at
      from ended
     where attempt.id = ended.attempt_id
  ), summed as (
    select ended.*, numbered.node_id, numbered.fee_bps,
           numbered.seq + row_number() over bills as seq,
           numbered.cumulative + (sum(amount) over bills)::bigint as cumulative
      from ended left join numbered on numbered.id = channel_id
     where bill_id is not null
    window bills as (partition by channel_id order by n)
  ), owed as (
    select summed.*, cumulative * fee_bps / 10000 - (cumulative - amount) * fee_bps / 10000 as fee,
           case when amount > 0 then nextval('ledger_entry_id_seq') end as entry_id
      from summed
  ), given as (
    select ended.*, nextval('ledger_entry_id_seq') as entry_id from ended where status is not null and rest > 0
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
    insert into ledger_entry (id, kind, reference, job_id, at)
    select entry_id, 'settle', attempt_id, job_id, at from owed where entry_id is not null
     union all
    select entry_id, 'release', job_id, job_id, at from given
  ), moves as (
    select entry_id, move.kind, move.owner, move.amount
      from owed,
           lateral (values (case paid_from when 'money' then 'held' else 'credit_held' end, account_id, -owed.amount),
                           (case paid_from when 'money' then 'earned' else 'credit_earned' end, node_id, owed.amount - fee),
                           ('fee', null, fee)) as move (kind, owner, amount)
     where move.amount <> 0
     union all
    select entry_id, move.kind, account_id, move.amount
      from given,
           lateral (values (case paid_from when 'money' then 'held' else 'credit_held' end, -rest),
                           (case paid_from when 'money' then 'available' else 'credit' end, rest)) as move (kind, amount)
  ), posted as (
    insert into posting (entry_id, account_id, amount)
    select entry_id, concat_ws(':', kind, owner), amount from moves
  ), changes as (
    select kind, owner, concat_ws(':', kind, owner) as id, sum(amount)::bigint as amount from moves group by kind, owner
  ), unspent as (
    -- What it did not cost is its owners' to spend again that day.
    update day_spending set micros = micros - back.amount
      from (select owner, (created_at at time zone 'UTC')::date as on_day, sum(rest)::bigint as amount
              from given, unnest(array[account_id, key_id]) as owner group by 1, 2) as back
     where day_spending.owner = back.owner and day = on_day
  ), taken as (
    update ledger_account set balance = balance + changes.amount
      from changes
     where ledger_account.id = changes.id and changes.kind not in ('earned', 'credit_earned', 'fee')
  ), earned as (
    -- A node's first earnings make its account.
    insert into ledger_account as before (id, kind, owner, balance)
    select id, kind, owner, amount from changes where kind in ('earned', 'credit_earned', 'fee') order by id
    on conflict (id) do update set balance = before.balance + excluded.balance
  )
  select input.n, ended.n is not null or (input.is_billed and input.status is null) as written,
         case when ended.n is null and input.amount > 0 and not input.is_billed
              then exists (select from job
                            where job.id = input.job_id and job.fence = input.fence
                              and job.completed_at is null
                              and job.cost_micros + input.amount > job.hold_micros)
              else false end as over
    from input left join ended on ended.n = input.n`
