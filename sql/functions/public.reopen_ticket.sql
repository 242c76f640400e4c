-- requires: sql/functions/workflow.move_ticket.sql
--
-- The reason stands in the thread as a note among staff.
--
--     PT404  a ticket that the caller does not see
--     PT409  it goes on in another one
create or replace function public.reopen_ticket(ticket integer, reason text default null)
returns public.tickets
language plpgsql
volatile
set search_path = ''
as $$
declare
    before constant public.tickets := workflow.visible_ticket(ticket);
    reopened constant public.tickets := workflow.move_ticket(ticket, 'open');
begin
    if reason is not null and workflow.status_category(before.status) <> 'open' then
        insert into public.ticket_messages (ticket_id, from_client, is_internal, message_text)
        values (reopened.id, false, true, reason);
    end if;
    return reopened;
end
$$;
comment on function public.reopen_ticket(integer, text) is
'Opens a pending, resolved or closed ticket again; the reason, if there is one, becomes a note.

It is neither resolved nor closed any more: both times are empty, the history keeps them.';
revoke all on function public.reopen_ticket(integer, text) from public;
grant execute on function public.reopen_ticket(integer, text) to desk_internal, desk_service;
