-- requires: sql/functions/analytics.percentages.sql, sql/functions/analytics.sums.sql, sql/views/analytics.priorities.sql
--
-- The few sums by priority and status are added up by priority. No SET clause: the function is inlined.
create or replace function public.tickets_by_priority(where_tickets public.ticket_filter default null)
returns table (
    ticket_priority text,
    tickets bigint,
    percent numeric,
    open bigint,
    closed bigint,
    by_status jsonb
)
language sql
stable
parallel safe
rows 5
as $$
    with by_status as (
        select
            f.priority,
            f.status,
            f.tickets
        from analytics.sums(where_tickets, '{priority,status}') as f
    ),
    figures as (
        select
            coalesce(b.priority, 'none') as ticket_priority,
            sum(b.tickets)::bigint as tickets,
            coalesce(sum(b.tickets) filter (where coalesce(s.category, 'open') in ('open', 'pending')), 0)::bigint as open,
            jsonb_object_agg(coalesce(b.status, 'none'), b.tickets) as by_status
        from by_status as b
        left join public.ticket_statuses as s on s.code = b.status
        group by coalesce(b.priority, 'none')
    ),
    listed as (
        select
            ticket_priority,
            coalesce(f.tickets, 0) as tickets,
            coalesce(f.open, 0) as open,
            coalesce(f.by_status, '{}') as by_status,
            row_number() over (order by coalesce(p.sort, 5), ticket_priority) as nth
        from analytics.priorities as p
        full join figures as f using (ticket_priority)
    )
    select
        l.ticket_priority,
        l.tickets,
        p.percent,
        l.open,
        l.tickets - l.open,
        l.by_status
    from listed as l
    join unnest(
        (select analytics.percentages(array_agg(a.tickets order by a.nth)) from listed as a)
    ) with ordinality as p (percent, nth) on p.nth = l.nth
    order by l.nth
$$;
comment on function public.tickets_by_priority(public.ticket_filter) is
'The selected tickets by priority: urgent, high, medium, low, none (tickets without a priority), always all five, in this order.

percent: share of the selected tickets, with one decimal; the parts add up to exactly 100 (null where no ticket is selected). open: status category open or pending, no status counts as open. closed: all others, resolved or closed. by_status: the count of each status, "none" for tickets without one.

Drill-down: ticket_list with the same filters and priority=eq.high, for none priority=is.null.';
revoke all on function public.tickets_by_priority(public.ticket_filter) from public;
grant execute on function public.tickets_by_priority(public.ticket_filter)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
