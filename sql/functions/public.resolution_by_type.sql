-- requires: sql/functions/analytics.lateness.sql, sql/functions/analytics.percentiles.sql, sql/functions/analytics.sums.sql, sql/views/analytics.expectations.sql
--
-- As resolution_stats(), by type. No SET clause: the function is inlined.
create or replace function public.resolution_by_type(where_tickets public.ticket_filter default null)
returns table (
    type_id integer,
    type_name text,
    department text,
    tickets bigint,
    resolved bigint,
    expected_hours integer,
    avg double precision,
    median double precision,
    resolved_late bigint,
    running_late bigint,
    overdue_tickets bigint,
    overdue_percent numeric
)
language sql
stable
parallel safe
rows 20
as $$
    select
        e.type_id,
        e.type_name,
        e.department,
        coalesce(f.tickets, 0),
        coalesce(f.timed, 0),
        e.expected_hours,
        f.resolution_us::double precision / nullif(f.timed, 0)::double precision / 3600000000,
        d.seconds[1] / 3600,
        coalesce(l.resolved_late, 0),
        coalesce(l.running_late, 0),
        coalesce(l.resolved_late + l.running_late, 0),
        round(100.0 * coalesce(l.resolved_late + l.running_late, 0) / f.tickets, 1)
    from analytics.expectations as e
    left join analytics.sums(where_tickets, '{ticket_type_id}') as f on f.ticket_type_id = e.type_id
    left join analytics.lateness(where_tickets, '{ticket_type_id}') as l on l.ticket_type_id = e.type_id
    left join analytics.percentiles(where_tickets, 'ticket_type_id', array[0.5]) as d on d.ticket_type_id = e.type_id
    order by e.type_id
$$;
comment on function public.resolution_by_type(public.ticket_filter) is
'How long tickets took beside how long they should have, by type: one row for each type, all of them, by type_id.

tickets: all that are selected. resolved: those of them that have a resolution time; avg and median (exact) are of these, in hours from creation to resolution. expected_hours: the type''s avg_resolution_hours.
overdue_tickets: resolved_late (took longer than expected) and running_late (open, not resolved, and already older than that); overdue_percent is their share of all tickets.

Drill-down: ticket_list with the same filters and ticket_type_id=eq.TYPE_ID, resolved also resolution_seconds=not.is.null; overdue_tickets with the same filters and type lists the overdue ones.';
revoke all on function public.resolution_by_type(public.ticket_filter) from public;
grant execute on function public.resolution_by_type(public.ticket_filter)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
