-- requires: sql/functions/analytics.durations.sql, sql/views/analytics.priorities.sql
--
-- The few counts by priority and bucket, beside those that are 0. No SET clause: the function is inlined.
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
    with edges (from_hours, to_hours) as (
        values
            (null, 0), (0, 1), (1, 2), (2, 4), (4, 8), (8, 12), (12, 24), (24, 36), (36, 48),
            (48, 72), (72, 168), (168, null)
    ),
    by_hour as (
        select
            coalesce(d.priority, 'none') as ticket_priority,
            d.hour,
            d.tickets
        from analytics.durations(
            where_tickets,
            array(select e.from_hours from edges as e where e.from_hours is not null order by e.from_hours)
        ) as d
    ),
    listed as (
        select
            ticket_priority,
            coalesce(p.sort, 5) as sort
        from analytics.priorities as p
        full join (
            select distinct b.ticket_priority
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
        on b.ticket_priority = l.ticket_priority
        and b.hour is not distinct from e.from_hours
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
