-- requires: sql/functions/workflow.visible_ticket.sql, sql/functions/workflow.status_category.sql, sql/functions/workflow.best_assignee.sql
--
--     PT404  a ticket that the caller does not see
--     PT409  somebody has it; it is solved or closed; there is nobody to give it to
create or replace function public.auto_assign(ticket integer)
returns public.tickets
language plpgsql
volatile
set search_path = ''
as $$
declare
    before public.tickets := workflow.visible_ticket(ticket);
    chosen constant integer := workflow.best_assignee(ticket);
    assigned public.tickets;
begin
    if chosen is null then
        raise exception 'there is nobody to give it to'
            using errcode = 'PT409',
                hint = 'GET /team_members?select=id,display_name&status=eq.active lists who could have it.';
    end if;
    update public.tickets as t
    set assigned_to = chosen
    where t.id = auto_assign.ticket
        and t.assigned_to is null
        and workflow.status_category(t.status) in ('open', 'pending')
    returning t.* into assigned;
    if assigned.id is null then
        select t.* into before from public.tickets as t where t.id = auto_assign.ticket;
        if before.id is null or before.assigned_to is not null then
            raise exception 'ticket % is taken', auto_assign.ticket
                using errcode = 'PT409',
                    hint = 'POST /rpc/assign_ticket gives it to somebody else.';
        end if;
        raise exception 'ticket % is %', before.id, before.status
            using errcode = 'PT409',
                hint = 'Only an open ticket is assigned; POST /rpc/reopen_ticket opens it again.';
    end if;
    return assigned;
end
$$;
comment on function public.auto_assign(integer) is
'Gives a ticket that nobody has to whoever fits best.

An active member of the ticket type''s department; first who speaks a language that the client''s contacts prefer, then who has one of the ticket''s tags among the skills, then who has the least open work.';
revoke all on function public.auto_assign(integer) from public;
grant execute on function public.auto_assign(integer) to desk_internal, desk_service;
