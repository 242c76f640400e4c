-- requires: sql/functions/analytics.buckets.sql, sql/functions/analytics.counts.sql
--
-- What was created and what came to its end, from the beginning to the end of the last bucket: the backlog. What
-- was created and what was resolved in the period: the bars. The few sums are added up afterwards. No SET clause:
-- the function is inlined.
create or replace function public.tickets_over_time(
    where_tickets public.ticket_filter default null,
    grain text default 'month'
)
returns table (
    bucket date,
    created bigint,
    resolved bigint,
    open_at_end bigint
)
language sql
stable
parallel safe
rows 12
as $$
    with buckets as materialized (
        select
            b.nth,
            b.bucket,
            b.begins,
            b.ends
        from analytics.buckets(tickets_over_time.grain, where_tickets.created_at) as b
    ),
    edges as materialized (
        select array_agg(b.begins order by b.nth) || max(b.ends) as instants
        from buckets as b
    ),
    -- nth is one more here: what came before the first bucket is the first
    opened as (
        select
            o.nth - 1 as nth,
            o.status,
            o.tickets,
            o.endless
        from edges as e
        cross join lateral analytics.counts(where_tickets, 'created', '-infinity'::timestamptz || e.instants, '{status}') as o
        where e.instants is not null
    ),
    ended as (
        select
            o.nth - 1 as nth,
            o.status,
            o.tickets
        from edges as e
        cross join lateral analytics.counts(where_tickets, 'ended', '-infinity'::timestamptz || e.instants, '{status}') as o
        where e.instants is not null
    ),
    created as (
        select
            c.nth,
            c.tickets
        from edges as e
        cross join lateral analytics.counts(where_tickets, 'created', e.instants, '{}', where_tickets.created_at) as c
        -- a composite "is not null" only where all its fields are
        where not (where_tickets.created_at is null)
            and e.instants is not null
        union all
        select
            o.nth,
            sum(o.tickets)
        from opened as o
        where where_tickets.created_at is null
        group by o.nth
    ),
    resolved as (
        select
            r.nth,
            r.tickets
        from edges as e
        cross join lateral analytics.counts(where_tickets, 'resolved', e.instants, '{}', where_tickets.created_at) as r
        where e.instants is not null
    ),
    -- what comes into the backlog, and what leaves it; bucket 0 is all before the first
    moves as (
        select
            o.nth,
            o.tickets - case when s.category in ('solved', 'closed') then o.endless else 0 end as change
        from opened as o
        left join public.ticket_statuses as s on s.code = o.status
        union all
        select
            o.nth,
            - o.tickets
        from ended as o
        join public.ticket_statuses as s on s.code = o.status
        where s.category in ('solved', 'closed')
    ),
    changes as (
        select
            m.nth,
            sum(m.change) as change
        from moves as m
        group by m.nth
    )
    select
        b.bucket,
        coalesce(c.tickets, 0)::bigint,
        coalesce(r.tickets, 0)::bigint,
        (
            coalesce((select a.change from changes as a where a.nth = 0), 0)
            + sum(coalesce(m.change, 0)) over (order by b.nth)
        )::bigint
    from buckets as b
    left join created as c on c.nth = b.nth
    left join resolved as r on r.nth = b.nth
    left join changes as m on m.nth = b.nth
    order by b.nth
$$;
comment on function public.tickets_over_time(public.ticket_filter, text) is
'Tickets over time: one row for each day, week (from Monday), month or quarter, as grain says; also those in which nothing happened.

bucket: its first day, in the request''s time zone. created: the selected tickets by created_at. resolved: by resolved_at, the period in created_at cutting this series by resolved_at instead. open_at_end: the tickets, whenever created, that were created before the end of the bucket and not at their end by then. A ticket whose status is solved or closed came to its end when it was resolved or closed, whichever was first (at once, if it has neither time); any other is still open, and one that was reopened counts as open throughout. All other filters hold for all three.

The buckets span the period in created_at; where it has no beginning or end, they go as far as the tickets that the caller may see.

Drill-down: for created, ticket_list with the same filters and created_at=gte.BUCKET&created_at=lt.NEXT_BUCKET; for resolved the same with every created_at written as resolved_at; open_at_end has none.';
revoke all on function public.tickets_over_time(public.ticket_filter, text) from public;
grant execute on function public.tickets_over_time(public.ticket_filter, text)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
