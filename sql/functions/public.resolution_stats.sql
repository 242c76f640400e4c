-- requires: sql/functions/analytics.lateness.sql, sql/functions/analytics.percentiles.sql, sql/functions/analytics.sums.sql, sql/views/analytics.expectations.sql, sql/views/analytics.priorities.sql
--
-- The few sums by type and priority are added up; what is late and the exact percentiles come by themselves. No
-- SET clause: the function is inlined.
create or replace function public.resolution_stats(where_tickets public.ticket_filter default null)
returns table (
    ticket_priority text,
    tickets bigint,
    resolved bigint,
    min double precision,
    p25 double precision,
    median double precision,
    p75 double precision,
    p90 double precision,
    p95 double precision,
    max double precision,
    avg double precision,
    expected_hours double precision,
    resolved_late bigint,
    running_late bigint,
    overdue_tickets bigint,
    overdue_percent numeric
)
language sql
stable
parallel safe
rows 5
as $$
    with figures as (
        select
            coalesce(f.priority, 'none') as ticket_priority,
            sum(f.tickets)::bigint as tickets,
            sum(f.timed)::bigint as resolved,
            sum(f.resolution_us)::double precision / nullif(sum(f.timed), 0)::double precision / 3600000000 as avg,
            sum(e.expected_hours * f.timed)::double precision
            / nullif(sum(f.timed) filter (where e.expected_hours is not null), 0)::double precision as expected_hours
        from analytics.sums(where_tickets, '{ticket_type_id,priority}') as f
        join analytics.expectations as e on e.type_id = f.ticket_type_id
        group by 1
    ),
    late as (
        select
            coalesce(f.priority, 'none') as ticket_priority,
            sum(f.resolved_late)::bigint as resolved_late,
            sum(f.running_late)::bigint as running_late
        from analytics.lateness(where_tickets, '{priority}') as f
        group by 1
    ),
    durations as (
        select
            coalesce(f.priority, 'none') as ticket_priority,
            f.seconds
        from analytics.percentiles(where_tickets, 'priority', array[0, 0.25, 0.5, 0.75, 0.9, 0.95, 1]) as f
    )
    select
        ticket_priority,
        coalesce(f.tickets, 0),
        coalesce(f.resolved, 0),
        d.seconds[1] / 3600,
        d.seconds[2] / 3600,
        d.seconds[3] / 3600,
        d.seconds[4] / 3600,
        d.seconds[5] / 3600,
        d.seconds[6] / 3600,
        d.seconds[7] / 3600,
        f.avg,
        f.expected_hours,
        coalesce(l.resolved_late, 0),
        coalesce(l.running_late, 0),
        coalesce(l.resolved_late + l.running_late, 0),
        round(100.0 * coalesce(l.resolved_late + l.running_late, 0) / f.tickets, 1)
    from analytics.priorities as p
    full join figures as f using (ticket_priority)
    left join late as l using (ticket_priority)
    left join durations as d using (ticket_priority)
    order by coalesce(p.sort, 5), ticket_priority
$$;
comment on function public.resolution_stats(public.ticket_filter) is
'How long tickets took, by priority: urgent, high, medium, low, none (tickets without a priority), always all five, in this order.

tickets: all that are selected. resolved: those of them that have a resolution time; of these are, in hours from creation to resolution, min, p25, median, p75, p90, p95, max (exact, interpolated as percentile_cont does) and avg, and expected_hours, the mean of their types'' avg_resolution_hours.
overdue_tickets: resolved_late (took longer than their type''s avg_resolution_hours) and running_late (open, not resolved, and already older than that); overdue_percent is their share of all tickets.

Drill-down: ticket_list with the same filters and priority=eq.high (for none priority=is.null), resolved also resolution_seconds=not.is.null; overdue_tickets with the same filters and priority lists the overdue ones.';
revoke all on function public.resolution_stats(public.ticket_filter) from public;
grant execute on function public.resolution_stats(public.ticket_filter)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
