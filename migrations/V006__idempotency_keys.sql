-- What writes with an Idempotency-Key did. The server keeps it as desk_worker; no caller has a right here.

create table ops.idempotency_keys (
    caller text,
    key text,
    request text not null,
    outcome jsonb,
    body bytea,
    created_at timestamptz not null default now(),
    constraint idempotency_keys_pkey primary key (caller, key)
);

create index idempotency_keys_created_at_idx on ops.idempotency_keys (created_at);

grant usage on schema ops to desk_worker;
grant select, insert, update, delete on ops.idempotency_keys to desk_worker;

comment on table ops.idempotency_keys is
'What writes with an Idempotency-Key did, for a day: a write that is sent twice happens once.';
comment on column ops.idempotency_keys.caller is 'SHA-256 of role and claims.';
comment on column ops.idempotency_keys.key is 'As the client made it.';
comment on column ops.idempotency_keys.request is 'SHA-256 of what was asked.';
comment on column ops.idempotency_keys.outcome is 'What the statement said beside the body.';
comment on column ops.idempotency_keys.body is 'The body of the answer.';
comment on column ops.idempotency_keys.created_at is 'When it was first sent.';
