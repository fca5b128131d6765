-- What the gateway of a replica has sent and does not know to be done: looked for before it sends anything else. `sent` is
-- JSON text.
create table gateway_sent (
  replica text not null,
  payer text not null,
  nonce bigint not null,
  sent text not null,
  at timestamptz not null,
  primary key (replica, payer, nonce)
);

-- Up to which block the escrow's log is booked, a replica and escrow.
create table gateway_cursor (
  replica text not null,
  chain_id bigint not null,
  contract text not null,
  block bigint not null,
  primary key (replica, chain_id, contract)
);
