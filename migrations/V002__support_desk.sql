-- What a support desk needs beside the original seven tables. Added columns are nullable or have a
-- default, so that inserts written for the original schema keep working; enumerations are text with
-- a check or a foreign key, because an enum type refuses inserts from text variables.

set local client_min_messages = warning;

create schema if not exists analytics;
create schema if not exists claims;
create schema if not exists filter;
grant usage on schema claims to desk_anon, desk_client, desk_internal, desk_service;
grant usage on schema filter to desk_anon, desk_client, desk_internal, desk_service;
grant usage on schema analytics to desk_internal, desk_service;

-- Settings of the database half, changed by an admin with plain SQL.
create table ops.settings (
    name text primary key,
    value text not null,
    updated_at timestamptz not null default now(),
    constraint settings_agent_visibility_check check (
        name <> 'agent_visibility' or value in ('all', 'queue', 'team')
    )
);
insert into ops.settings (name, value) values ('agent_visibility', 'all');

-- What must outlive the row it is about. Nothing of the row's own text stands here: an erasure leaves
-- who, when and which, not what. No foreign keys: a TRUNCATE of the desk must not reach it.
create table ops.audit (
    id bigint generated always as identity primary key,
    happened_at timestamptz not null default now(),
    action text not null,
    relation text not null,
    row_id bigint not null,
    details jsonb not null default '{}',
    role text not null,
    account_id uuid,
    team_member_id integer
);

create table public.ticket_statuses (
    code text primary key,
    category text not null,
    pauses_sla boolean not null default false,
    sort integer not null default 100,
    metadata jsonb not null default '{}',
    constraint ticket_statuses_category_check check (
        category in ('open', 'pending', 'solved', 'closed')
    )
);
insert into public.ticket_statuses (code, category, pauses_sla, sort)
values
    ('new', 'open', false, 10),
    ('open', 'open', false, 20),
    ('in_progress', 'open', false, 30),
    ('blocked', 'open', false, 40),
    ('pending', 'pending', true, 50),
    ('resolved', 'solved', false, 60),
    ('closed', 'closed', false, 70);
-- An adopted database may use words of its own: they count as open until somebody says otherwise.
insert into public.ticket_statuses (code, category)
select distinct status, 'open'
from public.tickets
where status is not null
on conflict (code) do nothing;

alter table public.clients
    add column if not exists updated_at timestamptz not null default now(),
    add column if not exists metadata jsonb not null default '{}';

alter table public.team_members
    add column if not exists first_name text,
    add column if not exists last_name text,
    -- never email: clients see this column
    add column if not exists display_name text generated always as (
        coalesce(
            nullif(btrim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), ''),
            username
        )
    ) stored,
    add column if not exists role text,
    add column if not exists skills text[] not null default '{}',
    add column if not exists languages text[] not null default '{}',
    add column if not exists timezone text not null default 'UTC',
    add column if not exists updated_at timestamptz not null default now(),
    add column if not exists metadata jsonb not null default '{}';

alter table public.ticket_types
    add column if not exists metadata jsonb not null default '{}';

-- Generated columns save every widget an extract() a row; number follows the id, so that it starts
-- again with it after TRUNCATE … RESTART IDENTITY. Infinite times, which the original schema accepts,
-- have no duration. What widgets read comes first and what is long comes last: PostgreSQL walks a row
-- from the left.
alter table public.tickets
    add column if not exists number integer generated always as (1000 + id) stored,
    add column if not exists resolution_seconds double precision generated always as (
        case
            when isfinite(created_at) and isfinite(resolved_at)
                then date_part('epoch', resolved_at - created_at)
        end
    ) stored,
    add column if not exists first_response_at timestamptz,
    add column if not exists first_response_seconds double precision generated always as (
        case
            when isfinite(created_at) and isfinite(first_response_at)
                then date_part('epoch', first_response_at - created_at)
        end
    ) stored,
    -- the rating in ticket_feedback, kept by a trigger: joining 18,000 ratings under row-level
    -- security took two thirds of every widget's time
    add column if not exists rating smallint,
    add column if not exists updated_at timestamptz not null default now(),
    add column if not exists first_response_due_at timestamptz,
    add column if not exists resolution_due_at timestamptz,
    add column if not exists source_channel text,
    -- an account's uuid; no foreign key, a TRUNCATE of the tickets must not reach the accounts
    add column if not exists created_by uuid,
    add column if not exists tags text[] not null default '{}',
    add column if not exists description text not null default '',
    add column if not exists custom_fields jsonb not null default '{}',
    add column if not exists metadata jsonb not null default '{}';

alter table public.ticket_messages
    add column if not exists is_internal boolean not null default false,
    add column if not exists created_by uuid,
    add column if not exists metadata jsonb not null default '{}';

alter table public.ticket_feedback
    add column if not exists updated_at timestamptz not null default now(),
    add column if not exists metadata jsonb not null default '{}';

