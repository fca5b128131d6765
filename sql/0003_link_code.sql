-- One-time codes by which machines join an account. Only a code's SHA-256 is kept; a used one stays, so that the node
-- that used it may bring it again.
create table link_code (
  hash text primary key,
  account_id text not null references account (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  used_by text,
  check ((used_at is null) = (used_by is null))
);
create index link_code_unused on link_code (account_id) where used_at is null;

-- Where nodes need an administrator's word, none of them gets jobs before it. Those of before have it.
alter table node add column approved boolean not null default true;
