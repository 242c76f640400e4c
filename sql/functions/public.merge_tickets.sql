-- requires: sql/functions/workflow.visible_ticket.sql
--
-- The one goes on in the other; ops.check_merge says which may. Both are held in the order of their
-- ids: who merges them the other way round at the same time waits, and is told.
--
--     PT404  a ticket that the caller does not see
--     PT409  tickets of different clients; one that is merged already
--     23514  a ticket into itself
create or replace function public.merge_tickets(ticket integer, into_ticket integer)
returns public.tickets
language plpgsql
volatile
set search_path = ''
as $$
declare
    target public.tickets;
begin
    perform workflow.visible_ticket(ticket), workflow.visible_ticket(into_ticket);
    perform from public.tickets as t
    where t.id in (merge_tickets.ticket, into_ticket)
    order by t.id
    for update;
    update public.tickets as t
    set merged_into = into_ticket
    where t.id = merge_tickets.ticket
        and t.merged_into is distinct from into_ticket;
    select t.* into target from public.tickets as t where t.id = into_ticket;
    return target;
end
$$;
comment on function public.merge_tickets(integer, integer) is
'Merges a ticket into another one of the same client, and returns that.

The first is closed, and its messages stay where they were said: ticket_thread shows both together. Who worked on it helps with the other one. PATCH merged_into to null takes it back; it is closed then, and who was asked to help stays.';
revoke all on function public.merge_tickets(integer, integer) from public;
grant execute on function public.merge_tickets(integer, integer) to desk_internal, desk_service;
