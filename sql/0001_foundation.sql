-- Accounts and the keys that act for them. Only a key's SHA-256 is kept.
create table account (
  id text primary key,
  name text not null,
  role text not null check (role in ('client', 'operator', 'admin')),
  created_at timestamptz not null
);

create table api_key (
  id text primary key,
  account_id text not null references account (id),
  name text not null,
  hash text not null unique,
  hint text not null,
  created_at timestamptz not null,
  revoked_at timestamptz
);

-- One row per node key; `state` is the newest heartbeat as JSON text, read back whole and never queried.
create table node (
  id text primary key,
  public_key text not null,
  name text not null,
  version text not null,
  banned boolean not null default false,
  registered_at timestamptz not null,
  last_heard_at timestamptz,
  left_at timestamptz,
  state text
);

-- The insert is the replay check, so it holds across restarts and replicas.
create table nonce (
  node_id text not null,
  nonce text not null,
  expires_at timestamptz not null,
  primary key (node_id, nonce)
);
create index nonce_expires_at on nonce (expires_at);

-- `fence` numbers the job's attempts: only the current one may finish it.
-- `log` holds the stream of an ended job for ten minutes, so that it can be resumed after a restart as well.
-- `request` and `result` are JSON text; the request is dropped when the job ends, as only a retry needs it.
create table job (
  id text primary key,
  account_id text not null references account (id),
  idempotency_key text,
  request_hash text not null,
  model text not null,
  request text,
  metadata text,
  pin text,
  timeout_seconds integer,
  status text not null check (status in ('pending', 'processing', 'completed', 'failed', 'cancelled')),
  fence integer not null default 0,
  node_id text,
  replica text not null,
  result text,
  log text,
  prompt_tokens integer,
  completion_tokens integer,
  cached_tokens integer,
  cost_micros bigint not null default 0,
  error text,
  error_message text,
  created_at timestamptz not null,
  first_token_at timestamptz,
  completed_at timestamptz,
  unique (account_id, idempotency_key)
);
create index job_account on job (account_id, id desc);
create index job_open on job (id) where status in ('pending', 'processing');
create index job_keyed on job (created_at) where idempotency_key is not null;
create index job_log on job (completed_at) where log is not null;
create index job_completed on job (completed_at) where status = 'completed';

-- One dispatch of a job to one node.
create table attempt (
  id text primary key,
  job_id text not null references job (id),
  fence integer not null,
  node_id text not null,
  outcome text,
  message text,
  prompt_tokens integer,
  completion_tokens integer,
  started_at timestamptz not null,
  first_token_at timestamptz,
  finished_at timestamptz,
  unique (job_id, fence)
);