alter table public.payments
    add column if not exists metadata jsonb not null default '{}';

create table public.client_contacts (
    id serial primary key,
    client_id integer not null references public.clients (id) on delete cascade,
    first_name text not null,
    last_name text not null,
    email varchar(255) not null unique,
    communication_channels text[] not null default '{}',
    preferred_language text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    metadata jsonb not null default '{}'
);

create table public.ticket_assignees (
    ticket_id integer not null references public.tickets (id) on delete cascade,
    team_member_id integer not null references public.team_members (id) on delete cascade,
    assigned_at timestamptz not null default now(),
    assigned_by uuid,
    metadata jsonb not null default '{}',
    primary key (ticket_id, team_member_id)
);

-- First responses and ratings that adopted rows already show.
update public.tickets as t
set first_response_at = m.first_response_at
from (
    select ticket_id, min(created_at) as first_response_at
    from public.ticket_messages
    where from_client is false
        and not is_internal
    group by ticket_id
) as m
where m.ticket_id = t.id
    and t.first_response_at is distinct from m.first_response_at;

update public.tickets as t
set rating = f.rating
from public.ticket_feedback as f
where f.ticket_id = t.id
    and t.rating is distinct from f.rating;

-- The priority of a ticket is checked by a trigger (ops.check_priority): a constraint that is not
-- valid refuses every later change of an adopted row that breaks it, even the time of its first
-- response.
alter table public.tickets drop constraint if exists tickets_priority_check;

-- Constraints are dropped and made again under our names, so that a new and an adopted database end
-- alike. Adopted rows that break one stay: the constraint then holds for new rows only, and says so.
do $$
declare
    rule record;
begin
    for rule in
        select *
        from (
            values
                ('clients', 'clients_plan_type_check',
                    $c$check (plan_type in ('starter', 'professional', 'enterprise'))$c$),
                ('team_members', 'team_members_department_check',
                    $c$check (department in ('support', 'finance', 'technical'))$c$),
                ('team_members', 'team_members_role_check',
                    $c$check (role in ('support_agent', 'manager', 'admin'))$c$),
                ('ticket_types', 'ticket_types_priority_check',
                    $c$check (priority in ('low', 'medium', 'high', 'urgent'))$c$),
                ('tickets', 'tickets_source_channel_check',
                    $c$check (source_channel in ('email', 'web', 'chat', 'widget', 'portal', 'api'))$c$),
                ('tickets', 'tickets_number_key',
                    $c$unique (number)$c$),
                ('ticket_feedback', 'ticket_feedback_rating_check',
                    $c$check (rating between 1 and 5)$c$),
                ('payments', 'payments_payment_type_check',
                    $c$check (payment_type in ('subscription', 'top-up', 'one-time'))$c$),
                ('payments', 'payments_status_check',
                    $c$check (status in ('pending', 'completed', 'failed', 'refunded'))$c$)
        ) as r (relation, name, definition)
    loop
        execute format('alter table public.%I drop constraint if exists %I', rule.relation, rule.name);
        if rule.definition like 'check%' then
            execute format(
                'alter table public.%I add constraint %I %s not valid',
                rule.relation, rule.name, rule.definition
            );
            begin
                execute format('alter table public.%I validate constraint %I', rule.relation, rule.name);
            exception
                when check_violation then
                    raise warning 'rows of public.% break %: it holds for new rows only', rule.relation, rule.name
                        using hint = format('Correct them, then: alter table public.%I validate constraint %I', rule.relation, rule.name);
            end;
        else
            execute format(
                'alter table public.%I add constraint %I %s',
                rule.relation, rule.name, rule.definition
            );
        end if;
    end loop;
end
$$;

-- A ticket's children go with it. Adopted foreign keys may have any name.
do $$
declare
    old record;
begin
    for old in
        select c.conrelid::regclass as relation, c.conname as name
        from pg_catalog.pg_constraint as c
        join pg_catalog.pg_attribute as a
            on a.attrelid = c.conrelid
            and c.conkey = array[a.attnum]
        where c.contype = 'f'
            and (
                c.conrelid in ('public.ticket_messages'::regclass, 'public.ticket_feedback'::regclass)
                and a.attname = 'ticket_id'
                or c.conrelid = 'public.tickets'::regclass
                and a.attname = 'status'
            )
    loop
        execute format('alter table %s drop constraint %I', old.relation, old.name);
    end loop;
end
$$;
alter table public.ticket_messages
    add constraint ticket_messages_ticket_id_fkey foreign key (ticket_id)
    references public.tickets (id) on delete cascade;
alter table public.ticket_feedback
    add constraint ticket_feedback_ticket_id_fkey foreign key (ticket_id)
    references public.tickets (id) on delete cascade;
alter table public.tickets
    add constraint tickets_status_fkey foreign key (status)
    references public.ticket_statuses (code) on update cascade;
