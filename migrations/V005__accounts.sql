-- Who may sign in. The schema is closed to every role that a token may name: the server reaches it
-- only through the functions of sql/functions/auth.*.sql, as desk_worker.

create schema auth;
grant usage on schema auth to desk_worker;

create table auth.accounts (
    id uuid primary key default gen_random_uuid(),
    email text not null,
    -- argon2id as a PHC string; NULL: nobody has set a password yet
    password_hash text,
    -- set by whoever changes the password: what was verified before it does not count after it
    password_set_at timestamptz,
    email_confirmed_at timestamptz,
    status text not null default 'pending',
    role text not null,
    -- No foreign keys: TRUNCATE … CASCADE of the clients or the team must not reach the accounts.
    -- A trigger unlinks them instead (auth.unlink_accounts).
    client_id integer,
    team_member_id integer,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    last_sign_in_at timestamptz,
    metadata jsonb not null default '{}',
    constraint accounts_email_key unique (email),
    constraint accounts_email_check check (
        email = lower(email)
        and email = btrim(email)
        and length(email) between 3 and 255
        and position('@' in email) > 1
    ),
    constraint accounts_password_hash_check check (password_hash like '$argon2id$%'),
    constraint accounts_status_check check (status in ('pending', 'active', 'disabled')),
    constraint accounts_role_check check (
        role in ('desk_client', 'desk_agent', 'desk_manager', 'desk_admin')
    ),
    -- exactly the link that the role asks for; only who is not active may be without
    constraint accounts_link_check check (
        case role
            when 'desk_client' then team_member_id is null and (client_id is not null or status <> 'active')
            else client_id is null and (team_member_id is not null or status <> 'active')
        end
    )
);
create index accounts_client_id_idx on auth.accounts (client_id) where client_id is not null;
comment on index auth.accounts_client_id_idx is 'Whose accounts lose their client when it goes.';
create unique index accounts_team_member_id_key on auth.accounts (team_member_id)
where team_member_id is not null;
comment on index auth.accounts_team_member_id_key is 'A team member has one account at most.';

-- From one sign-in to its end: all refresh tokens that follow from one another.
create table auth.sessions (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null references auth.accounts (id) on delete cascade,
    method text not null default 'password',
    created_at timestamptz not null default now(),
    refreshed_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    revoked_because text,
    constraint sessions_revoked_check check ((revoked_at is null) = (revoked_because is null))
);
create index sessions_account_id_idx on auth.sessions (account_id);
comment on index auth.sessions_account_id_idx is 'An account''s sessions, to revoke and to clear them; the foreign key.';

create table auth.refresh_tokens (
    -- SHA-256: the token itself is known to its holder alone
    token_hash bytea primary key,
    session_id uuid not null references auth.sessions (id) on delete cascade,
    created_at timestamptz not null default now(),
    used_at timestamptz,
    constraint refresh_tokens_token_hash_check check (length(token_hash) = 32)
);
create index refresh_tokens_session_id_idx on auth.refresh_tokens (session_id);
comment on index auth.refresh_tokens_session_id_idx is 'The tokens of a session; the foreign key.';

-- How much guessing an account or an address has left: one row for each that was tried lately. Each
-- attempt moves full_until on by its share of the window; who would move it beyond the window is
-- refused. Hashes instead of names: what people type into the field of an email may be a password.
create table auth.sign_in_limits (
    key_hash bytea primary key,
    full_until timestamptz not null
);
create index sign_in_limits_full_until_idx on auth.sign_in_limits (full_until);
comment on index auth.sign_in_limits_full_until_idx is 'Rows that limit nothing any more, to clear them.';
