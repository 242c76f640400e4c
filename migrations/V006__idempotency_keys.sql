-- What writes with an Idempotency-Key did, so that none happens twice (docs/writing.md). The server
-- keeps it as desk_worker, whom no token may name; the schema is closed to everybody else.

create schema if not exists kept;
grant usage on schema kept to desk_worker;

create table kept.idempotency_keys (
    caller text not null,
    key text not null,
    request text not null,
    outcome jsonb,
    body bytea,
    created_at timestamptz not null default now(),
    constraint idempotency_keys_pkey primary key (caller, key)
);
create index idempotency_keys_created_at_idx on kept.idempotency_keys (created_at);
comment on index kept.idempotency_keys_created_at_idx is 'Those that are too old, to clear them.';
