-- Roll-ups: what widgets count, added up beforehand, so that a number costs the same however many tickets
-- there are. Two tables hold the sums ("cells"), one the changes that are not in them yet.
--
--   a write ──trigger──► ticket_delta ──analytics.fold()──► ticket_cells, duration_cells
--   a widget reads the cells and the delta in one snapshot: it is exact, folded or not
--
-- Tables, not materialized views: a fold costs what has changed, a refresh costs all tickets; and tables
-- have policies. docs/rollups.md says how it works and how to add a dimension.

set local client_min_messages = warning;

-- One-touch rates without reading messages. Capped, so that a long thread does not change its ticket again
-- and again.
alter table public.tickets
    add column answers smallint not null default 0,
    add constraint tickets_answers_check check (answers between 0 and 2);

-- Nothing has happened to these tickets: no trigger.
alter table public.tickets disable trigger user;
update public.tickets as t
set answers = m.answers
from (
    select ticket_id, least(2, count(*)) as answers
    from public.ticket_messages
    where from_client is false
        and not is_internal
    group by ticket_id
) as m
where m.ticket_id = t.id;
alter table public.tickets enable trigger user;

create table analytics.rollups (
    only_row boolean primary key default true,
    zone text not null default 'UTC',
    -- what the cells were made by: where it differs from analytics.definition() they are made anew
    definition text,
    built_at timestamptz,
    constraint rollups_only_row_check check (only_row)
);
insert into analytics.rollups default values;

-- series: by which of a ticket's times it is counted: when it was created, when it was resolved, or when it came
-- to its end (resolved or closed, whichever was first). grain: how much time a cell spans. Text and not enum:
-- under row-level security only what is leakproof reaches an index, and comparing enums is not.
--
-- node: which dimensions a cell tells apart, as bits: 1 assigned_to, 2 ticket_type_id, 4 priority,
-- 8 client_id, 16 status. The others are null in it, and so is a dimension without a value: only the node
-- says which it is. analytics.nodes lists those that there are.
create table analytics.ticket_cells (
    series text collate "C" not null,
    grain text collate "C" not null,
    node smallint not null,
    -- the first local moment of the hour, day or month; -infinity for all
    since timestamp not null,
    assigned_to integer,
    ticket_type_id integer,
    client_id integer,
    priority text,
    status text,
    tickets bigint not null,
    resolved bigint not null,
    timed bigint not null,
    resolution_us numeric not null,
    rated bigint not null,
    resolved_and_rated bigint not null,
    satisfied bigint not null,
    rating_sum bigint not null,
    answered bigint not null,
    first_response_us numeric not null,
    endless bigint not null,
    reopened bigint not null,
    ever_resolved bigint not null,
    one_touch bigint not null,
    constraint ticket_cells_key unique nulls not distinct (
        series, grain, node, since, assigned_to, ticket_type_id, client_id, priority, status
    ),
    constraint ticket_cells_series_check check (series in ('created', 'resolved', 'ended')),
    constraint ticket_cells_grain_check check (grain in ('hour', 'day', 'month', 'all'))
);

-- bucket: between which of analytics.duration_edges() the resolution took; nodes with bit 32 tell whole
-- hours apart only.
create table analytics.duration_cells (
    grain text collate "C" not null,
    node smallint not null,
    since timestamp not null,
    assigned_to integer,
    ticket_type_id integer,
    priority text,
    bucket smallint not null,
    tickets bigint not null,
    constraint duration_cells_key unique nulls not distinct (
        grain, node, since, assigned_to, ticket_type_id, priority, bucket
    ),
    constraint duration_cells_grain_check check (grain in ('day', 'month', 'all'))
);

-- One row is a ticket as it was (change -1) or became (change 1), in the columns that cells are made of.
create table analytics.ticket_delta (
    id bigint generated always as identity primary key,
    change integer not null,
    assigned_to integer,
    ticket_type_id integer,
    client_id integer,
    priority text,
    status text,
    created_at timestamptz,
    resolved_at timestamptz,
    closed_at timestamptz,
    resolution_seconds double precision,
    first_response_seconds double precision,
    rating smallint,
    reopen_count integer,
    answers smallint
)
-- what is folded is deleted: without vacuum a reader would walk over all that ever was
with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
