-- requires: sql/functions/analytics.buckets.sql, sql/functions/analytics.selected_at_any_time.sql, sql/views/analytics.ticket_facts.sql
--
-- Two scans: what was created before the end of the last bucket, with when it came to its end, for the
-- series created and open_at_end; and what was resolved within the buckets. Each ticket is put into its
-- bucket by a binary search among the buckets' first instants (width_bucket), which costs a fraction
-- of computing its local date. The few sums are added up afterwards. No SET clause: the function is
-- inlined.
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
        select
            array_agg(b.begins order by b.nth) || max(b.ends) as instants,
            min(b.begins) as first_instant,
            max(b.ends) as beyond
        from buckets as b
    ),
    opened as (
        select
            width_bucket(f.created_at, (select e.instants from edges as e)) as created_in,
            width_bucket(least(f.resolved_at, f.closed_at), (select e.instants from edges as e)) as ended_in,
            f.status,
            count(*) as tickets,
            count(*) filter (where filter.holds(where_tickets.created_at, f.created_at)) as created
        from analytics.ticket_facts as f
        where analytics.selected_at_any_time(where_tickets, f)
            and f.created_at < (select e.beyond from edges as e)
        group by 1, 2, 3
    ),
    settled as (
        select
            width_bucket(f.resolved_at, (select e.instants from edges as e)) as nth,
            count(*) as resolved
        from analytics.ticket_facts as f
        where analytics.selected_at_any_time(where_tickets, f)
            and filter.holds(where_tickets.created_at, f.resolved_at)
            and f.resolved_at >= (select e.first_instant from edges as e)
            and f.resolved_at < (select e.beyond from edges as e)
        group by 1
    ),
    -- what comes into the backlog, and what leaves it; bucket 0 is all before the first
    moves as (
        select
            o.created_in as nth,
            o.created,
            o.tickets as change
        from opened as o
        union all
        select
            -- an import may have been resolved before it was created
            greatest(o.created_in, o.ended_in),
            0,
            - o.tickets
        from opened as o
        join public.ticket_statuses as s on s.code = o.status
        where s.category not in ('open', 'pending')
    ),
    changes as (
        select
            m.nth,
            sum(m.created)::bigint as created,
            sum(m.change) as change
        from moves as m
        group by m.nth
    )
    select
        b.bucket,
        coalesce(c.created, 0),
        coalesce(s.resolved, 0),
        (
            coalesce((select a.change from changes as a where a.nth = 0), 0)
            + sum(coalesce(c.change, 0)) over (order by b.nth)
        )::bigint
    from buckets as b
    left join changes as c on c.nth = b.nth
    left join settled as s on s.nth = b.nth
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
