/**
 * The statements behind `JobStoreSql`.
 *
 * Each write takes any number of rows as one JSON parameter and answers the numbers (`n`) of the rows it wrote. Rows of
 * one job in one group compete like rows of two groups: `returning input.n` names the one row that was used.
 */

export const jobColumns = `
  id, account_id, request_hash, kind, model, metadata, status, node_id, result, cost_micros,
  hold_micros, paid_from, input_micros_per_1k, output_micros_per_1k,
  prompt_tokens, completion_tokens, cached_tokens, error, error_message, created_at, first_token_at, completed_at,
  (select coalesce(json_agg(json_build_object(
            'id', a.id, 'nodeId', a.node_id, 'outcome', a.outcome, 'startedAt', a.started_at, 'finishedAt', a.finished_at,
            'promptTokens', a.prompt_tokens, 'completionTokens', a.completion_tokens) order by a.fence), '[]')
     from attempt a where a.job_id = job.id) as attempts`

export const submit = `
  with input as (
    select * from json_to_recordset($1::json) as x(
      n int, id text, account_id text, key_id text, idempotency_key text, request_hash text, kind text, model text, request text,
      metadata text, pin text, timeout_seconds int, replica text, created_at timestamptz,
      attempt_id text, fence int, node_id text, started_at timestamptz)
  ), written as (
    insert into job (id, account_id, key_id, idempotency_key, request_hash, kind, model, request, metadata, pin, timeout_seconds, replica, created_at,
                     status, fence, node_id)
    select id, account_id, key_id, idempotency_key, request_hash, kind, model, request, metadata, pin, timeout_seconds, replica, created_at,
           case when attempt_id is null then 'pending' else 'processing' end, coalesce(fence, 0), node_id
      from input
    on conflict do nothing
    returning id
  ), dispatched as (
    insert into attempt (id, job_id, fence, node_id, started_at)
    select attempt_id, input.id, fence, node_id, started_at
      from input join written on written.id = input.id
     where attempt_id is not null
  )
  select n from input join written on written.id = input.id`

export const startAttempt = `
  with input as (
    select * from json_to_recordset($1::json) as x(
      n int, attempt_id text, job_id text, fence int, node_id text, started_at timestamptz)
  ), current as (
    update job set fence = input.fence, node_id = input.node_id, status = 'processing'
      from input
     where job.id = input.job_id and job.fence = input.fence - 1 and job.status in ('pending', 'processing')
    returning input.n
  ), dispatched as (
    insert into attempt (id, job_id, fence, node_id, started_at)
    select attempt_id, job_id, fence, node_id, started_at from input join current on current.n = input.n
  )
  select n from current`

export const end = `
  with input as (
    select * from json_to_recordset($1::json) as x(
      n int, attempt_id text, outcome text, message text, job_id text, fence int,
      prompt_tokens int, completion_tokens int, cached_tokens int, first_token_at timestamptz, at timestamptz,
      status text, result text, log text, error text, error_message text)
  ), ended as (
    update job
       set status = coalesce(input.status, job.status),
           result = input.result,
           log = input.log,
           prompt_tokens = input.prompt_tokens,
           completion_tokens = input.completion_tokens,
           cached_tokens = input.cached_tokens,
           error = input.error,
           error_message = input.error_message,
           first_token_at = coalesce(job.first_token_at, input.first_token_at),
           completed_at = case when input.status is null then null else input.at end,
           request = case when input.status is null then job.request end
      from input
     where job.id = input.job_id and job.fence = input.fence and job.status in ('pending', 'processing')
    returning input.n
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
  )
  select n from ended`

export const forgetKeys = `update job set idempotency_key = null where idempotency_key is not null and created_at < $1`

export const forgetLogs = `
  update job set log = null
   where log is not null and completed_at < $1 and (kind <> 'embedding' or idempotency_key is null)`

export const open = `
  select job.id, job.account_id, job.model, job.key_id, job.idempotency_key, job.request_hash, job.request, job.metadata, job.pin, job.timeout_seconds, job.fence,
         job.hold_micros, job.paid_from, job.input_micros_per_1k, job.output_micros_per_1k, job.cost_micros,
         job.created_at, a.id as attempt_id, a.node_id as attempt_node_id, a.started_at as attempt_started_at
    from job left join attempt a on a.job_id = job.id and a.fence = job.fence and a.outcome is null
   where job.status in ('pending', 'processing') and job.replica = $1
   order by job.id`

export const speeds = `
  select job.model,
         (sum(a.completion_tokens) filter (where a.finished_at > a.first_token_at and a.completion_tokens > 1)
           / nullif(sum(extract(epoch from a.finished_at - a.first_token_at))
               filter (where a.finished_at > a.first_token_at and a.completion_tokens > 1), 0))::float8 as tokens_per_second,
         (percentile_cont(0.5) within group (order by extract(epoch from job.first_token_at - job.created_at)) * 1000)::float8
           as first_token_millis
    from job join attempt a on a.job_id = job.id and a.outcome = 'done'
   where job.status = 'completed' and job.completed_at > now() - interval '1 hour'
   group by job.model`

export const counts = `
  select count(*) filter (where status = 'completed')::float8 as completed,
         count(*) filter (where status = 'failed')::float8 as failed,
         count(*) filter (where status in ('pending', 'processing'))::float8 as pending
    from job`
