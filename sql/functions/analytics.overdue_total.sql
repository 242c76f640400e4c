-- requires: sql/functions/analytics.lateness.sql
--
-- How many rows public.overdue_tickets() has, from sums.
create or replace function analytics.overdue_total(where_tickets public.ticket_filter default null)
returns bigint
language sql
stable
parallel safe
as $$
    select coalesce(sum(l.resolved_late + l.running_late), 0)::bigint
    from analytics.lateness(where_tickets, '{}') as l
$$;
comment on function analytics.overdue_total(public.ticket_filter) is
'How many of the selected tickets are overdue: the total of overdue_tickets.';
revoke all on function analytics.overdue_total(public.ticket_filter) from public;
grant execute on function analytics.overdue_total(public.ticket_filter) to desk_internal, desk_service;
