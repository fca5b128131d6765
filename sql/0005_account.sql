-- How much an account and a key may ask for: null as much as is usual here, 0 without limit. `changed` is the change that
-- the row was last touched by, as `key_change` counts them.
alter table account
  add column requests_per_minute integer check (requests_per_minute >= 0),
  add column requests_per_hour integer check (requests_per_hour >= 0),
  add column tokens_per_minute integer check (tokens_per_minute >= 0),
  add column concurrency integer check (concurrency >= 0),
  add column changed bigint not null default 0;
create index account_changed on account (changed) where changed > 0;

-- `models` is JSON text, read back whole and never queried; null: all.
alter table api_key
  add column requests_per_minute integer check (requests_per_minute >= 0),
  add column requests_per_hour integer check (requests_per_hour >= 0),
  add column tokens_per_minute integer check (tokens_per_minute >= 0),
  add column concurrency integer check (concurrency >= 0),
  add column models text,
  add column expires_at timestamptz,
  add column last_used_at timestamptz,
  add column changed bigint not null default 0;
create index api_key_account on api_key (account_id, id desc);
create index api_key_changed on api_key (changed) where changed > 0;

-- Counts what changed what keys may do. Who changes a key holds this row until it has committed, so that no lower number
-- ever comes to light after a higher one: whoever remembers keys reads on from the last number that it saw.
create table key_change (
  one boolean primary key default true check (one),
  version bigint not null
);
insert into key_change (version) values (0);

-- The key of a machine's own person, who shares it with nobody.
update api_key set requests_per_minute = 0, requests_per_hour = 0 where name = 'local client';

-- The key that submitted the job. Keys are never deleted.
alter table job add column key_id text;
