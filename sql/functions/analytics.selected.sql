-- requires: sql/views/analytics.ticket_facts.sql, sql/functions/filter.selects.sql
--
-- What a widget writes in its WHERE. Inlined away; the rule itself is filter.selects(), which
-- ticket_list shares.
create or replace function analytics.selected(
    where_tickets public.ticket_filter,
    fact analytics.ticket_facts
)
returns boolean
language sql
stable
parallel safe
as $$
    select filter.selects(where_tickets, fact.ticket)
$$;
comment on function analytics.selected(public.ticket_filter, analytics.ticket_facts) is
'Whether a filter selects a ticket. A filter that is NULL selects all.';
revoke all on function analytics.selected(public.ticket_filter, analytics.ticket_facts) from public;
grant execute on function analytics.selected(public.ticket_filter, analytics.ticket_facts)
to desk_internal, desk_service;
