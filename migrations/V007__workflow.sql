-- How a ticket moves: which status may follow which, what is kept on the way, fields that the desk
-- defines, and tickets that go on in another one.

-- What the functions of the API share; closed to everybody but who may call those.
create schema workflow;
grant usage on schema workflow to desk_client, desk_internal, desk_service;

alter table public.ticket_statuses
    add column is_default boolean not null default false;
update public.ticket_statuses
set is_default = true
where (code, category) in (('open', 'open'), ('pending', 'pending'), ('resolved', 'solved'), ('closed', 'closed'));
create unique index ticket_statuses_category_key on public.ticket_statuses (category) where is_default;
comment on index public.ticket_statuses_category_key is
'One status stands for its category, where a function or a message moves a ticket.';

-- By category, not by code: a status that a desk adds is covered by what its category says. Within a
-- category every step is free.
create table public.status_transitions (
    from_category text not null,
    to_category text not null,
    metadata jsonb not null default '{}',
    primary key (from_category, to_category),
    constraint status_transitions_from_category_check check (
        from_category in ('open', 'pending', 'solved', 'closed')
    ),
    constraint status_transitions_to_category_check check (
        to_category in ('open', 'pending', 'solved', 'closed') and to_category <> from_category
    )
);
insert into public.status_transitions (from_category, to_category)
values
    ('open', 'pending'),
    ('open', 'solved'),
    ('pending', 'open'),
    ('pending', 'solved'),
    ('solved', 'open'),
    ('solved', 'pending'),
    ('solved', 'closed'),
    ('closed', 'open');

create table public.custom_fields (
    name text primary key,
    label text not null,
    kind text not null,
    choices text[] not null default '{}',
    is_required boolean not null default false,
    sort integer not null default 100,
    metadata jsonb not null default '{}',
    constraint custom_fields_name_check check (name ~ '^[a-z][a-z0-9_]{0,62}$'),
    constraint custom_fields_kind_check check (
        kind in ('text', 'number', 'boolean', 'date', 'choice')
    ),
    constraint custom_fields_choices_check check ((kind = 'choice') = (cardinality(choices) > 0))
);

alter table public.tickets
    add column if not exists merged_into integer,
    add column if not exists first_assigned_at timestamptz,
    add column if not exists reopen_count integer not null default 0,
    add constraint tickets_merged_into_fkey foreign key (merged_into)
    references public.tickets (id) on delete set null,
    add constraint tickets_merged_into_check check (merged_into <> id);
create index tickets_merged_into_idx on public.tickets (merged_into) where merged_into is not null;
comment on index public.tickets_merged_into_idx is
'The tickets that go on in this one (ticket_thread); the foreign key.';

-- Rows that are here already were assigned when they came, as far as anybody knows.
update public.tickets
set first_assigned_at = created_at
where assigned_to is not null;

alter table public.ticket_messages
    add column if not exists is_question boolean not null default false;

-- A number is unique because the id is. That a constraint said so, too, made it a key, and because it is
-- generated, every update of a ticket counted as one of a key: it waited for all who write a message at the
-- same time, and two of those for each other.
alter table public.tickets drop constraint if exists tickets_number_key;
create index tickets_number_idx on public.tickets (number);
comment on index public.tickets_number_idx is
'A ticket by the number that people use; pages by it. Unique as the id is.';
