-- requires: sql/views/analytics.ticket_facts.sql, sql/functions/filter.selects_at_any_time.sql
--
-- As analytics.selected(), for the widget that cuts each of its series by another time. Inlined away.
create or replace function analytics.selected_at_any_time(
    where_tickets public.ticket_filter,
    fact analytics.ticket_facts
)
returns boolean
language sql
stable
parallel safe
as $$
    select filter.selects_at_any_time(where_tickets, fact.ticket)
$$;
comment on function analytics.selected_at_any_time(public.ticket_filter, analytics.ticket_facts) is
'Whether a filter selects a ticket, whenever it was created.';
revoke all on function analytics.selected_at_any_time(public.ticket_filter, analytics.ticket_facts) from public;
grant execute on function analytics.selected_at_any_time(public.ticket_filter, analytics.ticket_facts)
to desk_internal, desk_service;
