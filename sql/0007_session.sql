-- Sessions of people's browsers. Of cookies, tokens, codes and nonces only the SHA-256 is kept.
create table session (
  id text primary key,
  hash text not null unique,
  account_id text not null references account (id),
  signed_in_by text not null check (signed_in_by in ('wallet', 'link')),
  browser text not null,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null
);
create index session_account on session (account_id, id desc);
create index session_expires_at on session (expires_at);

-- What acts for a session, for minutes.
create table session_token (
  hash text primary key,
  session_id text not null references session (id) on delete cascade,
  expires_at timestamptz not null
);
create index session_token_session on session_token (session_id);
create index session_token_expires_at on session_token (expires_at);

-- What somebody may sign in with, once: the nonce of a message for a wallet, or, where there is an account, a link to it.
-- Whoever deletes the row has used it.
create table sign_in (
  hash text primary key,
  account_id text references account (id),
  expires_at timestamptz not null
);
create index sign_in_expires_at on sign_in (expires_at);

-- Wallets that sign in to an account, by address in lower case.
create table wallet (
  address text primary key,
  account_id text not null references account (id),
  created_at timestamptz not null
);
create index wallet_account on wallet (account_id);
