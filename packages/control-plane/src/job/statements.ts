/**
 * The statements behind `JobStoreSql`; those that move money are in files of their own.
 *
 * Each write takes any number of rows as one JSON parameter and answers by their numbers (`n`) what it wrote. Rows of
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

export const startAttempt = `
  with input as (
    select * from json_to_recordset($1::json) as x(
      n int, attempt_id text, job_id text, fence int, node_id text, started_at timestamptz)
  ), current as (
    update job set fence = input.fence, node_id = input.node_id, status = 'processing'
      from input
     where job.id = input.job_id and job.fence = input.fence - 1 and job.completed_at is null
    returning input.n
  ), dispatched as (
    insert into attempt (id, job_id, fence, node_id, started_at)
    select attempt_id, job_id, fence, node_id, started_at from input join current on current.n = input.n
  )
  select n from current`

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
