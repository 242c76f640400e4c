-- requires: sql/functions/analytics.overdue_total.sql, sql/functions/analytics.selected.sql, sql/views/analytics.expectations.sql, sql/views/analytics.ticket_facts.sql
--
-- Of each type the worst that are resolved and the worst that are not, each from the end of an index that has all that
-- decides and orders (tickets_ticket_type_id_resolution_seconds_idx, tickets_unresolved_idx), the worst of those, and at
-- last the texts of a page: title and names are sub-selects, which Postgres computes after ordering and cutting, and
-- not at all for a count. For that the function must be one plain select that is worked into the request's: no WITH, no
-- ORDER BY, no SET clause. Order and limit are those of the comment's last lines, until the URL gives others; how many
-- rows of that order a request is about comes as "worst". "With ties" leaves nothing to sort by, so the index's end it is,
-- however many tickets the planner expects. "offset 0" keeps late_before from being computed for each ticket.
create or replace function public.overdue_tickets(
    where_tickets public.ticket_filter default null,
    worst bigint default null
)
returns table (
    number integer,
    title text,
    client text,
    agent text,
    type text,
    ticket_priority text,
    ticket_status text,
    expected_hours integer,
    actual_hours double precision,
    excess_hours double precision,
    state text
)
language sql
stable
parallel safe
as $$
    select
        f.number,
        (select t.title from public.tickets as t where t.id = f.id),
        (
            select c.client_name
            from public.tickets as t
            join public.clients as c on c.id = t.client_id
            where t.id = f.id
        ),
        (select m.display_name from public.team_members as m where m.id = f.assigned_to),
        e.type_name,
        f.priority,
        (select t.status from public.tickets as t where t.id = f.id),
        e.expected_hours,
        f.seconds / 3600,
        f.seconds / 3600 - e.expected_hours,
        f.state
    from (
        select
            x.type_id,
            x.type_name,
            x.expected_hours,
            x.expected_seconds,
            now() - make_interval(secs => x.expected_seconds) as late_before
        from analytics.expectations as x
        offset 0
    ) as e
    cross join lateral (
        (
            select
                r.id,
                r.number,
                r.assigned_to,
                r.priority,
                r.resolution_seconds as seconds,
                'resolved_late' as state
            from analytics.ticket_facts as r
            where r.ticket_type_id = e.type_id
                and r.resolution_seconds > e.expected_seconds
                and analytics.selected(where_tickets, r)
            order by r.resolution_seconds desc
            fetch first (worst) rows with ties
        )
        union all
        (
            select
                r.id,
                r.number,
                r.assigned_to,
                r.priority,
                date_part('epoch', now() - r.created_at),
                'running_late'
            from analytics.ticket_facts as r
            where r.ticket_type_id = e.type_id
                and r.resolved_at is null
                and r.created_at < e.late_before
                and r.created_at > '-infinity'
                and (
                    r.status is null
                    or r.status in (
                        select s.code
                        from public.ticket_statuses as s
                        where s.category in ('open', 'pending')
                    )
                )
                and analytics.selected(where_tickets, r)
            order by r.created_at
            fetch first (worst) rows with ties
        )
    ) as f
$$;
comment on function public.overdue_tickets(public.ticket_filter, bigint) is
'The selected tickets that took, or are taking, longer than their type''s avg_resolution_hours, the worst first, twenty at a time (limit and offset give other pages, Prefer: count=exact the total).

state: resolved_late, or running_late (open, not resolved, and already older than expected; a ticket that was closed without being resolved is not overdue). actual_hours: from creation to resolution, or to now. excess_hours: actual_hours less expected_hours. agent is null while nobody has it. worst: how many rows of this order somebody will look at; those are there then, and not all others. A request for a page gives it by itself.

Drill-down: the rows are tickets; ticket_list with number=eq.NUMBER gives all of one.
@order excess_hours.desc,number
@limit 20
@top worst
@total analytics.overdue_total';
revoke all on function public.overdue_tickets(public.ticket_filter, bigint) from public;
grant execute on function public.overdue_tickets(public.ticket_filter, bigint)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
