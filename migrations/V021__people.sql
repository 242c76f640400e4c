-- What those who run the desk see and decide of accounts, what people see of their sessions, and mails whose link is made when
-- they are sent.

-- An account as the functions of the API show it: no hash, no token.
create type public.account as (
    id uuid,
    email text,
    name text,
    status text,
    role text,
    client_id integer,
    client_name text,
    team_member_id integer,
    created_at timestamptz,
    email_confirmed_at timestamptz,
    has_password boolean,
    last_sign_in_at timestamptz,
    open_sessions integer
);
comment on type public.account is
'Who may sign in, as whom. status: pending, active or disabled; role: client, agent, manager or admin.';
comment on column public.account.id is 'The account: sub in its tokens, created_by in what it writes.';
comment on column public.account.email is 'The address that it signs in with.';
comment on column public.account.name is 'Of the team member, or of the contact; else what whoever signed up calls themselves.';
comment on column public.account.status is 'pending: waits to be linked to a client or a team member, and signs in nowhere. disabled: kept out.';
comment on column public.account.role is 'client, agent, manager or admin.';
comment on column public.account.client_id is 'For whom a client''s account acts.';
comment on column public.account.client_name is 'The name of that client.';
comment on column public.account.team_member_id is 'Who an account of the staff is.';
comment on column public.account.created_at is 'Since when there is the account.';
comment on column public.account.email_confirmed_at is 'When its holder was seen to read mails at the address.';
comment on column public.account.has_password is 'Whether somebody has set a password yet.';
comment on column public.account.last_sign_in_at is 'When somebody last signed in with it.';
comment on column public.account.open_sessions is 'On how many devices it is signed in now.';

-- From where somebody signed in, for them to recognise it.
alter table auth.sessions
    add column address text,
    add column user_agent text;

-- Who signed up for themselves and never followed the link is cleared away.
create index accounts_unconfirmed_idx on auth.accounts (created_at)
where status = 'pending' and email_confirmed_at is null;
comment on index auth.accounts_unconfirmed_idx is 'Accounts of addresses that nobody confirmed, to clear them.';

-- A mail without a body has a link that is made when it is sent: its life begins then, and until then nobody can read it.
alter table ops.outbox
    add column kind text,
    drop constraint outbox_body_check,
    add constraint outbox_body_check check (
        case when sent_at is null then (body is null) = (kind is not null) else body is null end
    ),
    add constraint outbox_kind_check check (kind in ('invite', 'approval'));
