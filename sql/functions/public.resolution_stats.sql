-- requires: sql/functions/analytics.selected.sql, sql/views/analytics.expectations.sql, sql/views/analytics.priorities.sql, sql/views/analytics.ticket_facts.sql
--
-- Two scans of plain conditions. The first compares each ticket with what is expected of its type and
-- sums up by priority and status. The second hands the resolution times, and nothing else, to the exact
-- percentiles, all of them in one pass. No SET clause: the function is inlined.
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
    with expectations as materialized (
        select
            e.type_id,
            e.expected_hours,
            e.expected_seconds,
            now() - make_interval(secs => e.expected_seconds) as late_before
        from analytics.expectations as e
    ),
    by_status as (
        select
            f.priority,
            f.status,
            count(*) as tickets,
            sum(e.expected_hours) filter (where f.resolution_seconds is not null) as expected_hours,
            count(e.expected_hours) filter (where f.resolution_seconds is not null) as expected,
            count(*) filter (where f.resolution_seconds > e.expected_seconds) as resolved_late,
            count(*) filter (
                where f.resolved_at is null
                    and f.created_at < e.late_before
                    and f.created_at > '-infinity'
            ) as unresolved_late
        from analytics.ticket_facts as f
        join expectations as e on e.type_id = f.ticket_type_id
        where analytics.selected(where_tickets, f)
        group by f.priority, f.status
    ),
    figures as (
        select
            coalesce(b.priority, 'none') as ticket_priority,
            sum(b.tickets)::bigint as tickets,
            sum(b.expected_hours)::double precision / nullif(sum(b.expected), 0)::double precision as expected_hours,
            sum(b.resolved_late)::bigint as resolved_late,
            coalesce(sum(b.unresolved_late) filter (where coalesce(s.category, 'open') in ('open', 'pending')), 0)::bigint as running_late
        from by_status as b
        left join public.ticket_statuses as s on s.code = b.status
        group by coalesce(b.priority, 'none')
    ),
    durations as (
        select
            coalesce(f.priority, 'none') as ticket_priority,
            count(*) as resolved,
            avg(f.resolution_seconds) / 3600 as avg,
            percentile_cont(array[0, 0.25, 0.5, 0.75, 0.9, 0.95, 1]) within group (order by f.resolution_seconds) as seconds
        from analytics.ticket_facts as f
        where analytics.selected(where_tickets, f)
            and f.resolution_seconds is not null
        group by f.priority
    )
    select
        ticket_priority,
        coalesce(f.tickets, 0),
        coalesce(d.resolved, 0),
        d.seconds[1] / 3600,
        d.seconds[2] / 3600,
        d.seconds[3] / 3600,
        d.seconds[4] / 3600,
        d.seconds[5] / 3600,
        d.seconds[6] / 3600,
        d.seconds[7] / 3600,
        d.avg,
        f.expected_hours,
        coalesce(f.resolved_late, 0),
        coalesce(f.running_late, 0),
        coalesce(f.resolved_late + f.running_late, 0),
        round(100.0 * (f.resolved_late + f.running_late) / f.tickets, 1)
    from analytics.priorities as p
    full join figures as f using (ticket_priority)
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
