-- requires: sql/functions/workflow.move_ticket.sql
--
-- The answer goes first: it is part of the help, and the first response where there was none.
--
--     PT404  a ticket that the caller does not see
--     PT409  it is closed
create or replace function public.resolve_ticket(ticket integer, answer text default null)
returns public.tickets
language plpgsql
volatile
set search_path = ''
as $$
declare
    before constant public.tickets := workflow.visible_ticket(ticket);
begin
    if answer is not null and workflow.status_category(before.status) <> 'solved' then
        insert into public.ticket_messages (ticket_id, from_client, message_text)
        values (resolve_ticket.ticket, false, answer);
    end if;
    return workflow.move_ticket(ticket, 'solved');
end
$$;
comment on function public.resolve_ticket(integer, text) is
'Resolves a ticket, with a last message to the client if there is one.

Resolving it twice changes and says nothing more. A closed ticket is reopened first.';
revoke all on function public.resolve_ticket(integer, text) from public;
grant execute on function public.resolve_ticket(integer, text) to desk_internal, desk_service;
