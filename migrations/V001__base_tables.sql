-- The seven tables of the original schema, to the letter: names, types, defaults, nullability.
-- Data scripts written for them load unmodified, and a database that already holds them is adopted
-- ("if not exists"). Everything of our own comes in the next migrations.

-- Nothing is anybody's by default: rights are granted, by name, in sql/policies and sql/functions.
alter default privileges revoke all on tables from public;
alter default privileges revoke all on sequences from public;
alter default privileges revoke all on functions from public;
alter default privileges revoke all on types from public;

create table if not exists public.clients (
    id serial primary key,
    client_name varchar(255) not null,
    email varchar(255) not null unique,
    status varchar(50) default 'active',
    plan_type varchar(50),
    monthly_budget decimal(10, 2),
    created_at timestamptz default now()
);

create table if not exists public.team_members (
    id serial primary key,
    username varchar(100) not null,
    email varchar(255) not null unique,
    department varchar(50) not null,
    status varchar(50) default 'active',
    created_at timestamptz default now()
);

create table if not exists public.ticket_types (
    id serial primary key,
    type_name varchar(100) not null,
    department varchar(50) not null,
    priority varchar(20),
    avg_resolution_hours integer
);

create table if not exists public.tickets (
    id serial primary key,
    client_id integer not null references public.clients (id),
    assigned_to integer references public.team_members (id),
    ticket_type_id integer not null references public.ticket_types (id),
    status varchar(50) default 'open',
    priority varchar(20),
    title varchar(255) not null,
    created_at timestamptz default now(),
    resolved_at timestamptz,
    closed_at timestamptz
);

create table if not exists public.ticket_messages (
    id serial primary key,
    ticket_id integer not null references public.tickets (id),
    from_client boolean default false,
    from_team_member_id integer references public.team_members (id),
    message_text text not null,
    created_at timestamptz default now()
);

create table if not exists public.ticket_feedback (
    id serial primary key,
    ticket_id integer not null unique references public.tickets (id),
    rating integer,
    feedback_text text,
    created_at timestamptz default now()
);

create table if not exists public.payments (
    id serial primary key,
    client_id integer not null references public.clients (id),
    amount_usd decimal(10, 2) not null,
    payment_type varchar(50) not null,
    status varchar(50) default 'pending',
    paid_at timestamptz,
    created_at timestamptz default now()
);
