-- Links that are mailed, to set a password or to accept an invitation; and the mails themselves.

-- A link works once, for a while, for one purpose. What is mailed is known to its recipient alone: this is its SHA-256.
create table auth.one_time_tokens (
    token_hash bytea primary key,
    account_id uuid not null references auth.accounts (id) on delete cascade,
    kind text not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    constraint one_time_tokens_token_hash_check check (length(token_hash) = 32),
    constraint one_time_tokens_kind_check check (kind in ('recovery', 'invite'))
);
create index one_time_tokens_account_id_idx on auth.one_time_tokens (account_id);
comment on index auth.one_time_tokens_account_id_idx is 'An account''s links, which end with its password; the foreign key.';
create index one_time_tokens_expires_at_idx on auth.one_time_tokens (expires_at);
comment on index auth.one_time_tokens_expires_at_idx is 'Links that have run off, to clear them.';

-- One row is one mail, until it is sent and a while after. The body goes once it was: it may hold a link that opens an
-- account.
create table ops.outbox (
    id bigint generated always as identity primary key,
    created_at timestamptz not null default now(),
    -- whose mail it is: it goes with the account
    account_id uuid references auth.accounts (id) on delete cascade,
    recipient text not null,
    subject text not null,
    body text,
    -- when the next attempt to send it may begin
    due_at timestamptz not null default now(),
    attempts integer not null default 0,
    sent_at timestamptz,
    -- what became of the last attempt, where it failed
    failure text,
    constraint outbox_body_check check ((body is null) = (sent_at is not null))
);
create index outbox_due_at_idx on ops.outbox (due_at) where sent_at is null;
comment on index ops.outbox_due_at_idx is 'What is to be sent, the oldest first.';
create index outbox_account_id_idx on ops.outbox (account_id);
comment on index ops.outbox_account_id_idx is 'An account''s mails, which go with it; the foreign key.';
create index outbox_created_at_idx on ops.outbox (created_at);
comment on index ops.outbox_created_at_idx is 'Old mails, to clear them.';
