-- requires: sql/functions/analytics.selected.sql, sql/views/analytics.priorities.sql, sql/views/analytics.ticket_facts.sql
--
-- One scan of plain conditions, summed up by priority and whole hour; the hours are put into buckets
-- afterwards, all of whose edges are whole hours. No SET clause: the function is inlined.
create or replace function public.resolution_histogram(where_tickets public.ticket_filter default null)
returns table (
    ticket_priority text,
    from_hours integer,
    to_hours integer,
    tickets bigint
)
language sql
stable
parallel safe
rows 55
as $$
    with by_hour as (
        select
            f.priority,
            -- beyond the outer edges one hour is like another
            greatest(-1, least(168, floor(f.resolution_seconds / 3600))) as hour,
            count(*) as tickets
        from analytics.ticket_facts as f
        where analytics.selected(where_tickets, f)
            and f.resolution_seconds is not null
        group by 1, 2
    ),
    edges (from_hours, to_hours) as (
        values
            (null, 0), (0, 1), (1, 2), (2, 4), (4, 8), (8, 12), (12, 24), (24, 36), (36, 48),
            (48, 72), (72, 168), (168, null)
    ),
    listed as (
        select
            ticket_priority,
            coalesce(p.sort, 5) as sort
        from analytics.priorities as p
        full join (
            select distinct coalesce(b.priority, 'none') as ticket_priority
            from by_hour as b
        ) as f using (ticket_priority)
    )
    select
        l.ticket_priority,
        e.from_hours,
        e.to_hours,
        coalesce(sum(b.tickets), 0)::bigint
    from listed as l
    cross join edges as e
    left join by_hour as b
        on coalesce(b.priority, 'none') = l.ticket_priority
        and b.hour >= coalesce(e.from_hours, -1)
        and b.hour < coalesce(e.to_hours, 169)
    group by l.sort, l.ticket_priority, e.from_hours, e.to_hours
    having e.from_hours is not null
        or count(b.tickets) > 0
    order by l.sort, l.ticket_priority, e.from_hours nulls first
$$;
comment on function public.resolution_histogram(public.ticket_filter) is
'How many of the selected tickets took how long from creation to resolution: one row for each priority (urgent, high, medium, low, none) and bucket of hours, also those without tickets.

A ticket is in the bucket where from_hours <= hours < to_hours. to_hours is null in the last bucket: a week and longer. Where imported tickets were resolved before they were created, a bucket comes before the first, with from_hours null and to_hours 0.

Drill-down: ticket_list with the same filters and priority=eq.high (for none priority=is.null), and resolution_seconds=gte.3600&resolution_seconds=lt.7200 for the bucket from 1 to 2 hours.';
revoke all on function public.resolution_histogram(public.ticket_filter) from public;
grant execute on function public.resolution_histogram(public.ticket_filter)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
