/**
 * Submissions as one statement, charged or not: a row, the attempt that goes out with it, and its hold.
 *
 * Of one account's jobs in one group each takes what those before it left. Accounts of the ledger are locked before they
 * are looked at, in the order of their ids, so that two replicas never spend the same money, nor wait for each other.
 */

const columns = `
  n int, id text, account_id text, key_id text, idempotency_key text, request_hash text, kind text, model text, request text,
  metadata text, pin text, timeout_seconds int, replica text, created_at timestamptz,
  attempt_id text, fence int, node_id text, started_at timestamptz`

const input = (more = "") => `input as (select * from json_to_recordset($1::json) as x(${columns}${more}))`

const written = `
  insert into job (id, account_id, key_id, idempotency_key, request_hash, kind, model, request, metadata, pin,
                   timeout_seconds, replica, created_at, status, fence, node_id`

const values = `
  select id, account_id, key_id, idempotency_key, request_hash, kind, model, request, metadata, pin, timeout_seconds,
         replica, created_at, case when attempt_id is null then 'pending' else 'processing' end, coalesce(fence, 0), node_id`

const dispatched = `
  dispatched as (
    insert into attempt (id, job_id, fence, node_id, started_at)
    select attempt_id, input.id, fence, node_id, started_at
      from input join written on written.id = input.id
     where attempt_id is not null
  )`

/** For groups in which nothing is charged. */
export const submitFree = `
  with ${input()}, written as (
    ${written}) ${values} from input order by account_id, idempotency_key
    on conflict do nothing
    returning id
  ), ${dispatched}
  select n, written.id is not null as stored, null as source, null as available
    from input left join written on written.id = input.id`

export const submitCharged = `
  with ${input(", hold bigint, input_price bigint, output_price bigint")}, locked as materialized (
    select id, balance from ledger_account
     where id = any (array(select distinct purse || ':' || account_id
                             from input, unnest(array['available', 'held', 'credit', 'credit_held']) as purse
                            where hold is not null))
     order by id
       for no key update
  ), asked as (
    -- What was there before takes nothing; whatever comes to be there meanwhile, the insert sees.
    select input.*,
           idempotency_key is not null and (
             row_number() over (partition by account_id, idempotency_key order by n) > 1
             or exists (select from job
                         where job.account_id = input.account_id and job.idempotency_key = input.idempotency_key)
           ) as repeated
      from input
  ), judged as (
    select n, credit, money, taken_holds(hold, credit, money) over (partition by account_id order by n) as taken
      from (select n, account_id, hold, coalesce(given.balance, 0) as credit, coalesce(bought.balance, 0) as money
              from asked
              left join locked as given on given.id = 'credit:' || account_id
              left join locked as bought on bought.id = 'available:' || account_id
             where not repeated and hold is not null) as candidates
  ), written as (
    ${written}, hold_micros, paid_from, input_micros_per_1k, output_micros_per_1k)
    ${values},
           coalesce(hold, 0), case taken[3] when 1 then 'credit' when 2 then 'money' end,
           coalesce(input_price, 0), coalesce(output_price, 0)
      from asked left join judged using (n)
     where not repeated and (hold is null or taken[3] > 0)
     order by account_id, idempotency_key
    on conflict do nothing
    returning id, account_id, created_at, hold_micros, paid_from
  ), ${dispatched}, held as (
    select nextval('ledger_entry_id_seq') as entry_id, written.* from written where hold_micros > 0
  ), entered as (
    insert into ledger_entry (id, kind, reference, job_id, at)
    select entry_id, 'hold', id, id, created_at from held
  ), posted as (
    insert into posting (entry_id, account_id, amount)
    select entry_id, kind || ':' || account_id, change * hold_micros
      from held
      join (values ('money', 'available', -1), ('money', 'held', 1), ('credit', 'credit', -1), ('credit', 'credit_held', 1))
           as side (source, kind, change) on side.source = paid_from
    returning account_id, amount
  ), moved as (
    update ledger_account set balance = balance + change.amount
      from (select account_id, sum(amount)::bigint as amount from posted group by account_id) as change
     where id = change.account_id
  )
  select n, written.id is not null as stored, written.paid_from as source,
         case when written.id is null and taken[3] = 0 then greatest(credit - taken[1], money - taken[2]) end as available
    from asked left join written using (id) left join judged using (n)`
