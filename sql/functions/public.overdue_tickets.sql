-- requires: sql/functions/analytics.selected.sql, sql/views/analytics.expectations.sql, sql/views/analytics.ticket_facts.sql
--
-- The page's ids first, its texts afterwards: title and names are sub-selects, which Postgres computes
-- after ordering and cutting, for the rows of the page only, and not at all for a count. What decides
-- and orders stands in one index (tickets_ticket_type_id_status_idx). For that the function must be one
-- plain select that is worked into the request's: no WITH, no ORDER BY, no SET clause. Order and limit
-- are those of the comment's last lines, until the URL gives others. "offset 0" keeps late_before from
-- being computed for each ticket.
create or replace function public.overdue_tickets(where_tickets public.ticket_filter default null)
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
        f.status,
        e.expected_hours,
        coalesce(f.resolution_seconds, date_part('epoch', now() - f.created_at)) / 3600,
        coalesce(f.resolution_seconds, date_part('epoch', now() - f.created_at)) / 3600 - e.expected_hours,
        case when f.resolved_at is null then 'running_late' else 'resolved_late' end
    from analytics.ticket_facts as f
    join (
        select
            x.type_id,
            x.type_name,
            x.expected_hours,
            x.expected_seconds,
            now() - make_interval(secs => x.expected_seconds) as late_before
        from analytics.expectations as x
        offset 0
    ) as e on e.type_id = f.ticket_type_id
    where analytics.selected(where_tickets, f)
        and (
            f.resolution_seconds > e.expected_seconds
            or f.resolved_at is null
            and f.created_at < e.late_before
            and f.created_at > '-infinity'
            and (
                f.status is null
                or f.status in (
                    select s.code
                    from public.ticket_statuses as s
                    where s.category in ('open', 'pending')
                )
            )
        )
$$;
comment on function public.overdue_tickets(public.ticket_filter) is
'The selected tickets that took, or are taking, longer than their type''s avg_resolution_hours, the worst first, twenty at a time (limit and offset give other pages, Prefer: count=exact the total).

state: resolved_late, or running_late (open, not resolved, and already older than expected; a ticket that was closed without being resolved is not overdue). actual_hours: from creation to resolution, or to now. excess_hours: actual_hours less expected_hours. agent is null while nobody has it.

Drill-down: the rows are tickets; ticket_list with number=eq.NUMBER gives all of one.
@order excess_hours.desc,number
@limit 20';
revoke all on function public.overdue_tickets(public.ticket_filter) from public;
grant execute on function public.overdue_tickets(public.ticket_filter)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
