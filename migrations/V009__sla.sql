-- Service levels: what is promised (policies), when the desk works (calendars), and what became of each
-- promise (clocks). docs/sla.md says how they run; sql/functions/ops.keep_clocks.sql keeps them.

-- the functions of ops that the server's jobs call, each granted by name
grant usage on schema ops to desk_worker;

create table public.business_calendars (
    id serial primary key,
    name text not null,
    timezone text not null,
    metadata jsonb not null default '{}',
    constraint business_calendars_name_key unique (name),
    constraint business_calendars_name_check check (name ~ '\S')
);

-- Times of the calendar's own zone, to the minute; 24:00 is the end of the day. The whole week of a
-- calendar is one line of minutes, on which no two intervals may overlap: range operators alone, so that
-- no extension is needed.
create table public.business_hours (
    id serial primary key,
    calendar_id integer not null references public.business_calendars (id) on delete cascade,
    weekday smallint not null,
    opens time not null,
    closes time not null,
    constraint business_hours_weekday_check check (weekday between 1 and 7),
    constraint business_hours_order_check check (opens < closes),
    constraint business_hours_minute_check check (
        date_part('second', opens) = 0
        and date_part('second', closes) = 0
    ),
    constraint business_hours_overlap_excl exclude using gist (
        int8range(
            (calendar_id::bigint * 7 + weekday) * 86400 + date_part('epoch', opens)::bigint,
            (calendar_id::bigint * 7 + weekday) * 86400 + date_part('epoch', closes)::bigint
        ) with &&
    )
);
create index business_hours_calendar_id_idx on public.business_hours (calendar_id);
comment on index public.business_hours_calendar_id_idx is 'The week of a calendar; the foreign key.';

create table public.business_holidays (
    calendar_id integer not null references public.business_calendars (id) on delete cascade,
    day date not null,
    name text not null,
    constraint business_holidays_pkey primary key (calendar_id, day)
);

-- A calendar's opening times as instants: what daylight saving does to them is worked out once, when
-- the calendar changes (ops.build_calendar). worked_before is the running total, in microseconds: the
-- working time up to an instant, and the instant at which an amount of it is done, are one look into an
-- index each. A row that lasts nothing marks each end of what is known.
create table ops.business_intervals (
    calendar_id integer not null references public.business_calendars (id) on delete cascade,
    opens_at timestamptz not null,
    closes_at timestamptz not null,
    -- null: nothing is known before this row
    worked_before bigint,
    constraint business_intervals_pkey primary key (calendar_id, closes_at, opens_at)
);
create index business_intervals_worked_before_idx
on ops.business_intervals (calendar_id, worked_before);
comment on index ops.business_intervals_worked_before_idx is
'When an amount of working time is done.';

create table public.sla_policies (
    id serial primary key,
    name text not null,
    priority text not null,
    -- null: any plan for which there is no policy of its own
    plan_type text,
    -- null: round the clock
    calendar_id integer references public.business_calendars (id),
    -- null: nothing is promised
    first_response_minutes integer,
    next_response_minutes integer,
    resolution_minutes integer,
    warn_before_minutes integer not null default 30,
    is_active boolean not null default true,
    metadata jsonb not null default '{}',
    constraint sla_policies_name_check check (name ~ '\S'),
    constraint sla_policies_priority_check check (priority in ('low', 'medium', 'high', 'urgent')),
    constraint sla_policies_plan_type_check check (plan_type in ('starter', 'professional', 'enterprise')),
    -- a year of working time
    constraint sla_policies_first_response_minutes_check check (first_response_minutes between 1 and 525600),
    constraint sla_policies_next_response_minutes_check check (next_response_minutes between 1 and 525600),
    constraint sla_policies_resolution_minutes_check check (resolution_minutes between 1 and 525600),
    constraint sla_policies_warn_before_minutes_check check (warn_before_minutes between 0 and 525600)
);
create unique index sla_policies_priority_plan_type_key
on public.sla_policies (priority, coalesce(plan_type, ''))
where is_active;
comment on index public.sla_policies_priority_plan_type_key is
'One policy at most holds for a priority and a plan; those that are not active are drafts or history.';
create index sla_policies_calendar_id_idx on public.sla_policies (calendar_id);
comment on index public.sla_policies_calendar_id_idx is 'The policies of a calendar; the foreign key.';

-- One row is one promise on one ticket. Policies may go, clocks stay: no foreign key. A next response
-- has a row also where nothing is promised, because nothing else knows how long it took.
create table public.sla_clocks (
    ticket_id integer not null references public.tickets (id) on delete cascade,
    metric text not null,
    started_at timestamptz not null,
    stopped_at timestamptz,
    is_done boolean not null default false,
    is_paused boolean not null default false,
    policy_id integer,
    target_seconds integer,
    warn_at timestamptz,
    due_at timestamptz,
    breached_at timestamptz,
    recorded_at timestamptz,
    constraint sla_clocks_pkey primary key (ticket_id, metric, started_at),
    constraint sla_clocks_metric_check check (metric in ('first_response', 'next_response', 'resolution')),
    constraint sla_clocks_target_check check ((policy_id is null) = (target_seconds is null)),
    constraint sla_clocks_breach_check check ((breached_at is null) = (recorded_at is null))
);
create index sla_clocks_due_at_idx on public.sla_clocks (due_at)
where stopped_at is null and breached_at is null;
comment on index public.sla_clocks_due_at_idx is
'The breaches that nobody has recorded yet (ops.record_breaches); small, because a recorded one leaves it.';

-- When the clocks of a ticket stood still: while its status paused them, and between its end and its
-- being opened again. Few tickets have any. From these, and from nothing that was computed before,
-- follows what another calendar or policy would have said.
create table public.sla_pauses (
    ticket_id integer not null references public.tickets (id) on delete cascade,
    began_at timestamptz not null,
    ended_at timestamptz,
    constraint sla_pauses_pkey primary key (ticket_id, began_at),
    constraint sla_pauses_order_check check (began_at <= ended_at)
);

alter table public.tickets
    add column if not exists next_response_due_at timestamptz,
    add column if not exists sla_state text,
    add constraint tickets_sla_state_check check (sla_state in ('running', 'paused', 'met', 'missed')),
    add column if not exists sla_warn_at timestamptz,
    add column if not exists sla_due_at timestamptz;
