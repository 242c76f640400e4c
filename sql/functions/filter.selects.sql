-- requires: sql/functions/filter.ids.sql, sql/functions/filter.labels.sql, sql/functions/filter.period.sql, sql/functions/filter.tags.sql
--
-- THE place where the attributes of public.ticket_filter meet the columns of public.tickets: every
-- widget and ticket_list ask here. A new attribute is one more line.
--
-- It stands in filter, not in analytics, because clients use ticket_list and have no rights on
-- analytics. SQL, no SET clause, each part inlinable: the planner sees the plain conditions, and
-- what was not given is gone. Measured without inlining: a function call a row, 400 ms instead of 10.
create or replace function filter.selects(where_tickets public.ticket_filter, ticket public.tickets)
returns boolean
language sql
stable
parallel safe
as $$
    select filter.holds(where_tickets.created_at, ticket.created_at)
        and filter.holds(where_tickets.resolved_at, ticket.resolved_at)
        and filter.holds(where_tickets.assigned_to, ticket.assigned_to)
        and filter.holds(where_tickets.ticket_type_id, ticket.ticket_type_id)
        and filter.holds(where_tickets.client_id, ticket.client_id)
        and filter.holds(where_tickets.priority, ticket.priority)
        and filter.holds(where_tickets.status, ticket.status)
        and filter.holds(where_tickets.source_channel, ticket.source_channel)
        and filter.holds(where_tickets.tags, ticket.tags)
$$;
comment on function filter.selects(public.ticket_filter, public.tickets) is
'Whether a filter selects a ticket. A filter that is NULL selects all.';
revoke all on function filter.selects(public.ticket_filter, public.tickets) from public;
grant execute on function filter.selects(public.ticket_filter, public.tickets)
to desk_client, desk_internal, desk_service;
