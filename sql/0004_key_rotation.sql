-- Since when the node has its current key; null: since it registered. A key is one node's and no other's.
alter table node add column key_since timestamptz;
create unique index node_public_key on node (public_key);

-- Keys that nodes have had. None of them ever becomes a node's key again; until `receipts_until` it may sign receipts
-- of what was pending at `retired_at`.
create table retired_key (
  public_key text primary key,
  node_id text not null references node (id),
  retired_at timestamptz not null,
  receipts_until timestamptz not null,
  check (receipts_until >= retired_at)
);
create index retired_key_node on retired_key (node_id, retired_at);
