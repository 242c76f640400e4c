-- requires: sql/functions/analytics.selected.sql, sql/views/analytics.expectations.sql, sql/views/analytics.ticket_facts.sql
--
-- As resolution_stats(), by type: one scan for the counts, one for the resolution times with their exact
-- medians. No SET clause: the function is inlined.
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
    with expectations as materialized (
        select
            e.type_id,
            e.type_name,
            e.department,
            e.expected_hours,
            e.expected_seconds,
            now() - make_interval(secs => e.expected_seconds) as late_before
        from analytics.expectations as e
    ),
    by_status as (
        select
            f.ticket_type_id,
            f.status,
            count(*) as tickets,
            count(*) filter (where f.resolution_seconds > e.expected_seconds) as resolved_late,
            count(*) filter (
                where f.resolved_at is null
                    and f.created_at < e.late_before
                    and f.created_at > '-infinity'
            ) as unresolved_late
        from analytics.ticket_facts as f
        join expectations as e on e.type_id = f.ticket_type_id
        where analytics.selected(where_tickets, f)
        group by f.ticket_type_id, f.status
    ),
    figures as (
        select
            b.ticket_type_id,
            sum(b.tickets)::bigint as tickets,
            sum(b.resolved_late)::bigint as resolved_late,
            coalesce(sum(b.unresolved_late) filter (where coalesce(s.category, 'open') in ('open', 'pending')), 0)::bigint as running_late
        from by_status as b
        left join public.ticket_statuses as s on s.code = b.status
        group by b.ticket_type_id
    ),
    durations as (
        select
            f.ticket_type_id,
            count(*) as resolved,
            avg(f.resolution_seconds) / 3600 as avg,
            percentile_cont(0.5) within group (order by f.resolution_seconds) / 3600 as median
        from analytics.ticket_facts as f
        where analytics.selected(where_tickets, f)
            and f.resolution_seconds is not null
        group by f.ticket_type_id
    )
    select
        e.type_id,
        e.type_name,
        e.department,
        coalesce(f.tickets, 0),
        coalesce(d.resolved, 0),
        e.expected_hours,
        d.avg,
        d.median,
        coalesce(f.resolved_late, 0),
        coalesce(f.running_late, 0),
        coalesce(f.resolved_late + f.running_late, 0),
        round(100.0 * (f.resolved_late + f.running_late) / f.tickets, 1)
    from expectations as e
    left join figures as f on f.ticket_type_id = e.type_id
    left join durations as d on d.ticket_type_id = e.type_id
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
