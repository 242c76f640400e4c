-- requires: sql/functions/workflow.move_ticket.sql
--
--     PT404  a ticket that the caller does not see
--     PT409  it is not resolved
create or replace function public.close_ticket(ticket integer)
returns public.tickets
language sql
volatile
as $$
    select * from workflow.move_ticket(ticket, 'closed')
$$;
comment on function public.close_ticket(integer) is
'Closes a resolved ticket: its client writes no more messages on it.

Closing it twice changes nothing more. An open ticket is resolved first.';
revoke all on function public.close_ticket(integer) from public;
grant execute on function public.close_ticket(integer) to desk_internal, desk_service;
