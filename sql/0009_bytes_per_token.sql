-- How many tokens an operator counts for how many bytes of a model, as sums over its jobs from which a line is drawn: a
-- node's own count is held against the lines of others. `operator` is the account of the node, or the node itself.
create table bytes_per_token (
  model text not null,
  kind text not null check (kind in ('prompt', 'tools', 'completion')),
  operator text not null,
  jobs bigint not null,
  bytes bigint not null,
  tokens bigint not null,
  bytes_squared bigint not null,
  bytes_tokens bigint not null,
  updated_at timestamptz not null,
  primary key (model, kind, operator)
);
create index bytes_per_token_updated on bytes_per_token (updated_at);
