-- requires: sql/functions/filter.selects.sql
--
-- One row is one ticket that the filter selects and the caller may see (security invoker: the
-- policies of tickets decide). One plain select, inlined: select, order, limit and further filters
-- of the request reach the table itself.
create or replace function public.ticket_list(where_tickets public.ticket_filter default null)
returns setof public.tickets
language sql
stable
parallel safe
as $$
    select t.*
    from public.tickets as t
    where filter.selects(where_tickets, t)
$$;
comment on function public.ticket_list(public.ticket_filter) is
'The tickets that a filter selects: the drill-down of every widget, with the same query string.

Rows and columns are those of tickets that the caller may see; select, embed, order, limit and further column filters work as on a table.';
revoke all on function public.ticket_list(public.ticket_filter) from public;
grant execute on function public.ticket_list(public.ticket_filter)
to desk_client, desk_internal, desk_service;
