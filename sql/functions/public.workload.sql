-- requires: sql/functions/analytics.counts.sql, sql/functions/analytics.lateness.sql, sql/functions/analytics.selected.sql, sql/functions/analytics.sums.sql, sql/functions/filter.ids.sql, sql/functions/filter.period.sql, sql/views/analytics.ticket_facts.sql
--
-- Sums by agent and status, added up by agent. The oldest open ticket is looked up for each agent in the index
-- of open work, which has what is neither resolved nor closed. A desk may have others that are open by their
-- status: the sums tell, and only for an agent who has such are the own tickets searched. What a request does
-- not select costs nothing: it is a sub-select, or joined by what it is grouped by. No SET clause: the function is
-- inlined.
create or replace function public.workload(where_tickets public.ticket_filter default null)
returns table (
    team_member_id integer,
    username text,
    display_name text,
    department text,
    member_status text,
    open_tickets bigint,
    in_progress bigint,
    pending bigint,
    by_status jsonb,
    overdue_now bigint,
    oldest_open_hours double precision,
    days_to_clear double precision
)
language sql
stable
parallel safe
rows 50
as $$
    with open_statuses as (
        select s.code
        from public.ticket_statuses as s
        where s.category in ('open', 'pending')
    ),
    by_status as (
        select
            b.assigned_to,
            b.status,
            b.tickets,
            b.endless,
            coalesce(s.category, 'open') as category
        from analytics.sums(where_tickets, '{assigned_to,status}') as b
        left join public.ticket_statuses as s on s.code = b.status
        where b.assigned_to is not null
    ),
    figures as (
        select
            b.assigned_to,
            coalesce(sum(b.tickets) filter (where b.category in ('open', 'pending')), 0)::bigint as open_tickets,
            coalesce(sum(b.endless) filter (where b.category in ('open', 'pending')), 0)::bigint as endless,
            coalesce(sum(b.tickets) filter (where b.status = 'in_progress'), 0)::bigint as in_progress,
            coalesce(sum(b.tickets) filter (where b.category = 'pending'), 0)::bigint as pending,
            jsonb_object_agg(coalesce(b.status, 'none'), b.tickets) as by_status
        from by_status as b
        group by b.assigned_to
    ),
    settled as (
        select
            c.assigned_to,
            sum(c.tickets)::double precision / 28 as a_day
        from analytics.counts(
            where_tickets,
            'resolved',
            array[filter.day_begins(current_date - 28), filter.day_begins(current_date)],
            '{assigned_to}'
        ) as c
        group by c.assigned_to
    ),
    late as (
        select
            l.assigned_to,
            sum(l.running_late)::bigint as tickets
        from analytics.lateness(where_tickets, '{assigned_to}', true) as l
        group by l.assigned_to
    )
    select
        m.id,
        m.username,
        m.display_name,
        m.department,
        m.status,
        coalesce(f.open_tickets, 0),
        coalesce(f.in_progress, 0),
        coalesce(f.pending, 0),
        coalesce(f.by_status, '{}'),
        coalesce(l.tickets, 0),
        date_part(
            'epoch',
            now() - least(
                (
                    select o.created_at
                    from analytics.ticket_facts as o
                    where analytics.selected(where_tickets, o)
                        and o.assigned_to = m.id
                        and o.resolved_at is null
                        and o.closed_at is null
                        and o.created_at > '-infinity'
                        and o.created_at < 'infinity'
                        and (o.status is null or o.status in (select s.code from open_statuses as s))
                        and f.open_tickets > 0
                    order by o.created_at
                    limit 1
                ),
                (
                    select min(o.created_at)
                    from analytics.ticket_facts as o
                    where analytics.selected(where_tickets, o)
                        and o.assigned_to = m.id
                        and coalesce(o.resolved_at, o.closed_at) is not null
                        and o.created_at > '-infinity'
                        and o.created_at < 'infinity'
                        and (o.status is null or o.status in (select s.code from open_statuses as s))
                        and f.open_tickets > f.endless
                )
            )
        ) / 3600,
        coalesce(f.open_tickets, 0) / settled.a_day
    from public.team_members as m
    left join figures as f on f.assigned_to = m.id
    left join settled on settled.assigned_to = m.id
    left join late as l on l.assigned_to = m.id
    where filter.holds(where_tickets.assigned_to, m.id)
    order by m.id
$$;
comment on function public.workload(public.ticket_filter) is
'How much each team member has to do: one row for each member, also those without tickets; a filter on assigned_to narrows the members too.

open_tickets: status category open or pending, no status counts as open; of these in_progress (status in_progress) and pending (status category pending). by_status: the count of each status over all selected tickets of the member, "none" for tickets without one. overdue_now: open, not resolved, and already older than their type''s avg_resolution_hours.
oldest_open_hours: how long ago the oldest open ticket was created; null where there is none.
days_to_clear: open_tickets divided by the tickets a day that the member resolved in the last 28 whole days, up to yesterday, of the request''s time zone: those that the filters select, the period in created_at left aside, by resolved_at. Null where none was resolved. It supposes that nothing new comes in.

Drill-down: ticket_list with the same filters and assigned_to=eq.3, and status=not.in.(resolved,closed) for open_tickets; overdue_tickets with assigned_to=eq.3&state=eq.running_late for overdue_now.';
revoke all on function public.workload(public.ticket_filter) from public;
grant execute on function public.workload(public.ticket_filter)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
