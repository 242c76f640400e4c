-- What is late, worst first, from two indexes alone; first answers as resolutions: how long they took, and how many
-- came in time; durations of all tickets in finer steps.

set local client_min_messages = warning;

drop index if exists public.tickets_ticket_type_id_resolution_seconds_idx;
create index tickets_ticket_type_id_resolution_seconds_idx
on public.tickets (ticket_type_id, resolution_seconds) include (created_at, priority, assigned_to, id, number)
where resolution_seconds is not null;
comment on index public.tickets_ticket_type_id_resolution_seconds_idx is
'Exact percentiles by type, as tickets_priority_resolution_seconds_idx; of a type by priority too. Those that took longest (overdue_tickets), the first twenty of ten million in 2 ms.';

drop index if exists public.tickets_unresolved_idx;
create index tickets_unresolved_idx
on public.tickets (ticket_type_id, created_at) include (status, priority, assigned_to, id, number)
where resolved_at is null;
comment on index public.tickets_unresolved_idx is
'Which tickets are not late yet (analytics.lateness): the youngest of each type that are not resolved; and which are the latest (overdue_tickets): the oldest.';

drop index if exists public.tickets_assigned_to_resolution_seconds_idx;
create index tickets_assigned_to_resolution_seconds_idx
on public.tickets (assigned_to, resolution_seconds) include (created_at, priority, id)
where resolution_seconds is not null;
comment on index public.tickets_assigned_to_resolution_seconds_idx is
'Exact percentiles by agent, also of one priority, as tickets_priority_resolution_seconds_idx.';

create index tickets_priority_first_response_seconds_idx
on public.tickets (priority, first_response_seconds) include (created_at, assigned_to, ticket_type_id, id)
where first_response_seconds is not null;
comment on index public.tickets_priority_first_response_seconds_idx is
'Exact percentiles of first answers by priority, as tickets_priority_resolution_seconds_idx.';

create index sla_clocks_next_response_idx on public.sla_clocks (ticket_id)
where metric = 'next_response';
comment on index public.sla_clocks_next_response_idx is
'The questions that clients had once they had been answered: next_response_stats reads these, and not every clock.';

create index ticket_cells_hour_idx on analytics.ticket_cells (series, node, assigned_to, priority, since)
where grain = 'hour';
comment on index analytics.ticket_cells_hour_idx is
'The hours of one agent or priority (heatmap): a year has eight thousand of them, and all agents'' are fifteen times as many.';

-- Cells are filled anew after this migration: what they are has changed.
delete from analytics.duration_cells;
alter table analytics.duration_cells
    add column series text collate "C" not null,
    drop constraint duration_cells_key,
    add constraint duration_cells_key unique nulls not distinct (
        series, grain, node, since, assigned_to, ticket_type_id, priority, bucket
    ),
    add constraint duration_cells_series_check check (series in ('resolution', 'first_response'));

alter table analytics.ticket_cells
    add column promised bigint not null default 0,
    add column answered_in_time bigint not null default 0;

alter table analytics.ticket_delta
    add column first_response_at timestamptz,
    add column first_response_due_at timestamptz;

-- These have other arguments now.
drop function if exists analytics.duration_edges();
drop function if exists analytics.percentiles(public.ticket_filter, text, double precision[]);
drop function if exists analytics.selected_durations_query(public.ticket_filter, smallint, text);
drop function if exists analytics.ticket_measures(
    integer, timestamptz, timestamptz, double precision, double precision, smallint, integer, smallint
);
drop function if exists analytics.sums(public.ticket_filter, text[]);
drop function if exists analytics.cell_conditions(smallint, text);
drop function if exists analytics.node_for(public.ticket_filter, text, text, text[], text[], boolean);
drop function if exists public.overdue_tickets(public.ticket_filter);
