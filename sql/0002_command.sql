-- Whose node it is (null: the administrator's), and whether its operator wants it to take no new jobs.
alter table node add column account_id text references account (id);
alter table node add column draining boolean not null default false;

-- What an operator asks of a node from afar. `expires_at` moves on with every word of the node on it.
-- `progress` is JSON text, read back whole and never queried.
create table command (
  id text primary key,
  node_id text not null references node (id),
  kind text not null check (kind in ('model_install', 'model_remove', 'drain', 'resume')),
  model text,
  file text,
  sha256 text,
  state text not null check (state in ('pending', 'running', 'completed', 'failed', 'cancelled', 'expired')),
  cancelled boolean not null default false,
  progress text,
  error text,
  error_message text,
  issued_by text not null references account (id),
  idempotency_key text,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  expires_at timestamptz not null
);
create index command_node on command (node_id, id desc);
create index command_expires on command (expires_at) where state in ('pending', 'running');
create unique index command_keyed on command (node_id, issued_by, idempotency_key) where idempotency_key is not null;

-- What is asked for again while it is under way is the same command, unless that is being stopped.
create unique index command_open on command (node_id, kind, coalesce(model, ''), coalesce(file, ''), coalesce(sha256, ''))
  where state in ('pending', 'running') and not cancelled;
