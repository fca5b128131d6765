-- Money is in micro-USDC, in `bigint`.

-- What a job may cost and is paid from. `hold_micros` is taken at the submission; what it did not cost is given back at the
-- job's end. `paid_from` is null where nothing is charged. The prices are the highest that a node for it may have, for
-- 1,000 tokens.
alter table job
  add column hold_micros bigint not null default 0 check (hold_micros >= 0),
  add column paid_from text check (paid_from in ('money', 'credit')),
  add column input_micros_per_1k bigint not null default 0 check (input_micros_per_1k >= 0),
  add column output_micros_per_1k bigint not null default 0 check (output_micros_per_1k >= 0),
  add check (paid_from is not null or hold_micros = 0),
  add check (cost_micros between 0 and hold_micros);

-- Who has and owes what. Of a customer: `available` and `held` (bought), `credit` and `credit_held` (given). Of a node:
-- `earned` and `credit_earned` (the second can never be redeemed), in `owner` the node. Of the platform, with no owner:
-- `fee`, `expense` (failover prefill, hedge losers, canaries), `promotion` (where credit comes from), `gateway` (its
-- wallet on chain), `escrow` (what that has deposited), `outside` (where deposits come from). What is owed to others is
-- positive, and where the money for it is, negative.
--
-- Whoever locks several rows does so in one order, so that no two wait for each other: accounts of the ledger by id,
-- channels by id, then jobs and bills.
create table ledger_account (
  id text primary key,
  kind text not null,
  owner text,
  balance bigint not null default 0,
  check (id = kind || coalesce(':' || owner, '')),
  check ((owner is null) = (kind in ('fee', 'expense', 'promotion', 'gateway', 'escrow', 'outside'))),
  check (kind in ('available', 'held', 'credit', 'credit_held', 'earned', 'credit_earned',
                  'fee', 'expense', 'promotion', 'gateway', 'escrow', 'outside')),
  -- What is somebody's is never less than nothing; the sources are.
  check (balance >= 0 or kind in ('expense', 'promotion', 'gateway', 'escrow', 'outside'))
) with (fillfactor = 50); -- Room for the next balance beside the last: a busy node's changes many times a second.
insert into ledger_account (id, kind)
select kind, kind from unnest(array['fee', 'expense', 'promotion', 'gateway', 'escrow', 'outside']) as kind;
create index ledger_account_owner on ledger_account (owner) where owner is not null;

-- Why money moved. `reference` is what caused it, once: a job's hold, an attempt's settlement, a deposit.
create table ledger_entry (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('hold', 'settle', 'release', 'deposit', 'withdraw', 'credit', 'expense', 'redeem', 'correct')),
  reference text not null,
  job_id text references job (id),
  note text,
  at timestamptz not null,
  unique (kind, reference)
);
create index ledger_entry_job on ledger_entry (job_id) where job_id is not null;

-- What it moved: an account's balance is the sum of its postings.
create table posting (
  entry_id bigint not null references ledger_entry (id),
  account_id text not null references ledger_account (id),
  amount bigint not null check (amount <> 0),
  primary key (entry_id, account_id)
);
create index posting_account on posting (account_id, entry_id desc);

-- What the jobs of one account take in their order, each from credit if that covers it whole, else from money, else from
-- neither: what was taken from credit and from money so far, and 1, 2 or 0 for the last of them.
create function take_hold(taken bigint[], hold bigint, credit bigint, money bigint) returns bigint[]
language sql immutable as $$
  select case
    when credit - taken[1] >= hold then array[taken[1] + hold, taken[2], 1]
    when money - taken[2] >= hold then array[taken[1], taken[2] + hold, 2]
    else array[taken[1], taken[2], 0]
  end
$$;
create aggregate taken_holds(bigint, bigint, bigint) (sfunc = take_hold, stype = bigint[], initcond = '{0,0,0}');

create function posting_sums_to_zero() returns trigger language plpgsql as $$
declare
  bad bigint;
begin
  select entry_id into bad from new_posting group by entry_id having sum(amount) <> 0 limit 1;
  if bad is not null then
    raise exception 'the postings of ledger entry % do not sum to zero', bad using errcode = 'check_violation';
  end if;
  return null;
end $$;
create trigger posting_zero_sum after insert on posting
  referencing new table as new_posting for each statement execute function posting_sums_to_zero();

create function is_append_only() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger posting_append_only before update or delete or truncate on posting
  for each statement execute function is_append_only();
create trigger ledger_entry_append_only before update or delete or truncate on ledger_entry
  for each statement execute function is_append_only();

