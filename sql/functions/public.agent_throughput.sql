-- requires: sql/functions/analytics.counts.sql, sql/functions/analytics.span.sql, sql/functions/filter.ids.sql, sql/functions/filter.period.sql
--
-- What was resolved and what came to its end, by agent, each cut by the period, held against its own time. Day by
-- day once more for the best of them: that costs the most, and nothing where a request does not select it, for
-- what is joined is grouped by what it is joined on. No SET clause: the function is inlined.
create or replace function public.agent_throughput(where_tickets public.ticket_filter default null)
returns table (
    team_member_id integer,
    username text,
    display_name text,
    department text,
    member_status text,
    from_day date,
    to_day date,
    days integer,
    resolved bigint,
    resolved_per_day double precision,
    closed bigint,
    closed_per_day double precision,
    active_days bigint,
    best_day date,
    best_day_resolved bigint
)
language sql
stable
parallel safe
rows 50
as $$
    with span as materialized (
        select
            s.since::date as first_day,
            -- what is still to come is no day on which somebody could have worked
            least(s.until::date, current_date) as last_day,
            d.since::date as first_of_data
        from analytics.span(where_tickets.created_at) as s
        cross join analytics.span(null) as d
    ),
    -- however long the period, there are no more days than the data has
    edges as materialized (
        select
            s.first_day,
            s.last_day,
            s.last_day - s.first_day + 1 as days,
            c.since,
            array(
                select filter.day_begins(d.day)
                from generate_series(c.since::timestamp, (s.last_day + 1)::timestamp, interval '1 day') as d (day)
            ) as instants
        from span as s
        cross join lateral (select least(greatest(s.first_day, s.first_of_data), s.last_day) as since) as c
        where s.first_day <= s.last_day
    ),
    resolved as (
        select
            c.assigned_to,
            sum(c.tickets)::bigint as tickets
        from edges as e
        cross join lateral analytics.counts(
            where_tickets,
            'resolved',
            array[e.instants[1], e.instants[cardinality(e.instants)]],
            '{assigned_to}',
            where_tickets.created_at
        ) as c
        group by c.assigned_to
    ),
    best as (
        select
            c.assigned_to,
            min(c.buckets) as active_days,
            min(c.tickets) as tickets,
            min(e.since + c.nth - 1) as day
        from edges as e
        cross join lateral analytics.counts(
            where_tickets,
            'resolved',
            e.instants,
            '{assigned_to}',
            where_tickets.created_at,
            best_only => true
        ) as c
        group by c.assigned_to
    ),
    closed as (
        select
            c.assigned_to,
            sum(c.tickets)::bigint as tickets
        from edges as e
        cross join lateral analytics.counts(
            where_tickets,
            'ended',
            array[e.instants[1], e.instants[cardinality(e.instants)]],
            '{assigned_to,status}',
            where_tickets.created_at
        ) as c
        join public.ticket_statuses as s on s.code = c.status
        where s.category not in ('open', 'pending')
        group by c.assigned_to
    )
    select
        m.id,
        m.username,
        m.display_name,
        m.department,
        m.status,
        e.first_day,
        e.last_day,
        coalesce(e.days, 0),
        coalesce(r.tickets, 0),
        coalesce(r.tickets, 0) / e.days::double precision,
        coalesce(c.tickets, 0),
        coalesce(c.tickets, 0) / e.days::double precision,
        coalesce(b.active_days, 0),
        b.day,
        b.tickets
    from public.team_members as m
    left join edges as e on true
    left join resolved as r on r.assigned_to = m.id
    left join closed as c on c.assigned_to = m.id
    left join best as b on b.assigned_to = m.id
    where filter.holds(where_tickets.assigned_to, m.id)
    order by m.id
$$;
comment on function public.agent_throughput(public.ticket_filter) is
'How much each team member gets done a day: one row for each member, also those without tickets; a filter on assigned_to narrows the members too.

The period in created_at cuts by when a ticket was resolved or closed, not by when it was created; all other filters select tickets. from_day, to_day, days: the local days that the period touches, up to today; where it has no beginning or end, as far as the tickets that the caller may see.
resolved: tickets by resolved_at. closed: tickets that are not open any more, by when they were resolved or closed, whichever was first. resolved_per_day, closed_per_day: divided by days, weekends and holidays among them; null where there are no days. active_days: the days on which at least one was resolved. best_day: the one on which most were, the first of equal ones, and best_day_resolved how many.

Tickets are counted for whom they are assigned to now. A select without active_days, best_day and best_day_resolved is answered faster.

Drill-down: for resolved, ticket_list with the same filters, every created_at written as resolved_at, with assigned_to=eq.3&resolved_at=gte.FROM_DAY&resolved_at=lte.TO_DAY; for best_day_resolved with assigned_to=eq.3&resolved_at=eq.BEST_DAY; closed has none.';
revoke all on function public.agent_throughput(public.ticket_filter) from public;
grant execute on function public.agent_throughput(public.ticket_filter)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
