-- requires: sql/functions/filter.ids.sql, sql/functions/filter.labels.sql
--
-- As analytics.selected(), for cells and changes: one line for each of analytics.dimensions. A dimension that a
-- node does not tell apart is not filtered by (analytics.node_for). Inlined away.
create or replace function analytics.selected_cell(
    where_tickets public.ticket_filter,
    assigned_to integer,
    ticket_type_id integer,
    client_id integer,
    priority text,
    status text
)
returns boolean
language sql
stable
parallel safe
as $$
    select filter.holds(where_tickets.assigned_to, assigned_to)
        and filter.holds(where_tickets.ticket_type_id, ticket_type_id)
        and filter.holds(where_tickets.client_id, client_id)
        and filter.holds(where_tickets.priority, priority)
        and filter.holds(where_tickets.status, status)
$$;
comment on function analytics.selected_cell(public.ticket_filter, integer, integer, integer, text, text) is
'Whether a filter selects a cell of the roll-ups.';
revoke all on function analytics.selected_cell(public.ticket_filter, integer, integer, integer, text, text) from public;
grant execute on function analytics.selected_cell(public.ticket_filter, integer, integer, integer, text, text)
to desk_internal, desk_service;
