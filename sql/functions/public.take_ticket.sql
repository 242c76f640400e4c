-- requires: sql/functions/claims.team_member_id.sql, sql/functions/workflow.visible_ticket.sql, sql/functions/workflow.status_category.sql
--
-- One takes a ticket that nobody has. Of two who take it at once one waits for the other's row, finds
-- it taken, and is told so: the update itself asks whether it is free. Security invoker: which tickets
-- one sees and may change, the policies of tickets say.
--
--     42501  a token of staff that names no team member
--     PT404  a ticket that the caller does not see, whether it exists or not
--     PT409  somebody else has it; it is solved or closed
--
-- Who has it already takes it again: a client that lost the answer asks once more.
create or replace function public.take_ticket(ticket integer)
returns public.tickets
language plpgsql
volatile
set search_path = ''
as $$
declare
    me constant integer := claims.team_member_id();
    before public.tickets;
    taken public.tickets;
begin
    if me is null then
        raise exception 'the token names no team member'
            using errcode = 'insufficient_privilege',
                hint = 'Sign in as a member of the team.';
    end if;
    perform workflow.visible_ticket(ticket);
    update public.tickets as t
    set assigned_to = me
    where t.id = take_ticket.ticket
        and t.assigned_to is null
        and workflow.status_category(t.status) in ('open', 'pending')
    returning t.* into taken;
    if taken.id is null then
        -- As it is now. Where colleagues' tickets are out of sight, what another has just taken is gone.
        select t.* into before from public.tickets as t where t.id = take_ticket.ticket;
        if before.assigned_to = me and workflow.status_category(before.status) in ('open', 'pending') then
            return before;
        end if;
        if before.id is not null and coalesce(before.assigned_to, me) = me then
            raise exception 'ticket % is %', take_ticket.ticket, before.status
                using errcode = 'PT409',
                    hint = 'Only an open ticket can be taken.';
        end if;
        raise exception 'ticket % is taken', take_ticket.ticket
            using errcode = 'PT409',
                detail = case
                    when before.id is null then 'a colleague has it'
                    else format('team member %s has it', before.assigned_to)
                end,
                hint = 'GET /tickets?select=id,title&assigned_to=is.null lists those to take.';
    end if;
    return taken;
end
$$;
comment on function public.take_ticket(integer) is
'Takes a ticket that nobody has: the caller answers it from now on.

Of two who take it at once one gets it, the other 409. A solved or closed ticket is not taken.';
revoke all on function public.take_ticket(integer) from public;
grant execute on function public.take_ticket(integer) to desk_internal;
