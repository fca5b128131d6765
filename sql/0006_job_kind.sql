-- What a job asks for. The vectors of embeddings are in `log` alone: it is kept there while `idempotency_key` is.
alter table job add column kind text not null default 'chat' check (kind in ('chat', 'completion', 'embedding'));
