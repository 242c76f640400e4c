-- requires: sql/functions/workflow.visible_ticket.sql, sql/functions/workflow.status_category.sql
--
-- Gives a ticket to a member of the team, or to nobody. As the caller: the policies of tickets say
-- which; that the member exists, ops.check_ticket.
--
--     PT404  a ticket that the caller does not see
--     PT409  it is solved or closed
--     23503  a member who does not exist
create or replace function public.assign_ticket(ticket integer, team_member integer)
returns public.tickets
language plpgsql
volatile
set search_path = ''
as $$
declare
    before constant public.tickets := workflow.visible_ticket(ticket);
    assigned public.tickets;
begin
    if before.assigned_to is not distinct from team_member
        and workflow.status_category(before.status) in ('open', 'pending')
    then
        return before;
    end if;
    update public.tickets as t
    set assigned_to = team_member
    where t.id = assign_ticket.ticket
        and workflow.status_category(t.status) in ('open', 'pending')
    returning t.* into assigned;
    if assigned.id is null then
        raise exception 'ticket % is %', before.id, before.status
            using errcode = 'PT409',
                hint = 'Only an open ticket is assigned; POST /rpc/reopen_ticket opens it again.';
    end if;
    return assigned;
end
$$;
comment on function public.assign_ticket(integer, integer) is
'Gives a ticket to a member of the team, from whoever had it; null to nobody.

A new ticket is open from then on. A solved or closed one is not assigned.';
revoke all on function public.assign_ticket(integer, integer) from public;
grant execute on function public.assign_ticket(integer, integer) to desk_internal, desk_service;
