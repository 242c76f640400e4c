-- requires: sql/functions/analytics.percentages.sql, sql/functions/analytics.sums.sql
--
-- The few sums by type and status are added up by type. No SET clause: the function is inlined.
create or replace function public.tickets_by_type(where_tickets public.ticket_filter default null)
returns table (
    type_id integer,
    type_name text,
    department text,
    tickets bigint,
    percent numeric,
    open bigint,
    resolved bigint,
    by_status jsonb
)
language sql
stable
parallel safe
rows 20
as $$
    with by_status as (
        select
            f.ticket_type_id,
            f.status,
            f.tickets,
            f.resolved
        from analytics.sums(where_tickets, '{ticket_type_id,status}') as f
    ),
    figures as (
        select
            b.ticket_type_id,
            sum(b.tickets)::bigint as tickets,
            coalesce(sum(b.tickets) filter (where coalesce(s.category, 'open') in ('open', 'pending')), 0)::bigint as open,
            sum(b.resolved)::bigint as resolved,
            jsonb_object_agg(coalesce(b.status, 'none'), b.tickets) as by_status
        from by_status as b
        left join public.ticket_statuses as s on s.code = b.status
        group by b.ticket_type_id
    ),
    listed as (
        select
            y.id,
            y.type_name,
            y.department,
            coalesce(f.tickets, 0) as tickets,
            coalesce(f.open, 0) as open,
            coalesce(f.resolved, 0) as resolved,
            coalesce(f.by_status, '{}') as by_status,
            row_number() over (order by y.id) as nth
        from public.ticket_types as y
        left join figures as f on f.ticket_type_id = y.id
    )
    select
        l.id,
        l.type_name,
        l.department,
        l.tickets,
        p.percent,
        l.open,
        l.resolved,
        l.by_status
    from listed as l
    join unnest(
        (select analytics.percentages(array_agg(a.tickets order by a.nth)) from listed as a)
    ) with ordinality as p (percent, nth) on p.nth = l.nth
    order by l.nth
$$;
comment on function public.tickets_by_type(public.ticket_filter) is
'The selected tickets by type: one row for each type, all of them, by type_id.

percent: share of the selected tickets, with one decimal; the parts add up to exactly 100 (null where no ticket is selected). open: status category open or pending, no status counts as open. resolved: resolved_at is set. by_status: the count of each status, "none" for tickets without one.

Drill-down: ticket_list with the same filters and ticket_type_id=eq.TYPE_ID.';
revoke all on function public.tickets_by_type(public.ticket_filter) from public;
grant execute on function public.tickets_by_type(public.ticket_filter)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