-- One-way payment channels to nodes. `id` is the EIP-712 digest of `terms` (JSON text). `seq` and `cumulative` are of the
-- newest bill; `ceiling` is the most that the payer's signature `voucher` allows; `reserved` is on chain, by the last look.
create table channel (
  id text primary key,
  node_id text not null references node (id),
  replica text not null,
  chain_id bigint not null,
  contract text not null,
  terms text not null,
  fee_bps integer not null check (fee_bps between 0 and 3000),
  state text not null default 'current' check (state in ('current', 'closing', 'closed')),
  seq bigint not null default 0,
  cumulative bigint not null default 0 check (cumulative >= 0),
  ceiling bigint not null default 0 check (ceiling >= 0),
  voucher text,
  reserved bigint not null default 0 check (reserved >= 0),
  redeemed bigint not null default 0 check (redeemed >= 0),
  created_at timestamptz not null,
  opened_at timestamptz
);
create unique index channel_current on channel (node_id, replica, chain_id) where state = 'current';

-- One billed attempt. `usage` and `basis` are JSON text, read back whole. With both signatures it is a receipt.
create table bill (
  id text primary key,
  attempt_id text not null unique references attempt (id),
  job_id text not null references job (id),
  account_id text not null references account (id),
  node_id text not null references node (id),
  channel_id text not null references channel (id),
  seq bigint not null,
  cumulative bigint not null check (cumulative >= 0),
  amount bigint not null check (amount >= 0),
  fee bigint not null check (fee >= 0),
  usage text not null,
  usage_hash text not null,
  basis text not null,
  state text not null default 'offered' check (state in ('offered', 'signed', 'disputed')),
  dispute text,
  node_key text,
  node_signature text,
  plane_key text,
  plane_signature text,
  created_at timestamptz not null,
  answered_at timestamptz,
  redeemed_at timestamptz,
  tx_hash text,
  unique (channel_id, seq),
  check ((state = 'disputed') = (dispute is not null)),
  check ((state = 'signed') = (plane_signature is not null))
);
create index bill_offered on bill (node_id, channel_id, seq) where state = 'offered';
create index bill_job on bill (job_id);
create index bill_account on bill (account_id, id desc);
create index bill_node on bill (node_id, id desc);

-- How much a key and an account may spend on a day of UTC: null as much as is usual here, 0 without limit.
alter table account add column micros_per_day bigint check (micros_per_day >= 0);
alter table api_key add column micros_per_day bigint check (micros_per_day >= 0);

-- What a key or an account that has such a limit spent: what the day's jobs cost, and what is held for those that are open.
create table day_spending (
  owner text not null,
  day date not null,
  micros bigint not null,
  primary key (owner, day)
);

-- Takes a job's hold from what its account and its key may spend on a day, from both or from neither, and answers whose
-- limit is in the way, if one is. Limits that are null are none. Who has one for the first time that day begins with the
-- jobs that the day has seen; their ids begin with `since`. Always the account before its key, so that no two wait for
-- each other.
create function take_of_day(of_account text, of_key text, on_day date, since text, hold bigint, account_limit bigint, key_limit bigint)
returns table (whose text, spent bigint) language plpgsql as $$
declare
  one record;
begin
  for one in
    select * from (values (1, of_account, account_limit), (2, of_key, key_limit)) as limited (place, owner, most)
     where most is not null order by place
  loop
    if not exists (select from day_spending d where d.owner = one.owner and d.day = on_day) then
      insert into day_spending (owner, day, micros)
      select one.owner, on_day, coalesce(sum(case when completed_at is null then hold_micros else cost_micros end), 0)
        from job
       where account_id = of_account and id >= since and (one.place = 1 or key_id = of_key)
      on conflict do nothing;
      delete from day_spending d where d.owner = one.owner and d.day < on_day - 31;
    end if;
    update day_spending d set micros = d.micros + hold
     where d.owner = one.owner and d.day = on_day and d.micros + hold <= one.most;
    if not found then
      if one.place = 2 and account_limit is not null then
        update day_spending d set micros = d.micros - hold where d.owner = of_account and d.day = on_day;
      end if;
      return query select one.owner, d.micros from day_spending d where d.owner = one.owner and d.day = on_day;
      return;
    end if;
  end loop;
end $$;

-- What a job did not cost is its owners' to spend again.
create function gives_back_of_day() returns trigger language plpgsql as $$
declare
  on_day date := (new.created_at at time zone 'UTC')::date;
begin
  update day_spending set micros = micros - (old.hold_micros - new.cost_micros) where owner = new.account_id and day = on_day;
  update day_spending set micros = micros - (old.hold_micros - new.cost_micros) where owner = new.key_id and day = on_day;
  return null;
end $$;
create trigger job_gives_back_of_day after update on job for each row
  when (old.completed_at is null and new.completed_at is not null and old.hold_micros > 0)
  execute function gives_back_of_day();
