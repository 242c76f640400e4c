-- requires: sql/functions/filter.ids.sql, sql/functions/filter.labels.sql, sql/functions/filter.period.sql, sql/functions/filter.tags.sql
--
-- THE place where the attributes of public.ticket_filter meet the columns of public.tickets. A new
-- attribute is one more line.
--
-- Only the period is left to filter.selects(), because tickets_over_time cuts each of its series by a
-- time of its own. Inlined, as filter.selects() is.
--
-- holds() says true of what is not given; that it is asked only for what is, spares the planner most of its work: the
-- rest of an "or" is not looked at after what is true, and inlining nine functions takes a third of a millisecond.
-- "is null" would not do: of a composite value it is a question about each of its fields, which is left to execution.
create or replace function filter.selects_at_any_time(where_tickets public.ticket_filter, ticket public.tickets)
returns boolean
language sql
stable
parallel safe
as $$
    select (where_tickets.resolved_at is not distinct from null or filter.holds(where_tickets.resolved_at, ticket.resolved_at))
        and (where_tickets.assigned_to is not distinct from null or filter.holds(where_tickets.assigned_to, ticket.assigned_to))
        and (where_tickets.ticket_type_id is not distinct from null or filter.holds(where_tickets.ticket_type_id, ticket.ticket_type_id))
        and (where_tickets.client_id is not distinct from null or filter.holds(where_tickets.client_id, ticket.client_id))
        and (where_tickets.priority is not distinct from null or filter.holds(where_tickets.priority, ticket.priority))
        and (where_tickets.status is not distinct from null or filter.holds(where_tickets.status, ticket.status))
        and (where_tickets.source_channel is not distinct from null or filter.holds(where_tickets.source_channel, ticket.source_channel))
        and (where_tickets.tags is not distinct from null or filter.holds(where_tickets.tags, ticket.tags))
$$;
comment on function filter.selects_at_any_time(public.ticket_filter, public.tickets) is
'Whether a filter selects a ticket, whenever it was created.';
revoke all on function filter.selects_at_any_time(public.ticket_filter, public.tickets) from public;
grant execute on function filter.selects_at_any_time(public.ticket_filter, public.tickets)
to desk_client, desk_internal, desk_service;
